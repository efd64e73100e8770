"""A copy that a rule of sharing seals: under the archive's seal, told as a copy, waiting in words where none is had."""

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from django.contrib.auth.models import User

import archive
from archive import HeldMaterial
from archive.lookup import Retrieval, seal_place
from portal.roles import Role
from signing import Seal, SealUse, issued_policy, validate_pdf
from tests.archive.sharing import rows
from tests.portal import factories
from tests.workers.casework import run
from tests.workers.retrieval_cases import element_of, kept_package
from tests.workers.seal_cases import error_of, run_once
from workers import (
    clean_copies,
    copy_waits_for,
    fetch_retrieval,
    prepare,
    put_seal,
    retrieve_shared,
    verify_file,
    zone,
)
from workers.installation import COPY_SEAL_LABEL, SEALS, authority
from workers.seal_register import COPIES

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(90)]
stack = pytest.mark.stack
LAND = "自然资源局"


@pytest.fixture(autouse=True)
def _installed() -> Iterator[None]:
    prepare()
    yield
    for found in list(zone("working").list("copies/")):
        zone("working").delete(found.key)


@pytest.fixture
def officer() -> User:
    return factories.user(Role.OFFICER, department=LAND)


def shared(kind: str = "OUT-SGXK") -> HeldMaterial:
    """A permit of the building department that lies in the archive with its bytes; a telephone number is on it."""
    package, made = kept_package()
    return rows.held(kind, package=package, name="施工许可证", sha256=element_of(made, "施工许可证.pdf").sha256)


def retrieved(held: HeldMaterial, by: User) -> Retrieval:
    asked = retrieve_shared(held, by=by, roles=frozenset({"officer"}), case_number="CASE-OF-LAND", words="核对许可范围")
    run("retrieve")
    asked.refresh_from_db()
    return asked


def given(asked: Retrieval) -> bytes:
    asked.refresh_from_db()
    with fetch_retrieval(asked, asked.access.user) as stream:
        return stream.read()


def seal() -> Seal:
    return Seal.objects.get(label=COPY_SEAL_LABEL)


def test_the_copy_carries_the_seal_of_copies_for_good_and_the_use_is_recorded(officer: User, tmp_path: Path) -> None:
    held = shared()
    asked = retrieved(held, officer)
    assert (asked.form, asked.state, asked.pages) == ("sealed", "asked", 1)
    run("seal-copy")
    pdf = given(asked)
    trust = authority()
    policy = issued_policy(seal().certificate_sha256)
    found = validate_pdf(pdf, trust.roots, policy=policy)
    assert (found.verdict, [one.level for one in found.seals]) == ("valid", ["B-LTA"])
    (use,) = SealUse.objects.all()
    assert (use.kind, use.number, use.item, use.case_number) == ("copy", asked.number, COPIES, "CASE-OF-LAND")
    assert (use.by, use.result, use.tries) == (None, "valid", 1)
    assert use.after_sha256 == asked.given_sha256 == archive.digest_bytes(pdf).sha256
    assert use.before_sha256 == archive.digest_bytes(zone("working").read(f"copies/{asked.number}.pdf")).sha256
    event = archive.Event.objects.get(kind="archive-used")
    assert (event.details["form"], event.object_sha256) == ("sealed", asked.record_sha256)
    account = zone("archive").read(archive.object_key(asked.record_sha256)).decode()
    assert asked.given_sha256 in account
    original = zone("archive").read(archive.object_key(held.sha256))
    assert archive.digest_bytes(original).sha256 == held.sha256  # not touched
    path = tmp_path / "copy.pdf"
    path.write_bytes(pdf)
    told = verify_file(path)
    assert (told.verdict, told.original, told.copy) == ("valid", False, asked)


@stack
def test_the_seal_stands_in_the_room_that_the_first_page_leaves_for_it(officer: User) -> None:
    asked = retrieved(shared(), officer)
    run("seal-copy")
    with pikepdf.open(io.BytesIO(given(asked))) as document:
        page = document.pages[0]
        field = next(one for one in page.Annots if one.get("/Subtype") == "/Widget")
        left, bottom, right, top = (float(value) for value in field.Rect)
        x, y, side = seal_place(float(page.MediaBox[2]))
        assert "复制件与原件一致，非原件" in str(field.V["/Reason"])
        assert "盖章副本，非原件" in str(document.docinfo["/Subject"])
    assert ((left + right) / 2, (bottom + top) / 2) == (pytest.approx(x, abs=1), pytest.approx(y, abs=1))
    assert right - left == pytest.approx(side, abs=2)
    assert side == pytest.approx(42 / 25.4 * 72, abs=2)  # the size of a public seal


