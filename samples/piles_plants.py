"""How each defect is planted; the table of all of them, by the codes of the completeness check (`ingest`).

Not planted, since a pile of files cannot hold it: what a register answers of a code (`code-…`), and the signature of a
signed file (`e-seal-invalid`); both are tested where they are judged.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import get_args

from samples.piles_ground import Ground, Planting
from samples.piles_orders import DocumentOrder
from samples.piles_plants_said import SAID
from samples.piles_spoiling import Spoil

Plant = Callable[[Ground], Planting | None]
"""The entry with that defect planted; None where its document cannot have it."""

_ANYTHING_READ = (
    "field-unreadable", "seal-missing", "seal-other", "seal-unsure", "seal-unread", "seal-probable", "copy-given",
    "applicant-differs", "applicant-renamed", "uscc-differs", "uscc-malformed", "project-differs",
    "project-code-differs", "project-code-malformed", "project-code-former", "works-differ", "date-in-future",
    "date-impossible", "expired", "not-yet-valid", "permit-malformed", "permit-date", "id-card-malformed",
    "unit-number-malformed", "wrong-type", "missing", "gap", "page-blurred", "page-low-contrast", "page-dark",
    "page-low-resolution", "page-cut-edge", "page-skewed", "page-blank",
)  # fmt: skip
"""A page that reads badly may be misread in every way."""

_PAGE_LOST = ("field-unreadable", "seal-missing")
"""What was on the page is then not there either."""


def _left_out(ground: Ground) -> Planting | None:
    if not ground.entry.demanded:
        return None
    code = "missing" if ground.entry.deficiency == "none" else "gap"
    return Planting((), (ground.planted(code),))


def _wrong_type(ground: Ground) -> Planting | None:
    """Another paper under the name of the one that is asked; in the pile's stead, the entry has nothing."""
    if not ground.entry.demanded:
        return None
    stranger = _stranger(ground, _STRANGERS)
    if not stranger:
        return None
    order = dataclasses.replace(ground.order, material=stranger, side="scan")
    defect = ground.planted("wrong-type", follows=("missing", "gap"), elsewhere=("not-listed", "fact-differs"))
    return Planting((("", order),), (defect,))


_STRANGERS = ("M-NMGZ", "OUT-PSXK", "OUT-FLSJ", "OUT-LHZY", "M-DZPG", "OUT-QSXK", "M-YFKC", "OUT-FHPJ")
"""Papers that few lists ask for."""


def _stranger(ground: Ground, among: Sequence[str]) -> str:
    """The first of these papers that the list does not ask for; "" where it asks for all."""
    listed = {one.entry.material for one in ground.beside} | {ground.entry.material}
    return next((code for code in among if code not in listed), "")


def _not_listed(ground: Ground) -> Planting | None:
    stranger = _stranger(ground, _STRANGERS[::-1])
    if not stranger:
        return None
    order = DocumentOrder(ground.order.world, stranger)
    defect = dataclasses.replace(ground.planted("not-listed", "note", elsewhere=("fact-differs",)), material="")
    return Planting((("", ground.order), ("其他材料", order)), (defect,))


def _seal_missing(ground: Ground) -> Planting | None:
    if not ground.form.seals or not ground.kind.seals:
        return None
    return _one(ground, dataclasses.replace(ground.order, seal=False), "seal-missing")


def _seal_other(ground: Ground) -> Planting | None:
    if not ground.form.seals or not ground.kind.seals:
        return None
    stranger = ground.other.supervisor.name
    return _one(ground, dataclasses.replace(ground.order, seal=stranger), "seal-other")


def _without_colour(ground: Ground) -> Planting | None:
    """A grey scan shows no red ink: where an original is asked it looks like a copy."""
    if not ground.form.seals or not ground.kind.seals:
        return None
    order = dataclasses.replace(ground.order, side="scan", degrade="grey")
    original = ground.entry.form == "original"
    code = "copy-given" if original else "seal-probable"
    follows = ("seal-probable", "seal-unread", "seal-unsure")
    return Planting((("", order),), (ground.planted(code, "question", follows=follows),))


def _seal_pasted(ground: Ground) -> Planting | None:
    """One picture of a seal laid over this document and over another of the same owner."""
    owner = _only_owner(ground)
    match = next((one for one in ground.beside if owner and _only_owner(one) == owner), None)
    if match is None:
        return None
    first, second = (
        dataclasses.replace(one.order, side="scan", degrade="office", pasted=True) for one in (ground, match)
    )
    planted = (ground.planted("seal-pasted", "question"), match.planted("seal-pasted", "question"))
    return Planting((("", first),), planted, others={match.entry.material: second})


