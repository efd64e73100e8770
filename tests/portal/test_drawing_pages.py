"""The set of drawings on the screen, in the interface and on the command line."""

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from django.test import Client

import ingest
from archive import Event
from ingest.drawings import Kind, SetVersion, SheetDifference, VersionUse, approve
from portal.cli import drawings as command
from portal.roles import Role
from tests.ingest.drawings.sheets import NOW, handed_in, read, sheets
from tests.portal import factories
from workers import give_opinion
from workers.jobs import enqueue
from workers.models import Job

pytestmark = pytest.mark.django_db
AsRole = Callable[..., Client]


class World:
    """A works with a reviewed version and a permit case that brought another."""

    def __init__(self) -> None:
        by = factories.user(Role.OFFICER)
        self.review = factories.case(by, item_code="S3-01")
        listed = ("建施-1", "结施-12", "水施-1")
        index = read("建施-0", "index", 9, listed, title="图纸目录", discipline="建筑")
        self.first = handed_in(self.review, [*sheets("建施-1", "结施-12"), index])
        approve(self.first, {"how": "decision", "case": self.review.number, "certificate": "审12"}, now=NOW)
        VersionUse.objects.create(
            version=self.first, case=self.review, moment="decided", digest=self.first.digest, record={}, at=NOW
        )
        self.permit = factories.case(by)
        self.second = handed_in(self.permit, [read("结施-12", "changed", revision="B")])
        self.address = f"/projects/{self.review.project.code}/drawings"

    def pair(self) -> tuple[int, int]:
        one, other = (v.present.get(number="结施-12").pk for v in (self.first, self.second))
        return one, other

    def difference(self) -> str:
        return f"{self.address}/difference/{self.pair()[0]}/{self.pair()[1]}"


@pytest.fixture
def world() -> World:
    return World()


def text(client: Client, address: str, **data: object) -> str:
    return client.get(address, data or None).content.decode()


def test_the_chain_the_pointer_and_the_stopped_case_are_shown(world: World, as_role: AsRole) -> None:
    shown = text(as_role(Role.CLERK), world.address)
    for words in ("送审", "审查合格", "当前有效", "drawings-differ", "结施-12", world.permit.number, "审12"):
        assert words in shown
    assert 'data-kind="missing"' in shown
    client = as_role(Role.CLERK)
    client.cookies["yidang_language"] = "en"
    assert "Current approved" in text(client, world.address)


def test_a_project_without_drawings_says_so(as_role: AsRole) -> None:
    case = factories.case(factories.user(Role.CLERK))
    assert "还没有送审的图纸" in text(as_role(Role.OFFICER), f"/projects/{case.project.code}/drawings")
    assert as_role(Role.OFFICER).get("/projects/X/drawings").status_code == 404


def test_a_version_shows_what_differs_from_the_one_before(world: World, as_role: AsRole) -> None:
    shown = text(as_role(Role.OFFICER), world.address, version=2)
    assert "版次、图面" in shown
    assert f"/difference/{world.pair()[0]}/{world.pair()[1]}" in shown
    assert "两版图纸相同" in text(as_role(Role.OFFICER), world.address, version=1, against=1)


def test_what_waits_for_its_review_is_compared_with_the_approved_version_and_says_what_to_do(
    world: World, as_role: AsRole
) -> None:
    third = handed_in(world.permit, [read("结施-12", "changed again")])
    shown = text(as_role(Role.OFFICER), world.address, version=3)
    approved, mine = (one.present.get(number="结施-12").pk for one in (world.first, third))
    assert 'id="waits"' in shown
    assert f"/difference/{approved}/{mine}" in shown
    link = "version=3&amp;against=1#changes"
    assert link in shown
    assert link in text(as_role(Role.OFFICER), f"/case/{world.permit.number}")


