import pytest

from ocr.orientation import OrientationModel
from ocr.providers import CPU, choose_providers, described, installed_providers, provider_options
from ocr.weights import model_dir

CUDA = "CUDAExecutionProvider"


def test_without_a_card_the_processor_computes():
    assert choose_providers(["AzureExecutionProvider", CPU], "auto") == (CPU,)


def test_a_card_is_used_where_there_is_one():
    assert choose_providers(["DmlExecutionProvider", CPU], "auto") == ("DmlExecutionProvider", CPU)


def test_of_two_cuda_comes_first():
    assert choose_providers(["TensorrtExecutionProvider", "ROCMExecutionProvider", CUDA, CPU], "auto") == (CUDA, CPU)


def test_a_card_can_be_left_alone():
    assert choose_providers([CUDA, CPU], "cpu") == (CPU,)


def test_cuda_does_not_choose_its_algorithms_by_time():
    assert provider_options([CUDA, CPU]) == [{"cudnn_conv_algo_search": "DEFAULT"}, {}]


@pytest.mark.skipif(CUDA in installed_providers(), reason="this ONNX Runtime knows CUDA")
@pytest.mark.filterwarnings("ignore:Specified provider")
def test_a_card_that_does_not_start_leaves_the_work_to_the_processor_and_the_name_says_so(weights_dir):
    model = OrientationModel(model_dir(weights_dir, "doc_ori"), 1, (CUDA, CPU))
    assert model.provider == CPU
    assert described((CUDA, CPU), model.provider) == "onnxruntime-cpu(cuda-failed)"


def test_the_name_says_what_computed():
    assert described((CUDA, CPU), CUDA) == "onnxruntime-cuda"
    assert described((CPU,), CPU) == "onnxruntime-cpu"
