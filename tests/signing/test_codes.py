"""A code on paper is looked up in the register: a permit printed, scanned and read back says what it is today."""

import datetime as dt
import hashlib
from typing import Any

import numpy as np
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr import read_codes
from samples.ageing import age
from signing import (
    Certificate,
    CodeAnswer,
    Seal,
    SealKey,
    TestAuthority,
    certificate_of_code,
    code_answer,
    new_token,
    render,
    token_of,
    verification_url,
)
from tests.signing.conftest import NOW, OWNER, PERMIT, seal

DPI = 200


def registered(token: str, **changes: Any) -> Certificate:
    """A certificate in the register under that token, valid unless said otherwise."""
    owner, _ = Seal.objects.get_or_create(
        label="行政审批专用章",
        defaults={
            "owner": OWNER,
            "owner_uscc": "119901010000000016",
            "certificate_sha256": hashlib.sha256(b"seal").hexdigest(),
            "valid_until": NOW + dt.timedelta(days=365),
        },
    )
    facts = {
        "identifier": f"{PERMIT['证照标识']}-{token}",
        "number": f"{PERMIT['编号']}-{token}",
        "type": "OUT-SGXK",
        "template": "construction_permit",
        "case_number": "01K0000000000000000000000A",
        "holder_name": PERMIT["建设单位"],
        "holder_uscc": "91990101MA7C2XG62E",
        "seal": owner,
        "data": PERMIT,
        "verify_token": token,
        "state": Certificate.State.VALID,
        "issued_on": NOW.date(),
    }
    return Certificate.objects.create(**(facts | changes))


def state_of(text: str) -> str | None:
    answer = code_answer(text)
    return answer.state if answer else None


def scan_of(pdf: bytes, wear: Any) -> np.ndarray:
    """The first page printed and scanned again."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=DPI / 72).to_numpy()[:, :, :3].copy()
    scan, _ = age(picture, wear, dpi=DPI, rng=np.random.default_rng(7))
    return scan


@pytest.mark.django_db
@pytest.mark.parametrize("wear", ["office", "poor"])
def test_the_code_of_a_sealed_permit_is_read_off_paper_and_resolved(
    wear: Any, key: SealKey, authority: TestAuthority
) -> None:
    token = new_token()
    data = PERMIT | {"查验地址": verification_url("https://yidang.example/", token)}
    sealed = seal(render("construction_permit", data, created=NOW), key, authority)
    certificate = registered(token)
    (mark,) = read_codes(scan_of(sealed, wear))
    assert mark.text == data["查验地址"]
    assert certificate_of_code(mark.text) == certificate
    assert state_of(mark.text) == "valid"
    certificate.state = Certificate.State.REVOKED
    certificate.save()
    assert state_of(mark.text) == "revoked"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("draft", "unknown"),
        ("approved", "unknown"),
        ("sealed", "unknown"),
        ("valid", "valid"),
        ("superseded", "superseded"),
        ("revoked", "revoked"),
    ],
)
def test_a_code_says_what_the_register_says(state: str, said: str) -> None:
    address = verification_url("https://yidang.example", registered(new_token(), state=state).verify_token)
    assert state_of(address) == said
    assert (certificate_of_code(address) is None) == (said == "unknown")


@pytest.mark.django_db
def test_a_code_says_which_certificate_it_belongs_to() -> None:
    issued = registered(new_token())
    answer = code_answer(verification_url("https://yidang.example", issued.verify_token))
    assert answer == CodeAnswer("valid", "OUT-SGXK", issued.number)


@pytest.mark.django_db
def test_the_host_of_an_address_is_not_looked_at() -> None:
    token = registered(new_token()).verify_token
    for address in (f"http://127.0.0.1:8000/v/{token}", f"https://old.example/portal/verify/{token}/"):
        assert state_of(address) == "valid"


@pytest.mark.django_db
def test_a_token_nobody_drew_is_unknown() -> None:
    assert state_of(verification_url("https://yidang.example", new_token())) == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ASN00123",
        "https://yidang.example/v/",
        "https://yidang.example/v/short",
        "https://yidang.example/v/abcdefghijklmnopqrstuv?next=1",
        "https://yidang.example/other/abcdefghijklmnopqrstuv",
        "ftp://yidang.example/v/abcdefghijklmnopqrstuv",
        "see https://yidang.example/v/abcdefghijklmnopqrstuv",
    ],
)
def test_other_texts_are_no_business_of_the_register(text: str) -> None:
    assert token_of(text) is None
    assert code_answer(text) is None
    assert certificate_of_code(text) is None


@given(st.text(max_size=200))
def test_any_text_has_a_token_of_ours_or_none(text: str) -> None:
    assert token_of(text) is None or len(token_of(text) or "") == len(new_token())
    assert token_of(verification_url("https://yidang.example", "a" * 22)) == "a" * 22
