"""What anybody may ask, and what nobody can find out: by code, by name, by file; signed, slowed down, told alike."""

import datetime as dt
import re
import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from portal import rates, verification
from portal.roles import Role
from signing import (
    Act,
    Certificate,
    Decision,
    open_answer,
    render,
    verification_url,
)
from tests.portal import factories
from tests.workers.casework import drafted, run
from tests.workers.test_certificate_life import DATA
from workers import Job, approve, decide_on, prepare, publish_trust, read_derivative, verifying

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(90)]
LINES = DATA | {"建设规模": "9800平方米"}


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def issued() -> Certificate:
    """A certificate in force whose file is no real one."""
    return factories.certificate(factories.case(factories.user(Role.CLERK)))


@pytest.fixture
def permit() -> Certificate:
    """A construction permit sealed by the real pipeline, with its image in the register."""
    prepare()
    publish_trust()
    case = factories.case(factories.user(Role.CLERK), state="decided")
    made = drafted(case, LINES)
    run("render")
    made.refresh_from_db()
    approve(made, made.rendered_sha256, by=factories.user(Role.OFFICER))
    for kind in ("seal", "validate", "faces"):
        run(kind)
    made.refresh_from_db()
    return made


def judged(pdf: bytes, client: Client | None = None) -> dict[str, Any]:
    """What the interface says of a file."""
    response = (client or Client()).post("/api/verify/file", {"file": SimpleUploadedFile("a.pdf", pdf)})
    assert response.status_code == 200, text(response)
    return dict(response.json())


def codes(answer: dict[str, Any]) -> set[str]:
    return {reason["code"] for reason in answer["reasons"]}


@pytest.mark.stack  # long
def test_files_are_told_apart_and_the_reasons_are_words(permit: Certificate) -> None:
    sealed = read_derivative(permit.sealed_sha256)
    original = judged(sealed)
    assert (original["verdict"], original["file"]["original"], original["number"]) == ("valid", True, permit.number)
    changed = judged(forged(permit))
    assert changed["verdict"] == "invalid"
    assert {"content-differs", "unsigned"} <= codes(changed)
    told = [(one["registered"], one["given"]) for one in changed["file"]["differences"]]
    assert any("9800" in registered and "98000" in given for registered, given in told), told
    place = sealed.index(b"/ByteRange") - 40
    broken = judged(sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :])
    assert broken["verdict"] == "invalid"
    anew = judged(read_derivative(permit.rendered_sha256))  # the same words, without the seal
    assert (anew["verdict"], anew["file"]["original"]) == ("unknown", False)
    assert {"unsigned", "not-original"} <= codes(anew)
    assert anew["number"] == permit.number  # by its code
    stranger = judged(render("construction_permit", LINES, created=timezone.now()))
    assert (stranger["verdict"], codes(stranger)) == ("unknown", {"unsigned", "not-registered"})
    assert "number" not in stranger
    decide_on(permit, Act.REVOKE, Decision("以欺骗手段取得", "行政许可法第六十九条"), by=factories.user(Role.OFFICER))
    revoked = judged(sealed)
    assert (revoked["verdict"], codes(revoked), revoked["act"]) == ("invalid", {"register-revoked"}, "撤销（吊销）")
    assert "欺骗" not in str(revoked)  # why, is between the authority and the holder


def forged(certificate: Certificate) -> bytes:
    """The certificate set anew with one digit more, and its true code."""
    address = verification_url("https://yidang.example", certificate.verify_token)
    data = certificate.data | {"建设规模": "98000平方米", "查验地址": address}
    return render(certificate.template, data, created=timezone.now())


