"""What ours got wrong, each with the piece of the page where it stands: for who wants to make it better."""

import base64
import collections
import dataclasses
import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.comparing import SubjectRead
from bench.engines import OURS
from bench.pages import SET_NAMES, SETS, Known
from bench.results import Result
from bench.scoring import Match, plain
from bench.understanding import Fielded, Turned, Typed
from ocr import PageReading, bounds, from_json

MOST_OF_A_KIND, MOST_OF_A_SUBJECT = 60, 4
"""Pictures of one kind of failure on the report page, and of one field or type in it: whoever looks sees the pattern in
four, and the page stays under five megabytes (1.4 measured at forty)."""

CROP_WIDE, CROP_HIGH = 640, 200
THUMBNAIL = 300
"""Greatest sides of a piece and of a whole page, pixels."""

MARGIN = 0.6
"""How much of the page around a place is shown, in heights of the place."""

JPEG_QUALITY = 60

FAR = 0.5
"""Part of a text's characters that are wrong from which it was not read at all, so its place in the reading is none."""

Picture = NDArray[np.uint8]
Box = tuple[float, float, float, float]


@dataclasses.dataclass(frozen=True, slots=True)
class Failure:
    """One failure: which page, in what wear, what it should be, what it came to and why, and a picture as data URL.

    `subject` is what it is counted under (a field, a type); `others` is what the other engines read there.
    """

    subject: str
    where: str
    wear: str
    expected: str
    got: str
    why: str
    picture: str
    others: tuple[tuple[str, str], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """Failures of one kind: how many there are, and the pictures of those that are shown."""

    name: str
    count: int
    shown: tuple[Failure, ...]


def all_failures(result: Result) -> list[Kind]:
    """Every kind that has failures, the most frequent subjects first; must be called while the page images exist."""
    judged = result.understanding
    others = _others(result)
    kinds = [
        _kind("页面没有转正", [one for one in judged.turned if not one.right], lambda one: str(one.laid), _turned),
        _kind(
            "材料类型判错", [one for one in judged.typed if not one.right], lambda one: one.read.subject.type, _typed
        ),
        _kind("字段有误", [one for one in judged.fielded if not one.right], lambda one: one.name, _field),
        _kind("印章", result.seals.failures, lambda one: f"{one.kind} {one.degrade}", _seal),
    ]
    for name in SETS:
        reads = [read for read in result.reads if read.subject.set == name]
        misread = [(read, match) for read in reads for match in read.matches if match.errors]
        # A form's fields come again on other forms, a line of a standard does not: there the page is what it is of.
        subject = _field_name if name == "own" else _page_name
        kinds.append(_kind(f"文字读错：{SET_NAMES[name]}", misread, subject, lambda it: _misread(it[0], it[1], others)))
    return [kind for kind in kinds if kind.count]


def _kind(name: str, failed: Sequence[Any], subject: Callable[[Any], str], shown: Callable[[Any], Failure]) -> Kind:
    often = collections.Counter(map(subject, failed))
    ordered = sorted(failed, key=lambda one: (-often[subject(one)], subject(one)))
    few = (one for _, same in itertools.groupby(ordered, subject) for one in itertools.islice(same, MOST_OF_A_SUBJECT))
    return Kind(name, len(failed), tuple(map(shown, itertools.islice(few, MOST_OF_A_KIND))))


def _others(result: Result) -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
    """What each other engine read where a known text stands, by document and name of the text."""
    found: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
    for one in result.comparison.standings:
        if one.engine != OURS:
            for read in one.subjects:
                for match in read.matches:
                    key = (read.subject.name, match.known.name)
                    found[key] = (*found.get(key, ()), (one.engine, "✓" if not match.errors else match.found))
    return found


def _field_name(item: tuple[SubjectRead, Match]) -> str:
    return item[1].known.name


def _page_name(item: tuple[SubjectRead, Match]) -> str:
    return item[0].subject.name


def _misread(read: SubjectRead, match: Match, others: dict[tuple[str, str], tuple[tuple[str, str], ...]]) -> Failure:
    known = match.known
    return Failure(
        known.name,
        read.subject.name,
        read.subject.wear,
        known.text,
        match.found or "（未读到）",
        f"{match.errors} 字之差",
        _known_picture(read, known) or _read_picture(read, match),
        others.get((read.subject.name, known.name), ()),
    )


def _field(one: Fielded) -> Failure:
    known = next((text for text in one.read.subject.texts if text.name == one.name), None)
    picture = _known_picture(one.read, known) if known else ""
    if not picture and one.found is not None:
        picture = _crop(_upright(one.read, one.found.page), bounds(one.found.box))
    return Failure(
        one.name,
        one.read.subject.name,
        one.read.subject.wear,
        one.expected,
        one.found.value if one.found else "（未找到）",
        f"规则：{one.found.rule}，把握 {one.found.score:.2f}" if one.found else "",
        picture or _thumbnail(_upright(one.read, 1)),
    )


def _typed(one: Typed) -> Failure:
    subject = one.read.subject
    got, why = one.guess.type or "（未识别）", f"{one.guess.why}，{one.guess.score:.2f}"
    return Failure(subject.type, subject.name, subject.wear, subject.type, got, why, _thumbnail(_upright(one.read, 1)))


def _turned(one: Turned) -> Failure:
    found = "读取失败" if one.found is None else f"转了 {one.found}°"
    return Failure(
        f"{one.laid}",
        one.image.stem,
        "",
        f"转 {(360 - one.laid) % 360}°",
        found,
        "",
        _thumbnail(_image(one.image)),
    )


def _seal(one: Any) -> Failure:
    return Failure(f"{one.kind} {one.degrade}", "印章页", one.degrade, one.expected, one.got, "", _fitted(one.picture))


def _known_picture(read: SubjectRead, known: Known) -> str:
    """The place that the truth tells, on the page as it truly stands upright; "" where it tells none."""
    if known.box is None:
        return ""
    image = _image(read.subject.images[known.page - 1])
    return _crop(np.ascontiguousarray(np.rot90(image, read.subject.turned // 90)), known.box)


def _read_picture(read: SubjectRead, match: Match) -> str:
    """The lines in which the nearest text was found; the whole page where it was not read at all."""
    if match.errors < FAR * len(plain(match.known.text)):
        for number, lines in _lines_at(read, match.start, match.end):
            boxes = [bounds(box) for box in lines]
            lefts, tops, rights, bottoms = zip(*boxes, strict=True)
            return _crop(_upright(read, number), (min(lefts), min(tops), max(rights), max(bottoms)))
    return _thumbnail(_upright(read, 1))


def _lines_at(read: SubjectRead, start: int, end: int) -> Iterator[tuple[int, list[Any]]]:
    """Pages with boxes of the lines that this part of the document's plain text comes from."""
    at = 0
    for number, page in enumerate(read.pages, 1):
        hit = []
        for text, box in page.read.lines:
            length = len(plain(text))
            if at < end and at + length > start and box is not None:
                hit.append(box)
            at += length
        if hit:
            yield number, hit


def _upright(read: SubjectRead, number: int) -> Picture:
    """The page as the reader turned it."""
    image = _image(read.subject.images[number - 1])
    said = read.pages[number - 1].read.reading
    reading: PageReading | None = from_json(said) if said else None
    return np.ascontiguousarray(np.rot90(image, -(reading.rotation // 90))) if reading else image


def _image(path: Path) -> Picture:
    return np.asarray(cv2.imread(str(path)), np.uint8)


def _crop(image: Picture, box: Box) -> str:
    left, top, right, bottom = box
    margin = MARGIN * (bottom - top)
    x0, y0 = max(0, int(left - margin)), max(0, int(top - margin))
    return _fitted(image[y0 : int(bottom + margin) + 1, x0 : int(right + margin) + 1])


def _fitted(image: Picture) -> str:
    return _encoded(image, min(CROP_WIDE / max(1, image.shape[1]), CROP_HIGH / max(1, image.shape[0]), 1.0))


def _thumbnail(image: Picture) -> str:
    return _encoded(image, min(1.0, THUMBNAIL / max(1, *image.shape[:2])))


def _encoded(image: Picture, scale: float) -> str:
    """The picture as a data URL; "" where there is nothing of it."""
    if not image.size:
        return ""
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    written = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
    return "data:image/jpeg;base64," + base64.b64encode(written.tobytes()).decode("ascii")
