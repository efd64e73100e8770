"""Teaching the shipped model from the catalogue's own words: `python -m ocr.teaching` writes it anew.

Nobody has confirmed documents before the first case is closed, and those of one city are no data of another. What
every city has is the catalogue: titles, labels and phrases of each form. Confirmed documents are added to these
(`taught`), so that a type without any stays known.
"""

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator

from catalogue import MaterialType, load_catalogue
from ocr.learned import SHIPPED, Example, Model, learn

HELD_OUT = 5
"""Every so many-th confirmed document is kept from the model that is judged."""


def catalogue_examples() -> Iterator[Example]:
    """The forms of every type as the catalogue describes them: with official labels, and with the other usual ones."""
    for kind in load_catalogue().material_types():
        yield Example(kind.code, "\n".join((kind.titles[0], *(field.name for field in kind.fields), *kind.cues)))
        yield Example(kind.code, "\n".join((*kind.titles[1:], *_other_labels(kind), *kind.cues)))


def taught(confirmed: Iterable[Example] = ()) -> Model:
    """The model of the catalogue's words and of documents that clerks confirmed or corrected."""
    return learn((*catalogue_examples(), *confirmed))


@dataclasses.dataclass(frozen=True, slots=True)
class Judged:
    """How many documents two models name rightly: the catalogue's forms, and confirmed ones neither was taught with."""

    forms: tuple[int, int]
    held_out: tuple[int, int]

    @property
    def better(self) -> bool:
        """The second model loses nothing on either."""
        return all(after >= before for before, after in (self.forms, self.held_out))


def judge(before: Model, confirmed: Iterable[Example]) -> tuple[Model, Judged]:
    """A model taught anew with what was confirmed, and how it does beside the one before.

    Every fifth document, by the digest of its text, is held out of what is judged; the model that is given back is
    taught with all. The same documents give the same split, model and figures.
    """
    known = sorted(set(confirmed), key=lambda one: hashlib.sha256(one.text.encode()).hexdigest())
    held, learnt = known[::HELD_OUT], [one for n, one in enumerate(known) if n % HELD_OUT]
    tried, forms = taught(learnt), tuple(catalogue_examples())
    figures = [(_right(before, some), _right(tried, some)) for some in (forms, held)]
    return taught(known), Judged(*figures)


def _right(model: Model, examples: Iterable[Example]) -> int:
    return sum(model.ranked(one.text.splitlines())[0].type == one.type for one in examples)


def _other_labels(kind: MaterialType) -> Iterator[str]:
    for field in kind.fields:
        yield field.labels[0] if field.labels else field.name


if __name__ == "__main__":
    SHIPPED.write_text(taught().to_json(), encoding="utf-8", newline="\n")