def test_a_case_whose_drawings_were_not_compared_is_not_called_alike(world: World, as_role: AsRole) -> None:
    world.permit.drawing_submissions.update(withdrawn_at=NOW)
    assert "与审查合格的版本一致" in text(as_role(Role.CLERK), world.address)
    job = enqueue("sheets", case=world.permit.number, upload=0)
    shown = text(as_role(Role.CLERK), world.address)
    assert ("正在识别" in shown, "与审查合格的版本一致" in shown) == (True, False)
    job.delete()
    SetVersion.objects.filter(pk=world.first.pk).update(state="superseded")
    SetVersion.objects.filter(pk=world.second.pk).update(state="withdrawn")
    assert "未作核对" in text(as_role(Role.CLERK), world.address)


def test_the_page_is_found_under_a_former_code_of_the_project(world: World, as_role: AsRole) -> None:
    project = world.review.project
    old, project.code, project.former_codes = project.code, "2407-440101-04-01-987654", [project.code]
    project.save()
    answer = as_role(Role.OFFICER).get(f"/projects/{old}/drawings", {"version": "2"})
    assert answer.headers["Location"] == f"/projects/{project.code}/drawings?version=2"


def test_from_the_drawings_of_one_works_one_comes_to_those_of_the_whole_project(as_role: AsRole) -> None:
    case = factories.case(factories.user(Role.OFFICER), item_code="S3-01")
    handed_in(case, sheets("建施-1"))
    named = factories.case(case.opened_by, item_code="S3-01")
    named.works = ingest.Works.objects.create(project=case.project, name="2号楼")
    named.save()
    handed_in(named, sheets("结施-1"))
    address = f"/projects/{case.project.code}/drawings"
    there = {one.works.name if one.works else "" for one in (case, named)}
    for works in there:
        shown = text(as_role(Role.OFFICER), address, works=works)
        assert all(f'<a href="?works={quote(other)}"' in shown for other in there)


def test_an_unfavourable_opinion_is_not_shown_as_a_decision(as_role: AsRole) -> None:
    case = factories.case(factories.user(Role.OFFICER), item_code="S4-03", state="accepted", accepted_at=NOW)
    built = handed_in(case, sheets("建竣-1"), Kind.AS_BUILT)
    give_opinion(case, passed=False, text="须整改", by=case.opened_by)
    shown = text(as_role(Role.OFFICER), f"/projects/{case.project.code}/drawings")
    assert built.uses.get().moment == "decided"
    assert "link-decision" not in shown
    assert "不合格，须整改" in shown


def test_a_value_is_put_right_and_taken_back(world: World, as_role: AsRole) -> None:
    client = as_role(Role.CLERK)
    sheet = world.second.present.get(number="结施-12")
    asked = {"sheet": sheet.pk, "version": 2}
    assert 'name="title"' in text(client, world.address, **asked)
    client.post(f"{world.address}/do/correct", {**asked, "title": " 梁配筋图 "})
    sheet.refresh_from_db()
    assert sheet.title == "梁配筋图"
    client.post(f"{world.address}/do/undo", asked)
    sheet.refresh_from_db()
    assert sheet.title == "结施-12 图"
    assert "没有可以撤销的更正" in client.post(f"{world.address}/do/undo", asked).content.decode()
    assert [event.kind for event in Event.objects.order_by("pk")] == ["sheet-corrected", "sheet-correction-undone"]
    assert as_role(Role.ARCHIVIST).post(f"{world.address}/do/undo", asked).status_code == 403


def test_a_person_finds_two_sheets_the_same_and_the_case_goes_on(world: World, as_role: AsRole) -> None:
    client, (before, after) = as_role(Role.OFFICER), world.pair()
    client.post(f"{world.address}/do/same", {"before": before, "after": after})
    assert "drawings-differ" not in text(client, world.address)
    client.post(f"{world.address}/do/unsame", {"before": before, "after": after})
    assert "drawings-differ" in text(client, world.address)


