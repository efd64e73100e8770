"""A decision rests on the drawings that were reviewed; what stops it says which sheets, and what to do."""

import pytest

from archive import HeldMaterial
from ingest.drawings import (
    Kind,
    SetVersion,
    Sheet,
    VersionUse,
    approve,
    check_decision,
    confirm_same,
    enter,
    kinds_of_types,
    set_digest,
    unconfirm_same,
)
from ingest.drawings import correct_sheet as correct
from ingest.drawings import undo_sheet as undo
from ingest.drawings.checking import NAMES
from ingest.drawings.states import StepError
from portal.roles import Role
from tests.ingest.drawings.sheets import NOW, handed_in, read, sheets
from tests.portal import factories

pytestmark = pytest.mark.django_db


class World:
    """A works whose drawings were reviewed, and the cases that rest on them."""

    def __init__(self) -> None:
        self.by = factories.user(Role.OFFICER)
        self.review = factories.case(self.by, item_code="S3-01")
        self.set = ["建施-1", "建施-2", "结施-12"]

    def reviewed(self, certificate: str = "") -> SetVersion:
        version = handed_in(self.review, sheets(*self.set))
        return approve(version, {"how": "decision", "certificate": certificate}, now=NOW)

    def case(self, item: str = "S3-05", **changes: object) -> factories.ingest.Case:
        return factories.case(self.by, item_code=item, **changes)


@pytest.fixture
def world() -> World:
    return World()


def codes(case: factories.ingest.Case) -> list[str]:
    found = check_decision(case)
    assert all(one.code in NAMES and one.remedy for one in found)
    return [one.code for one in found]


def test_a_works_whose_drawings_were_never_here_is_not_held_up(world: World) -> None:
    assert codes(world.case()) == []


def test_nothing_rests_on_drawings_before_they_are_reviewed(world: World) -> None:
    handed_in(world.review, sheets(*world.set))
    assert codes(world.case(answers={"low-risk": "否"})) == ["drawings-not-reviewed"]
    assert codes(world.case(answers={"low-risk": "是"})) == []
    assert codes(world.review) == []


def test_the_reviewed_sheets_serve_permit_fire_and_quality_alike(world: World) -> None:
    version = world.reviewed()
    for item in ("S3-02", "S3-03", "S3-05"):
        case = world.case(item)
        assert codes(case) == []
        handed_in(case, sheets("建施-2"))
        assert codes(case) == []
    assert SetVersion.objects.get() == version


def test_a_silent_change_is_stopped_and_names_the_sheet(world: World) -> None:
    world.reviewed()
    case = world.case()
    handed_in(case, [*sheets("建施-1"), read("结施-12", "changed", 2)])
    (found,) = check_decision(case)
    assert (found.code, found.sheets) == ("drawings-differ", ("结施-12",))
    assert "结施-12" in found.message
    assert "重新送审" in found.remedy


def test_a_further_sheet_is_a_change_too(world: World) -> None:
    world.reviewed()
    case = world.case("S3-02")
    handed_in(case, sheets("水施-1"))
    assert codes(case) == ["drawings-differ"]


def test_what_another_case_handed_in_unreviewed_is_no_way_around(world: World) -> None:
    world.reviewed()
    changed = [read("结施-12", "changed")]
    handed_in(world.case("S3-01"), changed)
    assert codes(world.case()) == []
    case = world.case()
    handed_in(case, changed)
    assert codes(case) == ["drawings-differ"]


def test_the_change_is_decided_on_once_it_was_reviewed(world: World) -> None:
    world.reviewed()
    case = world.case()
    second = handed_in(case, [read("结施-12", "changed")])
    approve(second, {"how": "decision"}, now=NOW)
    assert codes(case) == []


def test_a_sheet_scanned_again_counts_once_a_person_found_it_the_same_until_that_is_taken_back(world: World) -> None:
    first = world.reviewed()
    case = world.case()
    second = handed_in(case, [read("结施-12", "scanned again")])
    pair = first.present.get(number="结施-12"), second.present.get(number="结施-12")
    assert codes(case) == ["drawings-differ"]
    assert confirm_same(*pair, by=world.by, now=NOW) == confirm_same(*pair, by=world.by, now=NOW)
    assert codes(case) == []
    assert unconfirm_same(*pair, now=NOW)
    assert codes(case) == ["drawings-differ"]
    with pytest.raises(StepError, match="不是同一张"):
        confirm_same(pair[0], second.present.get(number="建施-1"), by=world.by, now=NOW)


