"""What comparing two documents says: the same only where everything agrees, and always with the place that does not."""

import dataclasses
import itertools
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest import Presented, resemblance
from ingest.resemblance import compare
from ingest.resemblance.laying import _together, pieces
from ocr import Image, Line, bounds, quad
from tests.ingest.resemblance.sheets import WORDS, licence, saying, sheet


def pictures() -> resemblance.Pictures:
    return [sheet()], [sheet()]


WITH_DIGITS = [(name, at) for name, value in WORDS.items() for at, letter in enumerate(value) if letter.isdigit()]


def test_one_file_is_the_same_bytes():
    assert compare(licence(), licence()).verdict == "same-bytes"


def test_a_rescan_that_lies_elsewhere_on_the_glass_is_proposed_as_the_same():
    found = compare(licence(), licence(file="二.pdf", moved=23), lambda: ([sheet()], [sheet(23)]))
    assert (found.verdict, found.differing) == ("same", ())


def test_without_a_look_at_the_pictures_it_is_a_question():
    found = compare(licence(), licence(file="二.pdf"))
    assert found.verdict == "unsure"
    assert found.proposed


def test_another_code_is_another_document_and_the_field_is_named():
    found = compare(licence(), licence(file="二.pdf", 统一社会信用代码="91990101MA7C2XG7XT"), pictures)
    assert found.verdict == "different"
    assert found.why.startswith("统一社会信用代码不同")
    assert [field.name for field in found.differing if field.name] == ["统一社会信用代码"]
    assert all(place is not None for place in found.fields[0].boxes)


def test_another_date_of_the_same_number_is_a_new_version():
    found = compare(licence(), licence(file="二.pdf", 成立日期="2019-06-12"), pictures)
    assert found.verdict == "new-version"
    assert "2019-06-12" in found.why


def test_another_character_of_a_name_is_a_question_since_readers_confuse_them():
    found = compare(licence(), licence(file="二.pdf", 法定代表人="张朋远"), pictures)
    assert found.verdict == "unsure"
    assert "法定代表人" in found.why


def test_wholly_other_words_are_another_document():
    others = {
        "名称": "云岫瑞昌食品股份公司",
        "类型": "股份有限公司",
        "法定代表人": "王建国",
        "经营范围": "食品加工、批发与零售",
        "住所": "云岫市东湖区银杏路319号",
    }
    assert compare(licence(), licence(file="二.pdf", **others), pictures).verdict == "different"


def test_a_digit_that_was_read_unsurely_asks():
    assert compare(licence(), licence(file="二.pdf", score=0.7, 成立日期="2019-06-12"), pictures).verdict == "unsure"


def test_a_line_that_only_one_page_has_asks_and_is_shown_where_it_stands():
    found = compare(licence(), saying(licence(file="二.pdf"), 1, "变更登记已核准"), pictures)
    assert found.verdict == "unsure"
    assert [place.boxes[0] for place in found.differing] == [None]


class OneAtATime(list[Image]):
    """The pictures of a document's pages that notes which were asked for."""

    asked: list[int]

    def __getitem__(self, place: Any) -> Any:
        self.asked = [*getattr(self, "asked", []), place]
        return super().__getitem__(place)


def test_only_the_pages_with_something_to_look_at_are_loaded():
    one, other = (pages_of(licence(file=name), 3) for name in ("一.pdf", "二.pdf"))
    other = saying(other, 2, "变更登记已核准")
    looks = OneAtATime([sheet()] * 3), OneAtATime([sheet()] * 3)
    assert compare(one, other, lambda: looks).verdict == "unsure"
    assert [look.asked for look in looks] == [[1], [1]]


def pages_of(document: Presented, count: int) -> Presented:
    """The same page so many times."""
    [page] = document.readings
    readings = tuple(dataclasses.replace(page, number=number + 1) for number in range(count))
    return dataclasses.replace(document, pages=tuple(range(1, count + 1)), readings=readings)


@settings(max_examples=50, deadline=None)
@given(
    boxes=st.lists(st.tuples(*[st.integers(0, 60)] * 2, *[st.integers(1, 25)] * 2), max_size=24), cut=st.integers(0, 24)
)
def test_lines_are_grouped_as_if_each_were_held_against_each(boxes: list[tuple[int, int, int, int]], cut: int):
    lines = [Line(str(at), quad(x, y, x + w, y + h), 0.9) for at, (x, y, w, h) in enumerate(boxes)]
    one, other = lines[:cut], lines[cut:]
    reach = np.eye(len(lines), dtype=bool)
    for i, j in itertools.product(range(len(one)), range(len(one), len(lines))):
        reach[i, j] = reach[j, i] = _together(bounds(lines[i].box), bounds(lines[j].box))
    for _ in range(5):  # ways of up to 32 lines
        reach = reach @ reach
    expected = {tuple(np.flatnonzero(row)) for row in reach}
    found = [tuple(sorted(int(line.text) for line in (*p.one, *p.other))) for p in pieces(one, other, np.eye(3))]
    assert sorted(found) == sorted(expected)


