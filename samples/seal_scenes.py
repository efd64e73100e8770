"""Pages with seals of every kind, and pages with none, to score the finding and reading of seals by.

Every scene is a typeset form with seals pressed anywhere on it and then scanned. The same arguments give the same
pixels. Tune on one seed, score on another.
"""

import dataclasses
import functools
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np

from samples.ageing import WEAR, Degrade, age, moved
from samples.making import make_digital
from samples.materials import TYPES
from samples.seals import Pad, Stamp, Strength, draw_frame_seal, draw_name_seal, draw_seal
from samples.typesetting import Image, page_images

Kind = Literal["round", "lettered", "oval", "faded", "blue", "overlapping", "name", "sunk name", "frame", "none"]
"""lettered: round with caption and code; overlapping: two round ones, one over the other by a tenth to two fifths."""

KINDS: tuple[Kind, ...] = ("round", "lettered", "oval", "faded", "blue", "overlapping", "name", "sunk name", "frame")
SEAL_SCANS: tuple[Degrade, ...] = ("clean", "office", "poor", "grey", "bitonal")
_GREY_KINDS: tuple[Kind, ...] = ("round", "lettered", "oval", "overlapping")
"""What can be told without colour."""

_BARE_PAGES = 4
"""Pages without any seal for each degradation."""

_PLACES = ("江澜市", "云岭县", "江澜市高新区", "青川市", "临湖区", "白石镇")
_BRANDS = ("晨曦", "宏远", "正衡", "鑫隆", "华瑞", "天工", "博信", "东方", "恒泰", "金鼎", "中岩", "海川")
_TRADES = (
    "智能装备",
    "建设工程",
    "建筑设计",
    "工程监理",
    "置业",
    "岩土勘察",
    "市政园林",
    "消防技术",
    "测绘",
    "房地产开发",
)
_FORMS = ("有限公司", "有限责任公司", "集团有限公司", "股份有限公司")
_OFFICES = ("行政审批局", "自然资源和规划局", "住房和城乡建设局", "市场监督管理局", "发展和改革委员会", "人民政府")
_CAPTIONS = ("合同专用章", "财务专用章", "审批专用章", "发票专用章", "施工图审查专用章", "投标专用章")
_SURNAMES, _GIVEN = "张陈沈李王赵许罗周吴", ("明远", "国梁", "亦舟", "思雨", "建业", "伟", "静", "启航", "玉兰", "强")
_DEPARTMENTS = ("项目经理部", "一号厂房项目部", "工程资料专用章", "技术资料专用章")


@dataclasses.dataclass(frozen=True, slots=True)
class SealDrawn:
    """A seal as it is: what it says, caption, code, and its box (left, top, right, bottom) in pixels."""

    text: str
    caption: str
    number: str
    box: tuple[float, float, float, float]


@dataclasses.dataclass(frozen=True, slots=True)
class SealScene:
    """A page (height x width x 3, red green blue), upright, and the seals on it, all of one kind."""

    kind: Kind
    degrade: Degrade
    dpi: int
    image: Image
    seals: tuple[SealDrawn, ...]


def seal_scenes(
    seed: int,
    *,
    degrades: Sequence[Degrade] = ("clean", "office", "poor", "grey", "bitonal"),
    fonts: Sequence[str] = (),
) -> Iterator[SealScene]:
    """One page of each kind in each degradation and a few without seals.

    `fonts` are files to cut the seals with, else those that all samples use.
    """
    for degrade in degrades:
        kinds = KINDS if degrade not in {"grey", "bitonal"} else _GREY_KINDS
        bare: list[Kind] = ["none" for _ in range(_BARE_PAGES)]
        for place, kind in enumerate((*kinds, *bare)):
            yield _scene(kind, degrade, np.random.default_rng([seed, place, sorted(WEAR).index(degrade)]), fonts)


def owner_name(rng: np.random.Generator) -> str:
    """The name of a company or, one time in four, of an authority."""
    if rng.integers(4) == 0:
        return _one(rng, _PLACES) + _one(rng, _OFFICES)
    return _one(rng, ("江澜", "云岭", "青川", *_PLACES)) + _one(rng, _BRANDS) + _one(rng, _TRADES) + _one(rng, _FORMS)


