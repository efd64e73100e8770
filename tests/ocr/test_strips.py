"""Strips are no wider than reading needs, and what the recogniser is handed really has that width."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ocr.engine_paddle import onnx_options, thrifty_recogniser
from ocr.strips import LEAST_NARROWED, LEAST_WIDTH, STRIP_HEIGHT, narrowed
from ocr.weights import model_dir


@given(height=st.integers(3, 200), width=st.integers(3, 2000))
def test_a_strip_becomes_as_high_as_the_recogniser_wants_and_never_wider_than_it_was(height, width):
    strip = narrowed(np.full((height, width, 3), 255, np.uint8))
    natural = STRIP_HEIGHT * width / height
    assert strip.shape[0] == STRIP_HEIGHT
    assert min(natural, LEAST_NARROWED) <= strip.shape[1] <= natural + 1


def test_a_short_strip_is_read_without_being_filled_up_further(weights_dir, monkeypatch):
    folder = model_dir(weights_dir, "v6_tiny_rec")
    recognise = thrifty_recogniser("PP-OCRv6_tiny_rec", folder, onnx_options(1, ["CPUExecutionProvider"]))
    widths = []
    from paddlex.inference.models.runners.onnxruntime_runner import ONNXRuntimeRunner

    plain = ONNXRuntimeRunner.__call__
    monkeypatch.setattr(ONNXRuntimeRunner, "__call__", lambda self, x: widths.append(x[0].shape[3]) or plain(self, x))
    recognise([np.full((48, 60, 3), 255, np.uint8), np.full((48, 1000, 3), 255, np.uint8)])
    assert widths == [LEAST_WIDTH, 700]