def test_the_certificate_of_another_review_is_told(world: World) -> None:
    world.reviewed("江审字〔2026〕12号")
    case = world.case()
    for number, expected in (("江审字〔2026〕12号", []), ("江审字〔2025〕3号", ["review-paper-differs"])):
        paper = factories.material(factories.upload(case), "OUT-ST")
        paper.number = number
        paper.save()
        case.uses.all().delete()
        case.uses.create(entry="OUT-ST", how="uploaded", material=paper, used_at=NOW)
        assert codes(case) == expected


def test_as_built_drawings_are_held_against_review_and_permit(world: World) -> None:
    version = world.reviewed()
    permit = world.case()
    use = {"case": permit, "moment": "decided", "digest": version.digest, "record": {}, "at": NOW}
    VersionUse.objects.create(version=version, **use)
    case = world.case("S4-03")
    handed_in(case, sheets("建竣-1", "建竣-2", "结竣-12", look="as built"), Kind.AS_BUILT)
    assert codes(case) == []


def test_as_built_drawings_that_lack_a_sheet_or_show_an_unreviewed_change_are_stopped(world: World) -> None:
    world.reviewed()
    case = world.case("S4-03")
    handed_in(case, [*sheets("建竣-1"), read("结竣-12", "built", 2, revision="C")], Kind.AS_BUILT)
    found = {one.code: one.sheets for one in check_decision(case)}
    assert found == {"as-built-sheets-missing": ("建施-2",), "as-built-not-reviewed": ("结竣-12",)}


def test_a_permit_on_drawings_that_no_review_saw_is_found_at_the_acceptance(world: World) -> None:
    world.reviewed()
    permit = world.case()
    silent = handed_in(permit, [read("结施-12", "changed")])
    VersionUse.objects.create(version=silent, case=permit, moment="decided", digest=silent.digest, record={}, at=NOW)
    case = world.case("S4-03")
    handed_in(case, sheets("建竣-1", "建竣-2", "结竣-12"), Kind.AS_BUILT)
    assert codes(case) == ["permit-on-other-drawings"]


def test_a_number_put_right_makes_it_the_sheet_it_is_in_every_version_and_is_taken_back(world: World) -> None:
    world.reviewed()
    case = world.case()
    handed_in(case, [read("结施-72", "picture of 结施-12", 3)])
    assert codes(case) == ["drawings-differ"]
    wrong = Sheet.objects.get(number="结施-72")
    assert correct(wrong, "number", "结施-12", by=world.by, now=NOW)
    assert correct(wrong, "number", "结施-12", by=world.by, now=NOW) is None
    assert codes(case) == []
    undo(wrong, now=NOW)
    assert codes(case) == ["drawings-differ"]
    for field, value, code in (("sha", "", "field-unknown"), ("number", "x" * 61, "value-too-long")):
        with pytest.raises(StepError) as refused:
            correct(wrong, field, value, by=world.by, now=NOW)
        assert refused.value.code == code
    with pytest.raises(StepError, match="没有可以撤销"):
        undo(wrong, now=NOW)


def test_a_correction_changes_no_digest_and_holds_for_the_same_picture_handed_in_again(world: World) -> None:
    version = handed_in(world.review, sheets("建施-1"))
    before = version.digest
    correct(version.present.get(), "title", "一层平面图", by=world.by, now=NOW)
    version.refresh_from_db()
    assert version.digest == before
    other = handed_in(world.case("S3-01"), [read("建施-1"), read("建施-1A", "new", 2)])
    assert other.present.get(key="建施-1").title == "一层平面图"