def _scene(kind: Kind, degrade: Degrade, rng: np.random.Generator, fonts: Sequence[str]) -> SealScene:
    dpi = int(rng.choice((150, 200, 300)))
    page = _form_page(TYPES[int(rng.integers(len(TYPES)))], dpi).copy()
    drawn: list[tuple[Stamp, tuple[int, int], tuple[str, str, str]]] = []
    high, wide = page.shape[:2]
    spots = [(x, y) for y in (0.22, 0.5, 0.78) for x in (0.27, 0.73)]
    for spot in [] if kind == "none" else rng.permutation(len(spots))[: 2 if kind == "overlapping" else 3]:
        x, y = (
            round(part * side + rng.uniform(-6, 6) * dpi / 25.4)
            for part, side in zip(spots[spot], (wide, high), strict=True)
        )
        drawn.extend(_stamps(kind, (x, y), dpi, rng, fonts))
    for stamp, center, _ in drawn:
        stamp.press(page, center)
    scan, matrix = age(page, degrade, dpi=dpi, rng=rng)
    seals = []
    for stamp, center, said in drawn:
        x, y = moved(center, matrix)
        rows, columns = np.flatnonzero(stamp.ink.any(axis=1)), np.flatnonzero(stamp.ink.any(axis=0))
        across, down = (columns[-1] - columns[0]) / 2, (rows[-1] - rows[0]) / 2
        seals.append(SealDrawn(*said, (x - across, y - down, x + across, y + down)))
    return SealScene(kind, degrade, dpi, _through_jpeg(scan, WEAR[degrade].quality), tuple(seals))


def _stamps(
    kind: Kind, center: tuple[int, int], dpi: int, rng: np.random.Generator, fonts: Sequence[str]
) -> Iterator[tuple[Stamp, tuple[int, int], tuple[str, str, str]]]:
    """One seal of the kind, or two that overlap, with where it is pressed and what it says."""
    font = _one(rng, fonts) if fonts else _one(rng, ("NotoSerifSC-Regular.otf", "NotoSansSC-Regular.otf"))
    strength: Strength = "faded" if kind == "faded" else _strength(rng)
    if kind in {"name", "sunk name"}:
        name = _one(rng, _SURNAMES) + _one(rng, _GIVEN)
        said = name if len(name) % 2 == 0 else f"{name}印"
        side = _pixels(float(rng.uniform(16, 24)), dpi)
        cut: Literal["raised", "sunk"] = "raised" if kind == "name" else "sunk"
        yield draw_name_seal(name, side=side, rng=rng, strength=strength, cut=cut, font=font), center, (said, "", "")
        return
    if kind == "frame":
        rows = (owner_name(rng), _one(rng, _DEPARTMENTS))
        size = (_pixels(float(rng.uniform(44, 70)), dpi), _pixels(float(rng.uniform(24, 34)), dpi))
        yield draw_frame_seal(rows, size=size, rng=rng, strength=strength, font=font), center, ("".join(rows), "", "")
        return
    diameter = _pixels(float(rng.uniform(38, 45)), dpi)
    pad: Pad = ("blue", "purple")[int(rng.integers(2))] if kind == "blue" else "red"
    apart = diameter * float(rng.uniform(0.6, 0.9))
    steps = (-apart / 2, apart / 2) if kind == "overlapping" else (0.0,)
    angle = float(rng.uniform(-0.5, 0.5))
    for step in steps:
        owner = owner_name(rng)
        caption = _one(rng, _CAPTIONS) if kind in {"lettered", "oval"} else ""
        number = "".join(map(str, rng.integers(0, 10, 13))) if kind == "lettered" else ""
        flat = float(rng.uniform(0.66, 0.78)) if kind == "oval" else 1.0
        stamp = draw_seal(
            owner,
            diameter=diameter,
            rng=rng,
            strength=strength,
            caption=caption,
            number=number,
            flat=flat,
            pad=pad,
            font=font,
        )
        place = round(center[0] + step * np.cos(angle)), round(center[1] + step * np.sin(angle))
        yield stamp, place, (owner, caption, number)


@functools.lru_cache(maxsize=32)
def _form_page(code: str, dpi: int) -> Image:
    return page_images(make_digital(code, seal=False)[0], dpi)[0]


def _through_jpeg(scan: Image, quality: int) -> Image:
    import cv2

    written = cv2.imencode(".jpg", np.ascontiguousarray(scan[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.ascontiguousarray(cv2.imdecode(written, cv2.IMREAD_COLOR)[:, :, ::-1], np.uint8)


def _strength(rng: np.random.Generator) -> Strength:
    strengths: tuple[Strength, ...] = ("pale", "normal", "normal", "strong")
    return strengths[int(rng.integers(len(strengths)))]


def _one(rng: np.random.Generator, of: Sequence[str]) -> str:
    return of[int(rng.integers(len(of)))]


def _pixels(millimetres: float, dpi: int) -> int:
    return round(millimetres / 25.4 * dpi)
