"""Every type of the catalogue, set as a plain form: its fields are read whichever of their usual labels stand on it."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue import FieldSpec, MaterialType, load_catalogue
from ocr import Line, PageReading, Quality, extract_fields, quad, recognise
from samples.world import AGENT_CODE, BUILDER_OWNER, PROJECT_CODE

TYPES = load_catalogue().material_types()
COMPANIES = (
    "江澜晨曦智能装备有限公司", "江澜宏远建设集团有限公司", "江澜正衡工程咨询有限公司", "江澜诚信监理有限公司",
    "江澜市岩土勘察院有限公司", "江澜银行股份有限公司高新支行",
)  # fmt: skip
PEOPLE = ("张明远", "陈国梁", "沈亦舟")
PLAIN = ("晨曦智能装备制造基地项目", "江澜市高新区晨曦路88号", "工业用地", "二级", "核6级", "单独所有")
TITLE = "辽（2026）江澜市不动产权第0012345号"
SHAPED: dict[str, Callable[[int], tuple[str, str]]] = {
    "company": lambda n: (COMPANIES[n % len(COMPANIES)],) * 2,
    "person": lambda n: (PEOPLE[n % len(PEOPLE)],) * 2,
    "uscc": lambda _: (BUILDER_OWNER.code,) * 2,
    "id-card": lambda _: (AGENT_CODE,) * 2,
    "project-code": lambda _: (PROJECT_CODE,) * 2,
    "permit": lambda _: ("990101202611250101",) * 2,
    "document-number": lambda n: (f"江审批〔2026〕{n + 1}号",) * 2,
    "land-title": lambda _: (TITLE, TITLE.replace("（", "(").replace("）", ")")),
    "unit-number": lambda _: ("990101 001005 GB00012 W00000000", "990101001005GB00012W00000000"),
    "date": lambda n: (f"2026年{n % 11 + 1}月{n + 1}日", f"2026-{n % 11 + 1:02}-{n + 1:02}"),
    "amount": lambda n: (f"{n + 1},200.50万元", f"{(n + 1) * 10_000_000 + 2_005_000}.00"),
    "area": lambda n: (f"{n + 1}8600.50平方米", f"{n + 1}8600.50"),
    "ratio": lambda _: ("不大于1.5", "1.5"),
    "percent": lambda _: ("不低于35%", "35%"),
    "phone": lambda _: ("0412-5550123",) * 2,
}
"""What stands on the form for the n-th field of a kind, and how it is read."""


def _value(kind: MaterialType, spec: FieldSpec, n: int) -> tuple[str, str]:
    own = next((label[0] for label in spec.labels if label.endswith("字第")), "")
    if own:
        return (f"{own}字第99010120260000{n % 10}号",) * 2
    if spec.name == "出生日期":
        return "1990年3月7日", "1990-03-07"
    if spec.kind in SHAPED:
        return SHAPED[spec.kind](n)
    number = f"JL-2026-{n + 101}" if spec.name in {kind.number_field, "账号"} else PLAIN[n % len(PLAIN)]
    return number, number


def _form(kind: MaterialType, words: list[str], values: list[str], *, colon: bool) -> PageReading:
    """The title, then one row a field: label and value in cells, or in one line with a colon."""
    rows = [(kind.titles[0], 420, 60, 52)]
    for n, (word, value) in enumerate(zip(words, values, strict=True)):
        y = 200 + 90 * n
        rows += [(f"{word}：{value}", 140, y, 30)] if colon else [(word, 140, y, 30), (value, 560, y, 30)]
    lines = []
    for text, x, y, height in rows:
        width = sum(height / 2 if character.isascii() else height for character in text)
        lines.append(Line(text, quad(x, y, x + width, y + height), 0.99))
    return PageReading(1, 1240, 1754, 0, "ocr", tuple(lines), (), Quality(150, 900, 0.8, 0, 0.05))


def _labels(kind: MaterialType, way: str) -> list[str]:
    """The official names, or the first other label of each field that no other field of the form bears."""
    names = [spec.name for spec in kind.fields]
    if way == "names":
        return names
    taken, words = set(names), []
    for spec in kind.fields:
        free = [word for word in spec.labels if word not in taken and not word.endswith("字第")]
        words.append(free[0] if free else spec.name)
        taken.add(words[-1])
    return words


@pytest.mark.parametrize("kind", TYPES, ids=[kind.code for kind in TYPES])
@pytest.mark.parametrize("way", ["names", "labels"])
@pytest.mark.parametrize("colon", [False, True], ids=["cells", "colons"])
def test_every_field_is_read_from_a_plain_form(kind: MaterialType, way: str, colon: bool) -> None:  # noqa: FBT001
    values = [_value(kind, spec, n) for n, spec in enumerate(kind.fields)]
    page = _form(kind, _labels(kind, way), [printed for printed, _ in values], colon=colon)
    assert recognise([page]).type == kind.code
    read = {name: value.value for name, value in extract_fields(kind.code, [page]).items()}
    assert read == {spec.name: value for spec, (_, value) in zip(kind.fields, values, strict=True)}


FRAGMENTS = [
    "关于", "项目", "核准的批复", "总投资", "为", "：", "（", "）", "。", "；", "万元", "壹佰元整", "38,852",
    "2026年3月5日", "江澜晨曦智能装备有限公司", "江澜市自然资源局", "位于", "你单位申请的", "建设单位", "地字第",
    "990101202600018", "号", "〔2026〕", "第", "O", "l", "不大于", "2.0", "%", "平方米", "至", "长期", " ",
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(TYPES),
    st.lists(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=8).map("".join), max_size=12),
)
def test_whatever_stands_on_a_page_values_have_their_place_score_and_rule(kind: MaterialType, texts: list[str]) -> None:
    lines = tuple(
        Line(text, quad(100, 100 + 60 * n, 100 + 25 * len(text), 130 + 60 * n), 0.9) for n, text in enumerate(texts)
    )
    page = PageReading(3, 1240, 1754, 0, "ocr", lines, (), Quality(150, 900, 0.8, 0, 0.05))
    fields = extract_fields(kind.code, [page])
    assert fields == extract_fields(kind.code, [page])
    for value in fields.values():
        assert value.value
        assert value.page == 3
        assert 0 < value.score <= 1
        assert value.rule
        assert value.read != value.value
