"""The page that explains the offline verifier, for anybody: every code, the manual's own sentences, the files."""

import hashlib
from pathlib import Path

import pytest
from django.test import Client

from archive.offline import offline_verifier
from portal.line_help import LINE_HELP
from portal.translations import ENGLISH
from tests.archive.offline.judging import verifier
from workers import log_public_key, prepare

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_explains_every_code_in_the_words_of_the_manual() -> None:
    assert [line.code for line in LINE_HELP] == list(verifier().CODES)
    chinese, english = ((DOCS / name).read_text().replace("`", "") for name in ("verifying.zh.md", "verifying.md"))
    for line in LINE_HELP:
        for sentence in filter(None, (line.compared, line.failed, line.not_proved)):
            assert f"| {sentence} |" in chinese, line.code
            assert f"| {ENGLISH[sentence]} |" in english, line.code


@pytest.mark.django_db
def test_program_key_and_roots_are_had_without_an_account(client: Client) -> None:
    prepare()
    page = client.get("/verify/help").content.decode()
    assert hashlib.sha256(offline_verifier()).hexdigest() in page
    assert all(f'id="{line.code}"' in page for line in LINE_HELP)
    client.post("/language", {"language": "en", "next": "/"})
    assert "What is compared" in client.get("/verify/help").content.decode()
    assert client.get("/verify/help/offline_verifier.py").content == offline_verifier()
    assert client.get("/verify/help/log.pub").content.decode().strip() == log_public_key()
    assert client.get("/verify/help/root.pem").content.startswith(b"-----BEGIN CERTIFICATE")
    assert client.get("/verify/help/other").status_code == 404