@pytest.mark.stack
def test_the_page_tells_what_is_different_and_shows_the_image_to_compare(permit: Certificate) -> None:
    client = Client()
    shown = text(client.get(f"/v/{permit.verify_token}"))
    assert f"/v/{permit.verify_token}/face/1.jpg" in shown
    picture = client.get(f"/v/{permit.verify_token}/face/1.jpg")
    assert (picture["Content-Type"], picture.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert client.get(f"/v/{permit.verify_token}/face/2.jpg").status_code == 404
    posted = client.post("/verify/file", {"file": SimpleUploadedFile("a.pdf", forged(permit))})
    for words in ('data-status="invalid"', "文件内容与登记的证照不同", "9800平方米", "98000平方米", permit.number):
        assert words in text(posted)
    same = client.post("/verify/file", {"file": SimpleUploadedFile("a.pdf", read_derivative(permit.sealed_sha256))})
    assert "文件为原件，证照有效" in text(same)


def test_a_searchable_scan_is_not_held_against_the_register_word_by_word() -> None:
    assert verifying._differences([["建设规模 9800平方米"]], [[]]) == ()  # a scan has no lines
    assert verifying._differences([["甲 乙", "丙"]], [["丙", "甲乙"]]) == ()  # saved in another order
    assert verifying._differences([["甲", "乙"]], [["甲", "丁"], ["附页"]]) == ((1, "乙", "丁"), (2, "", "附页"))


def shape(response: Any) -> str:
    """The page without what differs at every request: the token for posting, the time."""
    return re.sub(r'value="[^"]*"|hx-headers=\S+ \S+|SHA-256 \w+', "", text(response))


def test_no_such_certificate_and_another_holder_are_one_answer(issued: Certificate) -> None:
    client, sealed_only = Client(), factories.certificate(factories.case(factories.user()), state="sealed")
    times, pages, answers = [], set(), []
    asked = [
        (issued.identifier, "某某公司"),
        (issued.number, issued.holder_uscc[:6]),
        ("1.2.156.3005.2.404", "某某公司"),
        ("1.2.156.3005.2.404", issued.holder_name),
        (sealed_only.number, sealed_only.holder_name),
    ]
    for name, fact in asked:
        began = time.monotonic()
        page = client.post("/verify", {"name": name, "fact": fact})
        times.append(time.monotonic() - began)
        assert page.status_code == 404
        pages.add(shape(page))
        answer = client.post("/api/verify", {"identifier": name, "holder": fact}, content_type="application/json")
        assert answer.status_code == 404
        facts = answer.json()
        answers.append({key: facts[key] for key in facts if key not in {"asked", "asked_at", "signed"}})
    assert len(pages) == 1
    assert all(one == answers[0] for one in answers)
    assert min(times) >= verification.NO_SECONDS
    right = client.post("/verify", {"name": issued.number, "fact": issued.holder_uscc[-6:]})
    assert right["Location"] == f"/v/{issued.verify_token}"


def test_the_second_fact_cannot_be_tried_through_even_from_many_addresses(
    issued: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "NO_SECONDS", 0.0)
    for name in (issued.number, "no such number"):
        statuses = [
            Client(REMOTE_ADDR=f"10.0.0.{n}").post("/verify", {"name": name, "fact": f"{n:06}"}).status_code
            for n in range(rates.GUESSES_AN_HOUR + 3)
        ]
        assert statuses == [404] * rates.GUESSES_AN_HOUR + [429] * 3
    last = Client(REMOTE_ADDR="10.9.9.9").post("/verify", {"name": issued.number, "fact": issued.holder_name})
    assert (last.status_code, last["Retry-After"]) == (429, str(rates.HOUR_SECONDS))
    assert "一小时" in text(last)
    assert Client().get(f"/v/{issued.verify_token}").status_code == 200  # who holds it still verifies it by its code


def test_tokens_cannot_be_counted_through(issued: Certificate) -> None:
    client = Client()
    near = [issued.verify_token[:-1] + letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij"]
    statuses = [client.get(f"/api/verify/{token}").status_code for token in near if token != issued.verify_token]
    assert statuses[: rates.CHECKS_A_MINUTE] == [404] * rates.CHECKS_A_MINUTE
    assert set(statuses[rates.CHECKS_A_MINUTE :]) == {429}
    refused = client.get(f"/api/verify/{issued.verify_token}")
    assert refused.json()["retry_after"] == rates.WINDOW_SECONDS
    assert "number" not in refused.json()


def test_files_are_slowed_down_and_one_is_judged_at_a_time(issued: Certificate) -> None:
    file = b"%PDF-1.7 sealed " + issued.number.encode()
    client = Client()
    with verification._examiners:
        busy = client.post("/verify/file", {"file": SimpleUploadedFile("a.pdf", file)})
    assert busy.status_code == 429
    assert "正在查验其他文件" in text(busy)
    for _ in range(rates.FILES_A_MINUTE - 1):
        assert judged(file, client)["verdict"] == "valid"
    assert client.post("/api/verify/file", {"file": SimpleUploadedFile("a.pdf", file)}).status_code == 429
    assert Client(REMOTE_ADDR="10.0.0.2").post("/verify/file", {}).status_code == 400


def test_a_file_is_not_kept(issued: Certificate) -> None:
    jobs = Job.objects.count()
    judged(b"%PDF-1.4 something of a stranger")
    assert Job.objects.count() == jobs
    assert not verification.settings.SCRATCH_DIR.exists() or not list(verification.settings.SCRATCH_DIR.glob("*/a.pdf"))


def test_every_answer_is_signed_with_the_published_key(issued: Certificate) -> None:
    client = Client()
    [jwk] = client.get("/api/keys").json()["keys"]
    found = client.get(f"/api/verify/{issued.verify_token}").json()
    signed = open_answer(found.pop("signed"), jwk)
    assert signed == found
    assert (signed["status"], signed["number"]) == ("valid", issued.number)
    assert signed["asked_at"].startswith(f"{timezone.localdate():%Y-%m-%d}")
    none = client.get("/api/verify/no-such-token").json()
    assert open_answer(none["signed"], jwk)["asked"] == {"token_sha256": verification.digest_of("no-such-token")}


def test_the_answer_holds_nothing_that_is_not_on_the_paper(issued: Certificate) -> None:
    found = Client().get(f"/api/verify/{issued.verify_token}").json()
    allowed = {"verdict", "status", "message", "reasons", "asked", "asked_at", "signed", "since", "act", "used_in_time"}
    paper = {"number", "identifier", "version", "holder", "issuer", "issued_on", "valid_until", "sha256"}
    assert set(found) == allowed | paper


def test_a_permit_that_was_used_in_time_is_valid_after_its_last_day_and_the_page_says_why(issued: Certificate) -> None:
    Certificate.objects.filter(pk=issued.pk).update(valid_until=dt.date(2020, 1, 1))
    assert "证照已过有效期" in text(Client().get(f"/v/{issued.verify_token}"))
    Certificate.objects.filter(pk=issued.pk).update(used_in_time=True)
    shown = text(Client().get(f"/v/{issued.verify_token}"))
    assert "证照有效（已按期使用）" in shown
    assert "已过有效期" not in shown
    found = Client().get(f"/api/verify/{issued.verify_token}").json()
    assert (found["verdict"], found["status"], found["used_in_time"]) == ("valid", "valid", True)


def test_the_page_of_a_superseded_one_names_the_new_version_and_not_where_it_lies(issued: Certificate) -> None:
    case = factories.ingest.Case.objects.get(number=issued.case_number)
    Certificate.objects.filter(pk=issued.pk).update(state="superseded")
    newer = factories.certificate(case, number=issued.number, version=2, supersedes=issued, holder_name="另一公司")
    shown = text(Client().get(f"/v/{issued.verify_token}"))
    assert newer.identifier in shown
    for secret in (newer.verify_token, "另一公司"):
        assert secret not in shown


def test_behind_our_proxies_the_client_is_who_they_saw(issued: Certificate, settings: Any) -> None:
    settings.PROXIES = 1
    address = f"/v/{issued.verify_token}"

    def ask(forwarded: str) -> int:
        client = Client(REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": forwarded})
        return client.get(address).status_code

    # what a client writes before it changes nothing: the proxy adds what it saw
    assert [ask(f"1.2.3.{n}, 203.0.113.7") for n in range(32)] == [200] * 30 + [429] * 2
    assert ask("203.0.113.8") == 200


def test_what_is_no_pdf_at_all_is_said_to_be_unreadable(db: None) -> None:
    publish_trust()
    for made_up in (b"%PDF-1.4 made up", b"nothing", b"PK\x03\x04 no package"):
        found = judged(made_up)
        assert (found["verdict"], "not-registered" in codes(found)) == ("unknown", True)
        assert "not-judged" not in codes(found), made_up
