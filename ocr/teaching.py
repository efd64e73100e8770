"""Teaching the shipped model from the catalogue's own words: `python -m ocr.teaching` writes it anew.

Nobody has confirmed documents before the first case is closed, and those of one city are no data of another. What
every city has is the catalogue: titles, labels and phrases of each form. Confirmed documents are added to these
(`taught`), so that a type without any stays known.
"""

from collections.abc import Iterable, Iterator

from catalogue import MaterialType, load_catalogue
from ocr.learned import SHIPPED, Example, Model, learn


def catalogue_examples() -> Iterator[Example]:
    """The forms of every type as the catalogue describes them: with official labels, and with the other usual ones."""
    for kind in load_catalogue().material_types():
        yield Example(kind.code, "\n".join((kind.titles[0], *(field.name for field in kind.fields), *kind.cues)))
        yield Example(kind.code, "\n".join((*kind.titles[1:], *_other_labels(kind), *kind.cues)))


def taught(confirmed: Iterable[Example] = ()) -> Model:
    """The model of the catalogue's words and of documents that clerks confirmed or corrected."""
    return learn((*catalogue_examples(), *confirmed))


def _other_labels(kind: MaterialType) -> Iterator[str]:
    for field in kind.fields:
        yield field.labels[0] if field.labels else field.name


if __name__ == "__main__":
    SHIPPED.write_text(taught().to_json(), encoding="utf-8", newline="\n")