def test_a_drawing_that_only_one_picture_has_asks():
    found = compare(licence(), licence(file="二.pdf"), lambda: ([sheet()], [sheet(drawn=True)]))
    assert found.verdict == "unsure"
    (place,) = found.differing
    assert place.boxes[0] is None
    assert place.boxes[1] is not None
    assert place.boxes[1].page == 1


def test_a_patterned_ground_is_said_as_such_and_not_marked_place_by_place():
    ground = sheet()
    for down in range(1240, 1640, 80):
        for across in range(150, 650, 80):
            ground[down : down + 24, across : across + 24] = 30
    found = compare(licence(), licence(file="二.pdf"), lambda: ([sheet()], [ground]))
    assert (found.verdict, found.differing) == ("unsure", ())
    assert "底纹" in found.why


def test_the_seal_of_another_office_asks():
    other = licence(file="二.pdf")
    page = other.readings[0]
    seals = tuple(dataclasses.replace(seal, text="云岫市行政审批局") for seal in page.seals)
    other = dataclasses.replace(other, readings=(dataclasses.replace(page, seals=seals),))
    assert compare(licence(), other, pictures).verdict == "unsure"


def test_another_number_of_pages_is_another_version():
    one, other = licence(), licence(file="二.pdf")
    other = dataclasses.replace(other, pages=(1, 2), readings=(*other.readings, *other.readings))
    found = compare(one, other)
    assert (found.verdict, found.why) == ("new-version", "页数不同：一份1页，另一份2页")


def test_a_number_read_unsurely_asks_whatever_else_differs():
    other = licence(file="二.pdf", 成立日期="2021-06-11")
    code = dataclasses.replace(other.fields["统一社会信用代码"], value="91990101MA7C2XG7XT", score=0.7)
    other = dataclasses.replace(other, fields={**other.fields, "统一社会信用代码": code})
    found = compare(licence(), other, pictures)
    assert (found.verdict, "统一社会信用代码" in found.why) == ("unsure", True)


def test_what_has_no_text_is_asked_about_and_is_no_version():
    bare = dataclasses.replace(licence(file="二.pdf", 成立日期="2021-06-11"), pages=(1, 2), readings=())
    found = compare(licence(), bare)
    assert (found.verdict, "成立日期" in found.why) == ("unsure", True)
    other = dataclasses.replace(licence(file="二.pdf", 统一社会信用代码="91990101MA7C2XG7XT"), readings=())
    assert compare(licence(), other).verdict == "different"


def test_a_page_that_could_not_be_read_asks_and_is_no_missing_page():
    one, other = licence(), licence(file="二.pdf")
    two = dataclasses.replace(one, pages=(1, 2), readings=(*one.readings, *one.readings))
    assert compare(two, dataclasses.replace(other, pages=(1, 2))).verdict == "unsure"


def test_fields_alone_never_make_two_documents_the_same():
    bare = dataclasses.replace(licence(file="二.pdf"), readings=())
    assert compare(licence(), bare).verdict != "same"


@settings(max_examples=25, deadline=None)
@given(place=st.sampled_from(WITH_DIGITS), digit=st.sampled_from("0123456789"), score=st.floats(0.3, 1.0))
def test_a_changed_digit_in_a_key_field_is_never_the_same(place: tuple[str, int], digit: str, score: float):
    name, at = place
    value = WORDS[name]
    changed = value[:at] + digit + value[at + 1 :]
    verdict = compare(licence(), licence(file="二.pdf", score=score, **{name: changed}), pictures).verdict
    assert (verdict == "same") == (changed == value)


@settings(max_examples=25, deadline=None)
@given(
    name=st.sampled_from(sorted(WORDS)),
    value=st.text("一二三甲乙丙丁0123456789", min_size=1, max_size=12),
    moved=st.floats(0, 40),
)
@example(name="住所", value="00", moved=0.0)  # the digits may be laid on either end of the longer one
def test_it_does_not_matter_which_document_comes_first(name: str, value: str, moved: float):
    one, other = licence(), licence(file="二.pdf", moved=moved, **{name: value})
    there, back = compare(one, other), compare(other, one)
    assert there.verdict == back.verdict
    assert {(f.one, f.other) for f in there.differing} == {(f.other, f.one) for f in back.differing}
