"""Parallel cases: handed in once, filed for every item that asks for it, each item decided in its order."""

import pytest
from django.utils import timezone

import ingest
from archive import Event, HeldMaterial
from ingest import Case, MaterialUse, Upload
from portal.roles import Role
from samples import make_document, save_sheets
from tests.portal import factories
from tests.workers.parallel_steps import case_of, checked, filed, opened, received
from tests.workers.steps import account
from tests.workers.test_pipeline import drain
from workers import (
    NotPossibleError,
    accept,
    add_files,
    answer_parallel,
    decide,
    open_case,
    promise,
    refile,
    restore_upload,
    reuse,
    withdraw_upload,
)
from workers.feeding import feed_outputs
from workers.order import check_order

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(120)]

FIRST, SECOND = "S1-01", "S1-07"


@pytest.fixture(autouse=True)
def _staffed(db: None) -> None:
    factories.user(Role.CLERK)
    factories.user(Role.OFFICER)


def uses(upload: Upload) -> set[tuple[str, str]]:
    found = MaterialUse.objects.filter(material__upload=upload, withdrawn_at=None)
    return {(use.case.item_code, use.entry) for use in found.select_related("case")}


def settle(case: Case, state: Case.State) -> None:
    case.state = state
    case.save(update_fields=["state"])


def test_one_letter_of_attorney_is_filed_under_every_item_that_asks_for_it():
    parallel = opened()
    letter = filed(case_of(parallel, FIRST), "M-SQWT")
    assert uses(letter) == {(FIRST, "M-SQWT"), (SECOND, "M-SQWT")}
    assert letter.materials.count() == 1
    states = checked(parallel)
    assert states[FIRST]["M-SQWT"] == states[SECOND]["M-SQWT"]
    assert states[FIRST]["M-SQWT"] not in {"missing", "gap"}


def test_filing_every_material_of_the_union_once_leaves_no_item_without():
    parallel = opened()
    anchor = case_of(parallel, SECOND)
    for row in ingest.union_report(parallel).rows:
        if not row.entry.made_by:
            filed(anchor, row.entry.material)
    checked(parallel)
    states = {state for row in ingest.union_report(parallel).rows for state in row.states.values()}
    assert states.isdisjoint({"missing", "gap"})
    assert Upload.objects.filter(case__parallel=parallel).count() == len(
        {row.entry.material for row in ingest.union_report(parallel).rows if not row.entry.made_by}
    )


def test_the_same_bytes_at_another_item_of_the_parallel_case_are_a_duplicate():
    parallel = opened()
    received(case_of(parallel, FIRST), "委托书.pdf")
    again = received(case_of(parallel, SECOND), "委托书.pdf")
    assert again.state == Upload.State.DUPLICATE


def test_withdrawing_undoing_and_refiling_act_on_all_items_alike():
    parallel = opened()
    letter = filed(case_of(parallel, FIRST), "M-SQWT")
    clerk = account("clerk")
    withdraw_upload(letter, by=clerk)
    assert uses(letter) == set()
    assert {states["M-SQWT"] for states in checked(parallel).values()} == {"gap"}
    letter.refresh_from_db()
    restore_upload(letter, by=clerk)
    assert uses(letter) == {(FIRST, "M-SQWT"), (SECOND, "M-SQWT")}
    material = letter.materials.get()
    refile(material, "OUT-LX", by=clerk)
    assert uses(letter) == {(SECOND, "OUT-LX")}
    refile(material, "M-SQWT", by=clerk)
    assert uses(letter) == {(FIRST, "M-SQWT"), (SECOND, "M-SQWT")}
    told = set(Event.objects.filter(kind="material-refiled").values_list("case_number", flat=True))
    assert told == {case.number for case in parallel.cases.all()}


def test_an_item_accepted_by_itself_keeps_what_it_was_accepted_on():
    parallel = opened()
    first, second = case_of(parallel, FIRST), case_of(parallel, SECOND)
    letter = filed(first, "M-SQWT")
    checked(parallel)
    first.refresh_from_db()
    settle(first, Case.State.ACCEPTED)
    before = first.revision
    with pytest.raises(NotPossibleError) as refused:
        withdraw_upload(letter, by=account("clerk"))
    assert refused.value.code == "used-by-accepted"
    assert "企业投资项目备案" in str(refused.value)
    newer = filed(second, "M-SQWT", "新委托书.pdf")
    assert uses(newer) == {(SECOND, "M-SQWT")}
    checked(parallel)
    first.refresh_from_db()
    assert first.revision == before


def test_files_for_an_accepted_item_go_to_the_one_that_is_still_open(tmp_path):
    parallel = opened()
    first, second = case_of(parallel, FIRST), case_of(parallel, SECOND)
    settle(first, Case.State.ACCEPTED)
    path = tmp_path / "说明.txt"
    path.write_bytes(b"anything")
    with path.open("rb") as stream:
        [upload] = add_files(first, [(path.name, stream)], by=account("clerk"))
    assert upload.case == second
    settle(second, Case.State.ACCEPTED)
    with path.open("rb") as stream, pytest.raises(NotPossibleError) as refused:
        add_files(first, [(path.name, stream)], by=account("clerk"))
    assert refused.value.code == "not-open"


def test_what_an_item_beside_it_issues_is_awaited_and_not_missing():
    parallel = opened()
    states = checked(parallel)
    assert states[SECOND]["OUT-LX"] == "awaited"
    rows = {row.entry.material: row for row in ingest.union_report(parallel).rows}
    assert (rows["OUT-LX"].entry.made_by, rows["OUT-LX"].state) == (FIRST, "awaited")
    alone = open_case(
        SECOND,
        project_code=parallel.project.code,
        project_name="",
        works_name="",
        applicant_name="某公司",
        applicant_uscc="",
        by=account("clerk"),
    )
    drain()
    alone.refresh_from_db()
    assert {row["material"]: row["state"] for row in alone.report["requirements"]}["OUT-LX"] == "missing"


