"""A small learned reader of material types: which type's words a page's text is made of, title or no title.

Every type has a centroid of character n-grams, weighted by how few types share them; a page is compared with each.
It knows nothing of layout, so it is asked only where the rules are unsure (`ocr.recognition`). It is plain data that
anybody can read: `learn` makes it from examples, the same examples give the same bytes on every machine.
"""

import dataclasses
import functools
import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ocr.folding import fold

SHIPPED = Path(__file__).parent / "material_model.json"
"""The model that ships with the program, taught from the catalogue's own words (`python -m ocr.teaching`)."""

SHORTEST, LONGEST = 2, 3
"""Characters of the n-grams. Single characters tell nothing of types that all speak of building."""

KEPT = 220
"""N-grams kept for each type, the most telling ones: the file can then never reach 300 kB."""

SCALE = 1000
"""Weights are whole thousandths, so that rounding is the same on every machine."""

FEW = 12
"""Distinct n-grams of a page that the best type must know; fewer are chance."""

VERSION = 1

_CHINESE = re.compile("[一-鿿]{2,}")


@dataclasses.dataclass(frozen=True, slots=True)
class Example:
    """The text of one document, lines apart, and the material type that it was confirmed to be."""

    type: str
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Likeness:
    """How much a text is made of a type's words (cosine, 0 to 1), and the n-grams that told most."""

    type: str
    score: float
    telling: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Model:
    """For each type its n-grams with weights in thousandths; `examples` says from how many documents."""

    weights: Mapping[str, Mapping[str, int]]
    examples: int

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 over the model as it is written: its version."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        """The model as text, one type a line, always in the same order."""
        rows = [
            f"{json.dumps(code)}:{json.dumps(dict(sorted(grams.items())), ensure_ascii=False, separators=(',', ':'))}"
            for code, grams in sorted(self.weights.items())
        ]
        head = f'{{"version":{VERSION},"examples":{self.examples},"weights":{{\n'
        return head + ",\n".join(rows) + "\n}}\n"

    @classmethod
    def from_json(cls, text: str) -> "Model":
        """The model that `to_json` wrote.

        Raises:
            ValueError: It is none, or one of another version.
        """
        data: dict[str, Any] = json.loads(text)
        if data.get("version") != VERSION:
            raise ValueError(f"A model of version {data.get('version')!r}; this program reads version {VERSION}.")
        return cls(data["weights"], data["examples"])

    def ranked(self, lines: Sequence[str]) -> list[Likeness]:
        """Every type with its likeness to the text of these lines, best first."""
        text = _vector(Counter(_grams(lines)), self._rarity)
        norm = math.sqrt(sum(weight * weight for weight in text.values()))
        found = [self._likeness(code, text, norm) for code in self.weights]
        return sorted(found, key=lambda likeness: (-likeness.score, likeness.type))

    def _likeness(self, code: str, text: Mapping[str, float], norm: float) -> Likeness:
        centroid, length = self._centroids[code]
        shared = {gram: text[gram] * centroid[gram] for gram in centroid.keys() & text.keys()}
        if len(shared) < FEW:
            return Likeness(code, 0.0, ())
        telling = sorted(shared, key=lambda gram: (-shared[gram], gram))[:3]
        return Likeness(code, round(math.fsum(shared.values()) / (norm * length), 4), tuple(telling))

    @functools.cached_property
    def _rarity(self) -> dict[str, float]:
        """How much an n-gram tells: the logarithm of the types by those that have it."""
        spread = Counter(gram for grams in self.weights.values() for gram in grams)
        return {gram: math.log((len(self.weights) + 1) / (types + 0.5)) for gram, types in spread.items()}

    @functools.cached_property
    def _centroids(self) -> dict[str, tuple[dict[str, float], float]]:
        centroids = {}
        for code, grams in self.weights.items():
            vector = {gram: weight * self._rarity[gram] for gram, weight in grams.items()}
            centroids[code] = (vector, math.sqrt(math.fsum(weight * weight for weight in vector.values())))
        return centroids


def learn(examples: Iterable[Example]) -> Model:
    """The model that these documents teach; their order does not matter.

    Every document of a type counts the same, however long it is. Types without an example are not known to the model.
    """
    shares: dict[str, Counter[str]] = {}
    count = 0
    for example in sorted(examples, key=lambda example: (example.type, example.text)):
        count += 1
        counts = Counter(_grams(example.text.splitlines()))
        own = shares.setdefault(example.type, Counter())
        for gram, times in counts.items():
            own[gram] += round(SCALE * (1 + math.log(times)))
    spread = Counter(gram for own in shares.values() for gram in own)
    rarity = {gram: math.log((len(shares) + 1) / (types + 0.5)) for gram, types in spread.items()}
    kept = {}
    for code, own in shares.items():
        most = max(own.values(), default=1)
        telling = sorted(own, key=lambda gram: (-round(own[gram] * rarity[gram], 6), gram))[:KEPT]
        kept[code] = {gram: max(1, own[gram] * SCALE // most) for gram in telling}
    return Model(kept, count)


@functools.cache
def shipped_model() -> Model:
    """The model beside this file."""
    return Model.from_json(SHIPPED.read_text(encoding="utf-8"))


def model_in_use() -> Model:
    """The model that is asked where the caller names none: the shipped one, or the one this process was given."""
    return _given[-1] if _given else shipped_model()


def use_model(model: Model | None) -> None:
    """Have this process ask that model from now on; None: the shipped one."""
    _given[:] = [] if model is None else [model]


_given: list[Model] = []


def _grams(lines: Iterable[str]) -> Iterable[str]:
    """The n-grams of two and three Chinese characters, within runs: values in figures tell nothing of the type."""
    for line in lines:
        for run in _CHINESE.findall(fold(line)):
            for size in range(SHORTEST, LONGEST + 1):
                for start in range(len(run) - size + 1):
                    yield run[start : start + size]


def _vector(counts: Mapping[str, int], rarity: Mapping[str, float]) -> dict[str, float]:
    return {gram: (1 + math.log(times)) * rarity[gram] for gram, times in counts.items() if gram in rarity}
