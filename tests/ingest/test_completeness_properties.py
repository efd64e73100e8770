"""What holds of every pile: its order says nothing, a further file takes nothing away in silence, words never lack."""

import dataclasses
import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import CaseFacts, Presented, Report
from ingest.defects.words import WORDS
from ocr import CodeMark, FieldValue, SealMark
from tests.ingest.sheets import BODY, sheet
from tests.ingest.test_completeness import BOX, COMPANY, FACTS, TODAY, VALUES, check, document, whole_pile

KINDS = ["", "OUT-LX", "OUT-SGXK", *(d.type for d in whole_pile())]
OTHER = "云岭远航置业集团有限公司"
MET = {"satisfied", "reused"}
DUE = dataclasses.replace(FACTS, decision_due_on=dt.date(2027, 8, 1), former_names=(OTHER,))


@st.composite
def documents(draw: st.DrawFn) -> Presented:
    """Any document: of any type, in any state of repair, with pages that say anything of themselves."""
    kind = draw(st.sampled_from(KINDS))
    fields = dict(document(kind).fields) if kind in {d.type for d in whole_pile()} else {}
    for name in draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=3)):
        value = draw(st.sampled_from([VALUES[name], OTHER, "2031-02-28", "12345", "建字第99010120260018号"]))
        fields[name] = FieldValue(value, 1, BOX, draw(st.sampled_from([0.4, 0.7, 0.99])), "drawn")
    for name in draw(st.lists(st.sampled_from(sorted(fields)), max_size=2)) if fields else []:
        fields.pop(name, None)
    count = draw(st.integers(1, 3))
    feet = draw(st.lists(st.sampled_from(["", "第1页共2页", "第2页共2页", "- 2 -", "共3页"]), min_size=3, max_size=3))
    lines = draw(st.sampled_from([BODY, (*BODY, "复印件"), ("2026年2月30日",), ("自2027年1月1日至2027年6月30日",), ()]))
    seals = draw(st.lists(st.sampled_from([COMPANY, OTHER, "", "江"]), max_size=2))
    colour = draw(st.sampled_from(["red", "grey", "other"]))
    return Presented(
        file=draw(st.sampled_from(["a.pdf", "中标通知书.pdf", "授权委托书复印件.jpg"])),
        pages=tuple(range(1, count + 1)),
        type=kind,
        fields=fields,
        seals=tuple((1, SealMark("round", BOX, owner, 0.9, colour)) for owner in seals),
        remarks=tuple((1, r) for r in draw(st.lists(st.sampled_from(["blurred", "blank", "dark", "odd"]), max_size=2))),
        signed=draw(st.booleans()),
        reused=draw(st.booleans()),
        ref=draw(st.sampled_from(["", "material:1", "material:2"])),
        valid_until=draw(st.sampled_from([None, dt.date(2026, 11, 1), dt.date(2027, 6, 30)])),
        codes=tuple((1, CodeMark("qr", text, BOX)) for text in draw(st.lists(st.just("https://x"), max_size=1))),
        seal_verdict=draw(st.sampled_from(["", "valid", "invalid"])),
        sha256=draw(st.sampled_from(["", "a" * 64, "b" * 64])),
        readings=tuple(sheet(n, lines, foot=feet[n - 1]) for n in range(1, count + 1)),
    )


piles = st.lists(documents(), max_size=5)
cases = st.sampled_from([CaseFacts(), FACTS, DUE])


def met(report: Report) -> dict[str, str]:
    return {row.material: row.state for row in report.requirements if row.state in MET}


@settings(max_examples=25, deadline=None)
@given(piles, cases, st.randoms(use_true_random=False))
def test_any_order_of_the_same_files_gives_the_same_report(pile: list[Presented], facts: CaseFacts, rng: object):
    shuffled = pile.copy()
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert check(shuffled, facts=facts).to_json() == check(pile, facts=facts).to_json()


@settings(max_examples=25, deadline=None)
@given(piles, cases)
def test_checking_again_changes_nothing(pile: list[Presented], facts: CaseFacts):
    assert check(pile, facts=facts) == check(pile, facts=facts)


@settings(max_examples=40, deadline=None)
@given(piles, documents(), cases)
def test_a_further_file_never_loses_an_entry_that_was_met_unless_a_defect_says_why(
    pile: list[Presented], further: Presented, facts: CaseFacts
):
    whole = [*whole_pile(), *pile]
    before, after = check(whole, facts=facts), check([*whole, further], facts=facts)
    for row in after.requirements:
        if row.material in met(before) and row.state not in MET:
            old = next(r for r in before.requirements if r.material == row.material)
            new = [d for d in row.defects if d not in old.defects]
            assert any(d.serious or d.asks for d in new), f"{row.material}: {row.state} without a word"


@settings(max_examples=25, deadline=None)
@given(piles, cases)
def test_every_defect_has_code_words_and_remedy_and_stands_on_a_page_of_its_document(
    pile: list[Presented], facts: CaseFacts
):
    report = check(pile, facts=facts, today=TODAY)
    for row in report.requirements:
        for defect in row.defects:
            assert defect.code in WORDS
            assert all((defect.message, defect.applicant, defect.remedy))
            assert not (defect.serious and defect.asks)
            if not defect.file and row.files:
                assert defect.page in {None, *row.files[0].pages}
        if row.state in {"defective", "question"}:
            assert any(d.serious if row.state == "defective" else d.asks for d in row.defects)
    for doubts in report.doubts:
        assert all(doubt.code in WORDS and doubt.remedy for doubt in doubts)
