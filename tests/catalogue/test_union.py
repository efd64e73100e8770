"""One set of materials for several items: nothing is lost, nothing is asked twice, the strictest rule holds."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from catalogue import Item, Requirement, UnionEntry, applicable, load_catalogue, union_list

CATALOGUE = load_catalogue()
TYPES = {kind.code: kind for kind in CATALOGUE.material_types()}
ITEMS = CATALOGUE.items()
FORMS = ["original", "copy", "electronic"]
POLICIES = ["none", "commit", "later"]

items = st.lists(st.sampled_from(ITEMS), min_size=1, max_size=len(ITEMS), unique_by=lambda item: item.code)


@st.composite
def answers(draw: st.DrawFn) -> dict[str, str]:
    """Some of the questions of all items, answered anyhow."""
    questions = {question.key: question for item in ITEMS for question in item.questions}
    return {key: draw(st.sampled_from(q.options)).key for key, q in questions.items() if draw(st.booleans())}


@given(items, answers(), st.randoms())
def test_the_union_is_the_union_of_the_applicable_lists_in_any_order(chosen, said, random):
    lists = [(item, applicable(item, said)) for item in chosen]
    union = union_list(lists, TYPES)
    asked = {(item.code, entry.material) for item, entries in lists for entry in entries}
    assert {(code, row.material) for row in union for code in row.items} == asked
    assert len({row.material for row in union}) == len(union)
    random.shuffle(lists)
    assert union_list(lists, TYPES) == union


@given(items)
def test_no_item_has_a_stricter_rule_than_the_union(chosen):
    for row in union_list([(item, item.materials) for item in chosen], TYPES):
        binding = [rule for _, rule in row.asked if rule.demanded] or [rule for _, rule in row.asked]
        assert row.form.value == min((rule.form for rule in binding), key=FORMS.index)
        assert row.deficiency.value == min((rule.deficiency for rule in binding), key=POLICIES.index)
        by_code = dict(row.asked)
        assert all(by_code[code].form == row.form.value for code in row.form.items)
        assert row.form.items
        assert row.deficiency.items


def invented(code: str, outputs: Sequence[str] = (), **entries: Requirement) -> tuple[Item, Sequence[Requirement]]:
    base = CATALOGUE.item("S3-05").model_dump() | {"code": code, "outputs": [], "materials": list(entries.values())}
    base["outputs"] = [{"material": output, "template": ""} for output in outputs]
    item = Item.model_validate(base)
    return item, item.materials


def entry(material: str, **rules: object) -> Requirement:
    return Requirement.model_validate({"material": material, "name": TYPES[material].name, **rules})


def row_of(union: Sequence[UnionEntry], material: str) -> UnionEntry:
    return next(row for row in union if row.material == material)


def test_the_strictest_rule_holds_and_says_which_item_lays_it_down():
    first = invented("S3-02", a=entry("M-SGHT", form="copy", deficiency="later", deficiency_days=10))
    second = invented("S3-05", a=entry("M-SGHT", form="original", deficiency="later", deficiency_days=5))
    third = invented("S3-03", a=entry("M-SGHT", form="copy", deficiency="none"))
    row = row_of(union_list([first, second], TYPES), "M-SGHT")
    assert (row.form.value, row.form.items) == ("original", ("S3-05",))
    assert (row.deficiency.value, row.deficiency_days) == ("later", 5)
    row = row_of(union_list([first, second, third], TYPES), "M-SGHT")
    assert (row.deficiency.value, row.deficiency.items, row.deficiency_days) == ("none", ("S3-03",), 0)
    assert row.seals == TYPES["M-SGHT"].seals


def test_what_an_item_beside_it_issues_is_not_asked_of_the_applicant():
    maker = invented("S3-02", outputs=["OUT-XFSJ"], a=entry("M-XFSQB"))
    taker = invented("S3-05", a=entry("OUT-XFSJ"))
    row = row_of(union_list([taker, maker], TYPES), "OUT-XFSJ")
    assert (row.made_by, row.demanded) == ("S3-02", False)
    alone = row_of(union_list([taker], TYPES), "OUT-XFSJ")
    assert (alone.made_by, alone.demanded) == ("", True)


def test_an_entry_that_comes_from_a_register_does_not_loosen_one_that_is_demanded():
    register = invented("S3-02", a=entry("M-YYZZ", form="electronic", demanded=False))
    counter = invented("S3-05", a=entry("M-YYZZ", form="copy", deficiency="later", deficiency_days=3))
    row = row_of(union_list([register, counter], TYPES), "M-YYZZ")
    assert (row.form.value, row.deficiency.value, row.demanded) == ("copy", "later", True)
