"""The words of a title block: its labels, the disciplines of drawings, and the forms of numbers, scales and dates.

The contents of a title block are those of GB/T 50001-2017, 3.2; the disciplines and their short names those of
GB/T 50001-2017 appendix A and of the design institutes' habit (建施-01, JS-03).
"""

import datetime as dt
import functools
import re
from collections.abc import Mapping

from ocr.folding import distance, fold

LABELS: Mapping[str, tuple[str, ...]] = {
    "design_unit": ("设计单位名称", "设计单位", "设计院", "设计机构"),
    "client": ("建设单位名称", "建设单位", "业主单位", "业主", "委托单位"),
    "project": ("工程名称", "项目名称", "工程项目名称", "工程项目", "建设项目"),
    "works": ("子项名称", "单项工程名称", "单体名称", "子项工程", "单项名称", "子项", "单体", "楼号"),
    "title": ("图纸名称", "图名", "图纸标题", "图纸内容"),
    "number": ("图纸编号", "图号", "图纸号"),
    "discipline": ("图别", "专业", "设计专业", "专业类别", "工种"),
    "revision": ("版次", "版本", "版本号", "版号", "修改版次", "修改次数", "修订版本"),
    "scale": ("比例", "出图比例", "图纸比例"),
    "date": ("出图日期", "日期", "设计日期", "图纸日期", "出图时间"),
    "phase": ("设计阶段", "阶段"),
    "job": ("工程编号", "项目编号", "设计编号", "设计号", "工程号", "合同编号", "业务号"),
    "size": ("图幅", "图纸规格", "图纸尺寸"),
    "changes": ("修改记录", "修改内容", "修改说明", "变更记录", "修订内容"),
    "stamps": (
        "注册师签章",
        "注册建筑师",
        "注册章",
        "出图章",
        "出图专用章",
        "审图章",
        "会签栏",
        "会签",
        "备注",
        "附注",
    ),
    "count": ("共", "第", "张数", "页数"),
}
"""The labels of each value, the plainest name of GB/T 50001 first. Those of the last five are only known as labels."""

SIGNERS = (
    "审定", "审核", "校对", "设计", "制图", "绘图", "项目负责人", "专业负责人", "工程负责人", "设计总负责人",
    "项目经理", "设计负责人", "批准", "复核", "工种负责人", "审定人", "审核人", "校对人", "设计人", "制图人",
)  # fmt: skip
"""Who signs a sheet; the value beside is a name, printed or signed."""

DISCIPLINES: Mapping[str, str] = {
    "建施": "建筑", "建初": "建筑", "结施": "结构", "结初": "结构", "水施": "给水排水", "给排水": "给水排水",
    "排施": "给水排水", "电施": "电气", "电初": "电气", "强电": "电气", "暖施": "暖通空调", "通施": "暖通空调",
    "空施": "暖通空调", "暖通": "暖通空调", "总施": "总图", "总图": "总图", "总平": "总图", "弱施": "智能化",
    "弱电": "智能化", "智施": "智能化", "装施": "室内装修", "景施": "景观", "园施": "景观", "人防": "人防",
    "幕施": "幕墙", "动施": "动力", "消施": "消防", "节施": "节能", "基施": "岩土", "勘施": "岩土",
    "建筑": "建筑", "结构": "结构", "给水排水": "给水排水", "电气": "电气", "暖通空调": "暖通空调",
    "智能化": "智能化", "景观": "景观", "幕墙": "幕墙", "消防": "消防",
    "JS": "建筑", "GS": "结构", "SS": "给水排水", "DS": "电气", "NS": "暖通空调", "ZS": "总图", "ZT": "总图",
    "RD": "智能化", "RF": "人防",
}  # fmt: skip
"""What stands before the number or beside 图别 or 专业, and the discipline it means. JS is 建施 by its initials."""

_HAN_PREFIX = "|".join(
    sorted((word for word in DISCIPLINES if not word.isascii()), key=lambda word: (-len(word), word))
)
_DIGITS = r"[0-9OolI]{1,4}(?:[.][0-9]{1,2})?[A-Za-z]?(?:/[0-9]{1,3})?"
NUMBER = re.compile(rf"^(?:(?:{_HAN_PREFIX})(?:施|变|竣|通)?|[A-Z]{{1,4}}[0-9]?)?[-—–－_ 一]{{0,2}}{_DIGITS}$")
"""A sheet's number: a discipline's short name or letters, a dash, digits, and a letter for a sheet put in later."""

