"""The shared test data, where it is there; nothing of it is copied here."""

from pathlib import Path

CORPORA = Path(__file__).resolve().parents[2].parent / "shared" / "corpora"


def corpus(*folders: str) -> list[Path]:
    """The files of some folders of the shared test data, in a fixed order; empty where it is absent."""
    return sorted(path for folder in folders for path in (CORPORA / folder).rglob("*") if path.is_file())