def test_an_altered_sheet_is_stopped_though_the_reviewed_one_lies_beside_it_under_its_number(world: World) -> None:
    first = world.reviewed()
    for order in ((1, 2), (2, 1)):
        case = world.case()
        handed_in(case, [read("结施-12", "altered", order[0]), read("结施-12", page=order[1])])
        (found,) = check_decision(case)
        assert (found.code, found.sheets) == ("drawings-differ", ("结施-12",))
    second = SetVersion.objects.latest("number")
    altered = second.present.get(picture_sha256=read("结施-12", "altered").picture)
    confirm_same(first.present.get(number="结施-12"), altered, by=world.by, now=NOW)
    assert codes(case) == []


def test_an_altered_sheet_whose_number_was_misread_takes_the_place_of_the_reviewed_one(world: World) -> None:
    first = world.reviewed()
    case = world.case()
    second = handed_in(case, [read("结施-72", "altered", discipline="")])
    before, wrong = second.digest, Sheet.objects.get(number="结施-72")
    assert codes(case) == ["drawings-differ"]
    for _ in range(2):
        correct(wrong, "number", "结施-12", by=world.by, now=NOW)
        (found,) = check_decision(case)
        assert (found.code, found.sheets) == ("drawings-differ", ("结施-12",))
        assert sorted(second.present.values_list("key", flat=True)) == ["建施-1", "建施-2", "结施-12"]
        second.refresh_from_db()
        assert second.digest == set_digest(second.facts) != before
        undo(wrong, now=NOW)
        second.refresh_from_db()
        assert (second.digest, second.present.count()) == (before, 4)
    assert first.present.count() == 3


def test_a_case_is_not_stopped_for_what_another_case_has_under_review(world: World) -> None:
    first = world.reviewed()
    handed_in(world.case("S3-01"), sheets("水施-9"))
    case = world.case()
    scanned = handed_in(case, sheets(*world.set, look="scanned again"))
    assert sorted(scanned.present.values_list("number", flat=True)) == sorted(world.set)
    for sheet in first.present:
        confirm_same(sheet, scanned.present.get(key=sheet.key), by=world.by, now=NOW)
    assert codes(case) == []
    further = handed_in(case, sheets("电施-1"))
    assert (further, further.present.count()) == (scanned, 4)


def test_a_review_goes_on_from_the_newest_version_that_was_put_before_a_review(world: World) -> None:
    world.reviewed()
    handed_in(world.case("S3-01"), sheets("水施-9"))
    newest = handed_in(world.case("S3-01"), [read("结施-12", "changed")])
    assert newest.present.filter(number="水施-9", carried=True).exists()


def test_a_version_reviewed_before_the_present_one_is_compared_with_it(world: World) -> None:
    first = world.reviewed()
    case = world.case()
    assert handed_in(case, sheets(*world.set)) == first
    approve(handed_in(world.case("S3-01"), [read("结施-12", "changed")]), {"how": "decision"}, now=NOW)
    (found,) = check_decision(case)
    assert (found.code, found.sheets) == ("drawings-differ", ("结施-12",))


def test_as_built_sheets_of_one_number_are_of_a_reviewed_revision_each(world: World) -> None:
    world.set = ["结施-12"]
    approve(handed_in(world.review, [read("结施-12"), read("结施-12", "b", 2, revision="B")]), {"how": "x"}, now=NOW)
    for built, expected in (("B", []), ("C", ["as-built-not-reviewed"])):
        case = world.case("S4-03")
        handed_in(case, [read("结竣-12", f"built {built}", revision=built)], Kind.AS_BUILT)
        assert codes(case) == expected


def test_a_case_that_brings_a_part_of_the_approved_set_is_not_stopped_for_what_another_changed(world: World) -> None:
    first = world.reviewed()
    handed_in(world.case(), [read("结施-12", "changed")])
    handed_in(world.case("S3-01"), [read("建施-1", "under review")])
    case = world.case("S3-02")
    assert handed_in(case, sheets("建施-2")) == first
    assert codes(case) == []


def test_an_altered_sheet_stops_the_case_though_the_approved_version_was_handed_in_after_it(world: World) -> None:
    world.reviewed()
    case = world.case()
    silent = handed_in(case, [read("结施-12", "altered")])
    review = [*sheets("建施-1", "结施-12"), read("建施-2", "next", 3)]
    second = approve(handed_in(world.case("S3-01"), review), {"how": "decision"}, now=NOW)
    assert handed_in(case, sheets("建施-1")) == second
    (found,) = check_decision(case)
    assert (found.code, found.sheets, found.version) == ("drawings-differ", ("结施-12",), silent.number)
    assert "其他材料" in found.remedy
    file = factories.ingest.Upload.objects.get(number=silent.submissions.get().upload)
    factories.material(file, "")  # filed as something else
    assert codes(case) == []