_PARTS = re.compile(rf"^([^\d\-—–－_]*?)[-—–－_ 一]{{0,2}}({_DIGITS})$")
_SCALE = re.compile(
    r"^(?:[1lI][:：][0-9OoIl]{1,5}(?:[,、/][1lI][:：][0-9]{1,5})*|见图|如图|示意|详图|图示|NTS|无比例|-+)$"
)
_DATE = re.compile(r"((?:19|20)\d\d)[年./\-·](\d{1,2})(?:[月./\-·](\d{1,2})日?|月)?")
_REVISION = re.compile(
    r"(?i)^(?:第?([0-9]{1,2}|[一二三四五六七八九十]{1,2})[版次]+|(?:V|REV|R)?\.?([A-Z]|[0-9]{1,2}(?:\.[0-9])?)版?)$"
)
_UNIT = re.compile(r"(?:设计|规划|勘察|建筑|工程|咨询|顾问).*(?:院|公司|事务所|中心|集团|所)$")
FUZZY_FROM = 4
"""Characters from which a label may be read with one wrong character."""


@functools.cache
def label_words() -> Mapping[str, str]:
    """Every label as it is folded, and the value it names; who signs is named by the label itself."""
    words = {fold(word): name for name, of in LABELS.items() for word in of}
    return words | {word: f"signer:{word}" for word in SIGNERS}


@functools.lru_cache(maxsize=8192)
def label_of(text: str) -> str:
    """Which value a text is the label of: "" for none. A letter in brackets or Latin words behind it do not count."""
    bare = re.sub(r"[A-Za-z.' ]+$", "", fold(text).rstrip(":")) if not fold(text).isascii() else fold(text)
    bare = re.sub(r"\([^()]*\)$", "", bare).rstrip(":/")
    words = label_words()
    if bare in words:
        return words[bare]
    if len(bare) < FUZZY_FROM:
        return ""
    near = (name for word, name in words.items() if len(word) >= FUZZY_FROM and distance(bare, word, 1) <= 1)
    return next(near, "")


def number_of(text: str) -> tuple[str, bool]:
    """A sheet number in one spelling ("建施-01"), and whether a character was put right; "" where it is none."""
    folded = fold(text).replace("：", ":").upper().strip(".:;,")
    parts = _PARTS.match(folded)
    if not NUMBER.match(folded) or parts is None:
        return "", False
    prefix, digits = parts[1], parts[2]
    right = digits.replace("O", "0").replace("L", "1").replace("I", "1")
    return (f"{prefix}-{right}" if prefix else right), right != digits


def discipline_of(text: str) -> str:
    """The discipline that a short name, a number or a word means; "" where it means none."""
    folded = fold(text).upper()
    head = re.match(r"[A-Z]+|[^\d\-—–－_A-Z]+", folded)
    if head is None:
        return ""
    word = head[0].removesuffix("专业").removesuffix("图")
    return DISCIPLINES.get(word) or DISCIPLINES.get(head[0]) or DISCIPLINES.get(word[:2] if len(word) > 2 else "", "")  # noqa: PLR2004


def scale_of(text: str) -> str:
    """A scale in one spelling ("1:100", "见图"); "" where it is none."""
    folded = fold(text)
    if not _SCALE.match(folded):
        return ""
    return re.sub(
        r"(?<=:)[0-9OoIl]+",
        lambda m: m[0].upper().replace("O", "0").replace("I", "1").replace("L", "1"),
        re.sub(r"(^|[,、/])[lI](?=:)", r"\g<1>1", folded),
    )


def date_of(text: str) -> str:
    """A date as 2026-03-15, or 2026-03 where no day stands; "" where it is none or cannot be."""
    match = _DATE.search(fold(text))
    if match is None:
        return ""
    year, month, day = int(match[1]), int(match[2]), int(match[3] or 1)
    try:
        found = dt.date(year, month, day)
    except ValueError:
        return ""
    return found.isoformat() if match[3] else found.isoformat()[:7]


def revision_of(text: str) -> str:
    """A revision in one spelling ("A", "1", "2.0"); "" where it is none."""
    match = _REVISION.match(fold(text).upper())
    if match is None:
        return ""
    said = match[1] or match[2]
    return str("一二三四五六七八九十".index(said) + 1) if said in "一二三四五六七八九十" else said.lstrip("0") or "0"


def is_design_unit(text: str) -> bool:
    """Whether a line is the name of a design unit."""
    return bool(_UNIT.search(fold(text)))