def _only_owner(ground: Ground) -> str:
    """Whose seal the document bears, where it bears just one and the field says whose."""
    sources = list(ground.form.seals.values())
    return ground.printed(sources[0]) if len(sources) == 1 and ground.kind.seals else ""


def _spoiled(how: Spoil) -> Plant:
    def plant(ground: Ground) -> Planting | None:
        if how == "cut-edge" and ground.form.template == "sfz":  # a card lies in the middle of its sheet
            return None
        which = 0 if how == "low-resolution" else 1
        order = dataclasses.replace(ground.order, side="scan", spoiled=(how, which))
        weight = "note" if how == "skewed" else "reading"
        follows = ("page-cut-edge",) if how == "skewed" else _ANYTHING_READ
        elsewhere = () if how == "skewed" else ("fact-differs", "type-unknown", "not-listed", "document-repeated")
        defect = ground.planted(f"page-{how}", weight, page=1, follows=follows, elsewhere=elsewhere)
        return Planting((("", order),), (defect,))

    return plant


def _blank(ground: Ground) -> Planting | None:
    count = page_count(ground)
    pages = (*range(1, count + 1), 0)
    order = dataclasses.replace(ground.order, side="scan", pages=pages)
    return Planting((("", order),), (ground.planted("page-blank", "note", page=count + 1),))


def _upside_down(ground: Ground) -> Planting | None:
    order = dataclasses.replace(ground.order, side="scan", turned=(1,))
    return Planting((("", order),), (ground.planted("page-upside-down", "note", page=1),))


def _pages(code: str, weight: str, arranged: Callable[[int], tuple[int, ...]]) -> Plant:
    def plant(ground: Ground) -> Planting | None:
        count = page_count(ground)
        if count < _SEVERAL or not says_its_pages(ground):
            return None
        order = dataclasses.replace(ground.order, side="scan", pages=arranged(count))
        follows = _PAGE_LOST if code == "pages-missing" else ()
        return Planting((("", order),), (ground.planted(code, weight, follows=follows),))

    return plant


_SEVERAL = 2


def page_count(ground: Ground) -> int:
    """Pages of the sound document."""
    from samples.piles_orders import sound_pages

    return len(sound_pages(ground.order.world, ground.order.material))


def says_its_pages(ground: Ground) -> bool:
    """Whether each of its pages bears a number, so that one that is gone is missed."""
    from samples.piles_orders import sound_pages

    count = page_count(ground)
    return (
        all(
            any(f"第{n}页" in "".join(line.split()) for line in page)
            for n, page in enumerate(sound_pages(ground.order.world, ground.order.material), 1)
        )
        and count > 1
    )


def _repeated(ground: Ground) -> Planting | None:
    """The same paper scanned a second time, into another file."""
    again = dataclasses.replace(ground.order, side="scan", take=2)
    first = dataclasses.replace(ground.order, side="scan")
    name = f"{ground.entry.name}（二）"
    return Planting((("", first), (name, again)), (ground.planted("document-repeated", "note"),))


def _one(ground: Ground, order: DocumentOrder, code: str) -> Planting:
    return Planting((("", order),), (ground.planted(code),))


PLANTS: Mapping[str, Plant] = {
    "missing": _left_out,
    "wrong-type": _wrong_type,
    "not-listed": _not_listed,
    "seal-missing": _seal_missing,
    "seal-other": _seal_other,
    "copy-given": _without_colour,
    "seal-pasted": _seal_pasted,
    **{f"page-{how}": _spoiled(how) for how in get_args(Spoil) if how != "blank"},
    "page-blank": _blank,
    "page-upside-down": _upside_down,
    "pages-missing": _pages("pages-missing", "serious", lambda n: (*range(1, max(2, n - 1)), *range(max(3, n), n + 1))),
    "pages-repeated": _pages("pages-repeated", "note", lambda n: (1, 1, *range(2, n + 1))),
    "pages-disordered": _pages("pages-disordered", "note", lambda n: (*range(1, n - 1), n, n - 1)),
    "document-repeated": _repeated,
    **SAID,
}
"""Every defect that can be planted, by a name that is its code except where the entry's own rule decides between two
(missing or gap, copy-given or seal-probable)."""
