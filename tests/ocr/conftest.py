"""What the reading tests share: the engine with its weights, and readings recorded from sample scans."""

import json
from pathlib import Path
from typing import Any

import pytest

from ocr import Engine, PageReading, WeightsError, check_weights, from_json, load_engine

ROOT = Path(__file__).resolve().parents[2]
RECORDED = Path(__file__).parent / "recorded"


@pytest.fixture(scope="session")
def weights_dir() -> Path:
    directory = ROOT / "models"
    try:
        check_weights(directory)
    except WeightsError as error:
        pytest.skip(str(error))
    return directory


@pytest.fixture(scope="session")
def engine(weights_dir: Path) -> Engine:
    return load_engine("paddle", "tiny", weights_dir)


def recorded(code: str) -> tuple[list[PageReading], dict[str, str]]:
    """The pages of an office scan of that type as the engine read them, and what its fields really are."""
    data: dict[str, Any] = json.loads((RECORDED / f"{code}.json").read_text(encoding="utf-8"))
    return [from_json(page) for page in data["pages"]], data["fields"]


CODES = tuple(sorted(path.stem for path in RECORDED.glob("*.json")))