def held_result(case: Case) -> HeldMaterial:
    """The archived certificate of record (备案证) of the case, in the reuse index."""
    package = factories.package(case)
    return HeldMaterial.objects.create(
        package=package,
        type="OUT-LX",
        name="企业投资项目备案证",
        subject_kind="project",
        subject=case.project.code,
        sha256="1" * 64,
        sm3="1" * 64,
        size=10,
        media_type="application/pdf",
        pages=[1],
        held_since=timezone.now(),
    )


def test_an_item_may_not_be_decided_before_the_one_it_rests_on_and_then_gets_its_result_by_itself():
    parallel = opened()
    first, second = case_of(parallel, FIRST), case_of(parallel, SECOND)
    checked(parallel)
    settle(second, Case.State.ACCEPTED)
    with pytest.raises(NotPossibleError) as refused:
        decide(second, by=account("officer"))
    assert refused.value.code == "prerequisite-open"
    assert "企业投资项目备案" in str(refused.value)

    settle(first, Case.State.ISSUED)
    second.refresh_from_db()
    with pytest.raises(NotPossibleError) as refused:
        check_order(second)
    assert refused.value.code == "awaits-output"

    held_result(first)
    settle(first, Case.State.ARCHIVED)
    [use] = feed_outputs(first)
    assert (use.case, use.entry, use.how) == (second, "OUT-LX", "issued")
    assert feed_outputs(first) == []  # an entry that is filled is left as it is
    assert checked(parallel)[SECOND]["OUT-LX"] == "reused"
    second.refresh_from_db()
    check_order(second)
    assert Event.objects.filter(kind="output-fed", case_number=second.number).count() == 1


def test_an_archived_material_taken_once_serves_all_items_that_ask_for_it():
    parallel = opened()
    first = case_of(parallel, FIRST)
    letter = held_result(first)
    letter.type, letter.subject = "M-SQWT", first.project.code
    letter.save()
    reuse(first, letter, by=account("clerk"))
    found = MaterialUse.objects.filter(held=letter, withdrawn_at=None)
    assert {use.case.item_code for use in found} == {FIRST, SECOND}
    assert letter.accesses.count() == 2


def test_an_item_package_holds_what_the_item_uses_and_not_what_only_its_neighbour_uses():
    parallel = opened()
    first, second = case_of(parallel, FIRST), case_of(parallel, SECOND)
    both = filed(first, "M-SQWT")
    only_second = filed(first, "OUT-LX", "备案证.pdf")
    stray = filed(second, "M-SGHT")
    checked(parallel)
    unplaced = [[row["file"] for row in case.report["unplaced"]] for case in parallel.cases.order_by("item_code")]
    assert unplaced == [["M-SGHT.pdf"], ["M-SGHT.pdf"]]  # what no item asks for is shown with each
    assert ingest.uploads_filed_for(first) == [both]
    assert ingest.uploads_filed_for(second) == [both, only_second, stray]


@pytest.mark.parametrize(
    ("items", "code"),
    [
        (["S1-01"], "too-few-items"),
        (["S1-01", "S1-01"], "item-twice"),
        (["S1-01", "S9-99"], "unknown-item"),
        (["S1-01", "S3-05"], "other-stage"),
    ],
)
def test_items_that_cannot_go_together_are_refused_with_a_code(items, code):
    with pytest.raises(NotPossibleError) as refused:
        opened(*items)
    assert refused.value.code == code
    assert not Case.objects.exists()


def test_answers_that_no_item_asks_for_are_refused():
    with pytest.raises(NotPossibleError) as refused:
        opened(answers={"no-such-question": "是"})
    assert refused.value.code == "unknown-question"


@pytest.mark.django_db(transaction=True)  # reading takes long enough for the lease to be renewed beside it
@pytest.mark.stack
def test_a_document_read_once_is_filed_for_both_items(tmp_path):
    parallel = opened()
    path = save_sheets(tmp_path / "委托书.jpg", [make_document("M-SQWT")])
    with path.open("rb") as stream:
        [upload] = add_files(case_of(parallel, SECOND), [(path.name, stream)], by=account("clerk"))
    drain()
    assert uses(upload) == {(FIRST, "M-SQWT"), (SECOND, "M-SQWT")}
    assert upload.pages.count() == 1
    filed_events = Event.objects.filter(kind="documents-filed", object_sha256=upload.sha256)
    assert {event.case_number for event in filed_events} == {case.number for case in parallel.cases.all()}


def test_acceptance_of_one_item_leaves_the_other_open():
    parallel = opened()
    first = case_of(parallel, FIRST)
    checked(parallel)
    first.refresh_from_db()
    promise(first, "M-SQWT", by=account("clerk"))
    checked(parallel)
    accept(first, by=account("clerk"))
    assert [case.state for case in parallel.cases.order_by("item_code")] == ["accepted", "open"]


def test_what_is_answered_to_the_parent_is_given_to_the_items_that_are_open():
    parallel = opened(answers={"sensitive": "否"})
    assert {case.answers["sensitive"] for case in parallel.cases.all()} == {"否"}
    first = case_of(parallel, FIRST)
    settle(first, Case.State.ACCEPTED)
    answer_parallel(parallel, {}, by=account("clerk"))
    assert case_of(parallel, FIRST).answers == {"sensitive": "否"}
    assert case_of(parallel, SECOND).answers == {}
    with pytest.raises(NotPossibleError) as refused:
        answer_parallel(parallel, {"sensitive": "是"}, by=account("clerk"))
    assert refused.value.code == "confidential"
