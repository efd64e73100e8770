"""Installations at three points of a case's way, made once and copied for each test."""

import pytest

from tests.faults.installation import Installation


@pytest.fixture(scope="session")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A case with the first batch of the pile on the counter; no worker has run yet."""
    folder = tmp_path_factory.mktemp("installations")
    made = Installation(folder / "handed-in")
    made.do("first", str(folder / "pile"))
    return made


@pytest.fixture(scope="session")
def decided(handed_in: Installation) -> Installation:
    """A complete case that is decided; its certificate waits for the officer."""
    made = handed_in.copy(handed_in.data.parent / "decided")
    with made.workers():
        made.wait_until_idle()
        made.do("second", str(handed_in.data.parent / "pile"))
        made.wait_until_idle()
        made.do("grant")
        made.wait_until_idle()
    return made