def test_the_officer_enters_a_certificate_of_review_and_the_clerk_does_not(world: World, as_role: AsRole) -> None:
    paper = factories.material(factories.upload(world.permit, "合格书.pdf"), "OUT-ST")
    row = {"row": world.second.pk, "paper": paper.pk, "digest": world.second.digest}
    refused = as_role(Role.OFFICER).post(f"{world.address}/do/approve", row)
    other = as_role(Role.OFFICER).post(f"{world.address}/do/approve", row | {"digest": world.first.digest})
    assert "drawings-changed" in other.content.decode()
    assert (refused.status_code, "unnumbered-paper" in refused.content.decode()) == (409, True)
    paper.number = "江审字〔2026〕12号"
    paper.save()
    assert "not-officer" in as_role(Role.CLERK).post(f"{world.address}/do/approve", row).content.decode()
    as_role(Role.OFFICER).post(f"{world.address}/do/approve", row)
    second = SetVersion.objects.get(pk=world.second.pk)
    assert (second.state, second.review and second.review["certificate"]) == ("reviewed", paper.number)
    assert "do/approve" not in text(as_role(Role.OFFICER), world.address)
    paper.number = "江审字〔2026〕13号"
    paper.save()
    assert "更正登记为此合格书" in text(as_role(Role.OFFICER), world.address)
    assert Event.objects.get().kind == "drawings-reviewed"


def test_a_review_is_given_on_the_version_on_the_screen_and_a_newer_one_is_shown_first(as_role: AsRole) -> None:
    case = factories.case(factories.user(Role.OFFICER), item_code="S3-01", state="accepted", accepted_at=NOW)
    first = handed_in(case, sheets("建施-1"))
    officer, address = as_role(Role.OFFICER), f"/case/{case.number}/opinion"
    assert f'name="drawings" value="{first.digest}"' in text(officer, f"/case/{case.number}")
    second = handed_in(case, [read("建施-1", "changed")])
    given = {"text": "审查合格", "passed": "1", "drawings": first.digest}
    shown = officer.post(address, given).content.decode()
    assert f'href="/projects/{case.project.code}/drawings?' in shown
    assert 'version=2&amp;against=1#changes"' in shown
    officer.post(address, given | {"drawings": second.digest})
    assert SetVersion.objects.get(pk=second.pk).state == "reviewed"


def test_the_difference_is_asked_for_once_and_shown_when_it_is_made(world: World, as_role: AsRole) -> None:
    client = as_role(Role.SUPERVISOR)
    for _ in range(2):
        assert "正在比对图面" in text(client, world.difference())
    assert Job.objects.filter(kind="sheet-difference").count() == 1
    before, after = world.first.present.get(number="结施-12"), world.second.present.get(number="结施-12")
    row = SheetDifference.objects.create(
        before=before.picture_sha256,
        after=after.picture_sha256,
        picture_sha256=factories.kept(b"overlay"),
        registered=True,
        places=[{"box": [10.2, 20, 30, 40], "kind": "changed"}],
        texts=[{"before": "3600", "after": "3900", "box": [0, 0, 1, 1]}],
        changed=0.01,
        made_at=NOW,
    )
    shown = text(client, world.difference())
    for words in ("3900", 'd="M10 20H30V40H10Z"', "改动", f"/difference/{row.pk}.png"):
        assert words in shown
    assert client.get(f"{world.address}/difference/{row.pk}.png").content == b"overlay"
    assert client.get(f"/projects/X/drawings/difference/{row.pk}.png").status_code == 404


def test_a_sheet_has_its_picture_and_a_sealed_off_file_shows_none(world: World, as_role: AsRole) -> None:
    sheet = world.first.present.get(number="建施-1")
    upload = ingest.Upload.objects.get(number=sheet.upload)
    page = factories.page(upload)
    page.picture_sha256, sheet.picture_sha256 = factories.kept(b"picture"), factories.kept(b"picture")
    page.save()
    sheet.save()
    address = f"{world.address}/sheet/{sheet.pk}/page.jpg"
    assert as_role(Role.CLERK).get(address).content == b"picture"
    upload.state = "confidential"
    upload.save()
    assert as_role(Role.CLERK).get(address).status_code == 404


