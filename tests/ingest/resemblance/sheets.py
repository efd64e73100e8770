"""Documents as if read, for holding against each other: a business licence with its lines, fields and a seal."""

import dataclasses

import numpy as np

from ingest import Presented
from ocr import FieldValue, Image, Line, PageReading, Quality, SealMark, quad

WIDE, HIGH = 1240, 1754
WORDS = {
    "统一社会信用代码": "91990101MA7C2XG6XT",
    "名称": "江澜晨曦智能装备有限公司",
    "类型": "有限责任公司（自然人投资或控股）",
    "法定代表人": "张明远",
    "经营范围": "智能装备研发、制造、销售；技术服务、技术转让",
    "注册资本": "5000万元",
    "成立日期": "2019-06-11",
    "住所": "江澜市高新区晨曦路88号",
}


def licence(*, file: str = "一.pdf", moved: float = 0.0, score: float = 0.99, **changed: str) -> Presented:
    """A business licence; `changed` are fields that say something else, `moved` how far down the scan lies."""
    said = WORDS | changed
    lines = [Line("营业执照", quad(500, 100 + moved, 740, 150 + moved), score)]
    fields = {}
    for row, (name, value) in enumerate(said.items()):
        box = quad(150, 240 + 110 * row + moved, 950, 280 + 110 * row + moved)
        lines.append(Line(f"{name}：{value}", box, score))
        fields[name] = FieldValue(value, 1, box, score, f"same line: {name}")
    seal = SealMark("round", quad(700, 1300 + moved, 1000, 1600 + moved), "江澜市市场监督管理局", 0.9)
    page = PageReading(1, WIDE, HIGH, 0, "ocr", tuple(lines), (seal,), Quality(150, 900.0, 0.8, 0.0, 0.04))
    return Presented(file, (1,), "M-YYZZ", fields=fields, seals=((1, seal),), sha256=file, readings=(page,))


def sheet(moved: float = 0.0, *, drawn: bool = False) -> Image:
    """The picture of such a page: only what is no text; `drawn` with a frame in a bare place."""
    page = np.full((HIGH, WIDE, 3), 245, np.uint8)
    if drawn:
        top = 1250 + round(moved)
        page[top : top + 200, 200:208] = 30
        page[top : top + 8, 200:600] = 30
        page[top + 192 : top + 200, 200:600] = 30
    return page


def saying(document: Presented, page: int, text: str) -> Presented:
    """The same with one more line in a bare place."""
    reading = document.readings[page - 1]
    added = Line(text, quad(150, 1650, 900, 1690), 0.99)
    changed = dataclasses.replace(reading, lines=(*reading.lines, added))
    return dataclasses.replace(document, readings=(*document.readings[: page - 1], changed, *document.readings[page:]))