def test_an_altered_sheet_stops_the_case_though_a_later_file_took_its_place(world: World) -> None:
    first = world.reviewed()
    case = world.case()
    silent = handed_in(case, [read("结施-12", "altered")])
    scanned = handed_in(case, [read("结施-12", "scanned again")])
    approved = first.present.get(key="结施-12")
    confirm_same(approved, scanned.present.get(key="结施-12"), by=world.by, now=NOW)
    assert [one.version for one in check_decision(case)] == [silent.number]
    confirm_same(approved, silent.present.get(key="结施-12"), by=world.by, now=NOW)
    assert codes(case) == []


def test_which_of_two_pictures_was_on_the_left_does_not_matter(world: World) -> None:
    first = world.reviewed()
    case = world.case()
    handed_in(case, sheets("结施-12"))
    second = approve(handed_in(world.case("S3-01"), [read("结施-12", "scanned again")]), {"how": "x"}, now=NOW)
    assert codes(case) == ["drawings-differ"]
    pair = first.present.get(key="结施-12"), second.present.get(key="结施-12")
    made = confirm_same(*pair, by=world.by, now=NOW)
    assert codes(case) == []
    assert confirm_same(pair[1], pair[0], by=world.by, now=NOW) == made
    assert unconfirm_same(pair[1], pair[0], now=NOW)
    assert codes(case) == ["drawings-differ"]


def test_drawings_of_the_archive_that_were_replaced_since_are_held_against_the_approved_version(world: World) -> None:
    files = {name: factories.upload(world.review, f"{name}.pdf", sha256=factories.digest(name)) for name in "AB"}
    for name, number in (("A", "建施-1"), ("B", "结施-12")):
        version = enter(files[name], Kind.DESIGN, sheets(number), now=NOW)
    assert version
    approve(version, {"how": "decision"}, now=NOW)
    package = factories.package(world.review)
    case = world.case("S3-02")
    for name in "AB":
        facts = {"name": "消防设计文件", "subject_kind": "works", "subject": "1", "held_since": NOW, "size": 1}
        held = HeldMaterial.objects.create(package=package, type="M-SGT", sha256=files[name].sha256, **facts)
        case.uses.create(entry="M-SGT", how="reused", held=held, used_at=NOW)
    assert codes(case) == []
    approve(handed_in(world.case("S3-01"), [read("结施-12", "changed")]), {"how": "decision"}, now=NOW)
    (found,) = check_decision(case)
    assert (found.code, found.sheets, found.version) == ("drawings-differ", ("结施-12",), 1)
    case.uses.filter(held__sha256=files["B"].sha256).update(withdrawn_at=NOW)
    assert codes(case) == []


def test_as_built_drawings_of_the_archive_are_checked_like_those_handed_in(world: World) -> None:
    world.reviewed()
    before = world.case("S4-03")
    file = factories.upload(before, "竣工图.pdf", sha256=factories.digest("as built"))
    enter(file, Kind.AS_BUILT, sheets("建竣-1"), now=NOW)
    facts = {"name": "竣工图", "subject_kind": "works", "subject": "1", "held_since": NOW, "size": 1}
    package, code = factories.package(before), next(c for c, kind in kinds_of_types().items() if kind == Kind.AS_BUILT)
    held = HeldMaterial.objects.create(package=package, type=code, sha256=file.sha256, **facts)
    case = world.case("S4-03")
    assert codes(case) == []
    case.uses.create(entry=code, how="reused", held=held, used_at=NOW)
    assert codes(case) == ["as-built-sheets-missing"]


def test_nothing_goes_on_from_what_was_not_accepted(world: World) -> None:
    refused = world.case("S3-01")
    handed_in(refused, sheets(*world.set))
    refused.state = "refused"
    refused.save()
    again = handed_in(world.case("S3-01"), [read("结施-12", "put right")])
    assert list(again.present.values_list("number", flat=True)) == ["结施-12"]