@stack
def test_what_stands_on_a_copy_names_person_department_case_purpose_and_that_it_agrees(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workers import copying

    drawn: list[tuple[list[str], list[str]]] = []
    real = copying.draw_marks
    monkeypatch.setattr(
        copying,
        "draw_marks",
        lambda across, foot, address, *, sealed: (
            drawn.append((across, foot)) or real(across, foot, address, sealed=sealed)
        ),
    )
    retrieved(shared(), officer)
    ((across, foot),) = drawn
    for words in (LAND, officer.username, "CASE-OF-LAND", "办理业务"):
        assert words in "".join(across)
        assert words in "".join(foot)
    assert "复制件与原件一致（遮盖处除外），非原件" in foot[0]
    assert "核对许可范围" in foot[1]


def test_without_a_seal_for_copies_it_waits_in_words_and_goes_on_by_itself(officer: User) -> None:
    put_seal(seal(), "suspended", reason="换章", by=None)
    asked = retrieved(shared(), officer)
    for _ in range(2):
        assert error_of(run_once("seal-copy")) == ("queued", "not-yet")
    assert COPIES in copy_waits_for(asked)
    assert "印章登记" in copy_waits_for(asked)
    asked.refresh_from_db()
    assert (asked.state, SealUse.objects.count()) == ("asked", 0)
    assert clean_copies() == 0  # what waits is kept
    put_seal(seal(), "active", reason="新章已到", by=None)
    assert run_once("seal-copy").state == "done"
    assert given(asked)


@stack
def test_a_seal_that_is_suspended_while_its_key_works_stands_on_nothing(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workers import sealed_copies

    real = sealed_copies.preserve_file

    def suspended_meanwhile(*given: object, **named: object) -> None:
        real(*given, **named)  # type: ignore[arg-type]
        put_seal(seal(), "suspended", reason="挂失核查", by=None)

    asked = retrieved(shared(), officer)
    with monkeypatch.context() as patch:
        patch.setattr(sealed_copies, "preserve_file", suspended_meanwhile)
        assert error_of(run_once("seal-copy")) == ("queued", "seal-suspended")
    asked.refresh_from_db()
    assert (asked.state, SealUse.objects.get().result) == ("asked", "begun")
    put_seal(seal(), "active", reason="核查完毕", by=None)
    assert run_once("seal-copy").state == "done"
    assert (SealUse.objects.get().result, SealUse.objects.get().tries) == ("valid", 2)


@stack
def test_a_key_that_is_away_is_waited_for(officer: User, settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    asked = retrieved(shared(), officer)
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "places.json").write_text(f'{{"{COPY_SEAL_LABEL}": "file:gone.p12"}}')
    settings.KEYS_DIR = keys
    assert error_of(run_once("seal-copy")) == ("queued", "key-unusable")
    assert copy_waits_for(asked)
    assert SealUse.objects.count() == 0


@stack
def test_a_register_entry_is_copied_without_a_seal_as_the_rule_says(officer: User) -> None:
    asked = retrieved(shared("M-YYZZ"), officer)
    assert (asked.form, asked.state) == ("copy", "ready")
    assert not SealUse.objects.exists()


@stack
def test_a_copy_with_one_byte_changed_is_no_copy_of_ours(officer: User, tmp_path: Path) -> None:
    asked = retrieved(shared(), officer)
    run("seal-copy")
    pdf = bytearray(given(asked))
    pdf[len(pdf) // 3] ^= 1
    path = tmp_path / "changed.pdf"
    path.write_bytes(pdf)
    told = verify_file(path)
    assert (told.verdict, told.copy) == ("invalid", None)


def test_an_installation_has_a_seal_for_copies_and_it_asks_for_no_second_person() -> None:
    from signing import SealChangeRefused
    from workers import set_two_person

    assert SEALS[COPY_SEAL_LABEL] == (COPIES,)
    with pytest.raises(SealChangeRefused, match="自动出具"):
        set_two_person(seal(), two_person=True, by=None)
