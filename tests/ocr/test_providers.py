import subprocess
import sys
from pathlib import Path

import pytest

from ocr.orientation import OrientationModel
from ocr.providers import CPU, choose_providers, described, installed_providers, provider_options
from ocr.weights import model_dir

ROOT = Path(__file__).resolve().parents[2]
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


def test_sessions_share_one_pool_of_memory(weights_dir):
    """Strips are read in what the detector's page took; with a pool for each session 31 MB would come on top."""
    code = (
        "import sys, numpy as np; from pathlib import Path; from bench.memory import resident_mb; "
        "from ocr.providers import CPU, open_session; "
        "names = ('v6_tiny_det', 'v6_tiny_rec', 'v6_small_rec'); "
        "page, *strips = [open_session(Path(sys.argv[1]) / name / 'inference.onnx', (CPU,), 1) for name in names]; "
        "page.run(None, {'x': np.zeros((1, 3, 960, 672), np.float32)}); before = resident_mb(); "
        "[strip.run(None, {'x': np.zeros((1, 3, 48, 900), np.float32)}) for strip in strips]; "
        "print(resident_mb() - before)"
    )
    command = [sys.executable, "-c", code, str(weights_dir)]
    run = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert float(run.stdout) < 10
