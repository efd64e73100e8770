"""The offline verifier as it is handed out: joined into one file, written to a disk, and loaded from there."""

import dataclasses
import functools
import importlib.util
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from archive.offline import VERIFIER_NAME, offline_verifier
from tests.archive import sample_package as sample


@functools.cache
def program() -> Path:
    path = Path(tempfile.mkdtemp()) / VERIFIER_NAME
    path.write_bytes(offline_verifier())
    return path


@functools.cache
def verifier() -> ModuleType:
    spec = importlib.util.spec_from_file_location("offline_verifier", program())
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def given(**other: Any) -> Any:
    module = verifier()
    usual = {
        "roots": sample.roots(),
        "log_key": module.parse_key(str(sample.public_log_key()), module.LOG),
        "at": sample.NOW,
    }
    return module.Given(**(usual | other))


@dataclasses.dataclass(frozen=True)
class Told:
    verdict: str
    lines: tuple[Any, ...]

    def of(self, code: str) -> list[str]:
        return [line.state for line in self.lines if line.code == code]

    @property
    def failed(self) -> list[Any]:
        return [line for line in self.lines if line.state == "failed"]


def judged(*bags: Path, **other: Any) -> Told:
    packages, beside, verdict = verifier().judge(bags, given(**other))
    return Told(verdict, (*(line for package in packages for line in package.lines), *beside))
