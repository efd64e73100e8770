"""Installations at three points of a case's way, made once and copied for each test."""

import pytest

from tests.faults.installation import Installation


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with its tables, keys, seals and accounts: what each other one begins with."""
    made = Installation(tmp_path_factory.mktemp("installations") / "prepared")
    made.do("ready")
    return made


@pytest.fixture(scope="session")
def handed_in(prepared: Installation) -> Installation:
    """A case with a few files on the counter; no worker has run yet."""
    folder = prepared.data.parent
    made = prepared.copy(folder / "handed-in")
    made.do("few", str(folder / "few"))
    return made


@pytest.fixture(scope="session")
def signed(prepared: Installation) -> Installation:
    """A complete case that is decided; the officer approved its certificate, and no worker has run since."""
    folder = prepared.data.parent
    made = prepared.copy(folder / "signed")
    made.do("first", str(folder / "pile"))
    with made.workers(reads=True):
        made.wait_until_idle()
        made.do("second", str(folder / "pile"))
        made.wait_until_idle()
        made.do("grant")
        made.wait_until_idle()
    made.do("sign")
    return made
