"""The odd and the signed files of other projects: each has its verdict and reasons in `corpus_expectations`."""

import contextlib
import time
from pathlib import Path

import pytest
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

from signing import Policy, TestAuthority, Validation, validate_pdf
from tests.signing.conftest import NOW
from tests.signing.corpus_expectations import BY_OUR_ROOTS, BY_THEIR_ROOTS, PREFIX, WHEN_THEY_WERE_MADE

MAX_SECONDS = 10
"""The slowest takes 0.1 s on a quiet machine."""


def _answer(found: Validation) -> tuple[str, frozenset[str]]:
    return found.verdict, frozenset(reason.code for reason in found.reasons)


def test_every_file_of_the_corpus_is_answered_as_expected_by_our_roots(corpus: Path, authority: TestAuthority) -> None:
    answers = {}
    for path in sorted(corpus.glob("*.pdf")):
        before, started = path.read_bytes(), time.monotonic()
        answers[path.stem.removeprefix(PREFIX)] = _answer(
            validate_pdf(path, authority.roots, crls=authority.crls(), at=NOW)
        )
        assert time.monotonic() - started < MAX_SECONDS, path.name
        assert path.read_bytes() == before
    assert answers == BY_OUR_ROOTS


def test_no_file_of_the_corpus_is_valid_by_our_roots() -> None:
    assert not [name for name, (verdict, _) in BY_OUR_ROOTS.items() if verdict == "valid"]


@pytest.mark.parametrize("name", BY_THEIR_ROOTS)
def test_a_signed_file_is_answered_as_expected_by_its_own_roots(corpus: Path, name: str) -> None:
    path = corpus / f"{PREFIX}{name}.pdf"
    at = WHEN_THEY_WERE_MADE.get(name, NOW)
    found = validate_pdf(path, _tops(path), at=at, policy=Policy(require_timestamp=False))
    assert _answer(found) == BY_THEIR_ROOTS[name]


def _tops(path: Path) -> list[x509.Certificate]:
    """The certificates inside the file that nothing inside the file has issued: what its maker would trust."""
    found: set[bytes] = set()
    with path.open("rb") as file:
        reader = PdfFileReader(file, strict=False)
        for signature in reader.embedded_signatures:
            found.update(one.dump() for one in (signature.signer_cert, *signature.other_embedded_certs))
            for token in extract_tst_data_iter(signature.signer_info, signed=False):
                found.update(choice.chosen.dump() for choice in token["certificates"])
        with contextlib.suppress(NoDSSFoundError):
            found.update(one.dump() for one in DocumentSecurityStore.read_dss(reader).load_certs())
    loaded = [x509.load_der_x509_certificate(der) for der in sorted(found)]
    subjects = {one.subject for one in loaded}
    return [one for one in loaded if one.issuer == one.subject or one.issuer not in subjects]