def test_programs_get_the_set_and_what_differs(world: World, as_role: AsRole) -> None:
    client, address = as_role(Role.CLERK), f"/api{world.address}"
    found = client.get(address).json()
    assert (found["current"], [one["version"] for one in found["versions"]]) == (1, [1, 2])
    assert found["stopped"][0]["findings"][0]["code"] == "drawings-differ"
    changed = client.get(f"{address}/difference?before=1&after=2").json()
    assert [one["after"]["number"] for one in changed["sheets"]] == ["结施-12"]
    assert client.get(f"{address}/difference?before=1&after=9").json()["code"] == "version-unknown"
    assert client.get(f"{address}?works=2号厂房").json()["code"] == "no-set"


def test_the_command_lists_and_compares(world: World) -> None:
    def run(*words: str) -> tuple[object, str]:
        asked = [*words[:1], "--project", world.review.project.code, *words[1:]]
        done = CliRunner().invoke(command.drawings, asked, standalone_mode=False)
        return done.return_value, done.output

    code, told = run("list", "--sheets")
    assert (code, "drawings-differ" in told, "建施-1" in told) == (1, True, True)
    assert json.loads(run("list", "--json")[1])["current"] == 1
    assert run("diff", "1", "1") == (0, "两版图纸相同\n")
    code, told = run("diff", "1", "2")
    assert (code, "结施-12" in told) == (1, True)


def test_as_built_drawings_end_the_chain(world: World, as_role: AsRole) -> None:
    handed_in(factories.case(world.review.opened_by, item_code="S4-03"), sheets("建竣-1"), Kind.AS_BUILT)
    shown = text(as_role(Role.CLERK), world.address)
    assert "竣工图" in shown
    assert "as-built-sheets-missing" in shown


def test_the_case_itself_says_that_its_drawings_stop_it(world: World, as_role: AsRole) -> None:
    shown = text(as_role(Role.OFFICER), f"/case/{world.permit.number}")
    assert 'data-drawings="drawings-differ"' in shown
    assert world.address in shown
    assert "data-drawings" not in text(as_role(Role.OFFICER), f"/case/{world.review.number}")


def test_a_difference_whose_picture_was_lost_is_made_again(world: World, as_role: AsRole) -> None:
    client = as_role(Role.CLERK)
    text(client, world.difference())
    Job.objects.update(state="done")
    before, after = world.first.present.get(number="结施-12"), world.second.present.get(number="结施-12")
    facts = {"before": before.picture_sha256, "after": after.picture_sha256, "changed": 0, "made_at": NOW}
    row = SheetDifference.objects.create(picture_sha256="0" * 64, registered=True, **facts)
    assert client.get(f"{world.address}/difference/{row.pk}.png").status_code == 404
    assert "正在比对图面" in text(client, world.difference())
    assert Job.objects.get().state == "queued"


def test_a_file_whose_drawings_could_not_be_read_is_named_and_read_again(world: World, as_role: AsRole) -> None:
    upload = factories.upload(world.permit, "看不清.pdf")
    factories.material(upload, "M-SGT")
    job = Job.objects.create(
        kind="sheets", case_number=world.permit.number, arguments={"upload": upload.pk}, state="quarantined",
        input_digest="", created_at=NOW,
    )  # fmt: skip
    client, asked = as_role(Role.CLERK), {"upload": upload.number}
    shown = text(client, world.address)
    assert "看不清.pdf" in shown
    assert "重新识别" in shown
    assert client.post(f"{world.address}/do/read", {"upload": "X"}).status_code == 404
    client.post(f"{world.address}/do/read", asked)
    assert Job.objects.filter(kind="sheets", state="queued").exclude(pk=job.pk).exists()
    assert 'id="unread"' not in text(client, world.address)
    assert "not-stopped" in client.post(f"{world.address}/do/read", asked).content.decode()


def test_sheets_without_a_number_are_counted(world: World, as_role: AsRole) -> None:
    handed_in(world.permit, [read("", "no title block", 5)])
    assert 'id="unnumbered">1 ' in text(as_role(Role.CLERK), world.address, version=2)
    assert 'id="unnumbered"' not in text(as_role(Role.CLERK), world.address, version=1)
