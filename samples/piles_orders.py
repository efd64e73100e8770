"""Documents made to order and kept on a shelf, so that a sound one is drawn once for all piles that share its world."""

import dataclasses
import functools
import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image as Pil

from samples.ageing import Degrade, Rotate
from samples.making import Seal, Sheet, make_digital, make_document, save_sheets
from samples.piles_spoiling import Spoil, spoil
from samples.seals import draw_seal
from samples.worlds import drawn_world

Side = Literal["scan", "digital"]


@dataclasses.dataclass(frozen=True, slots=True)
class DocumentOrder:
    """Everything that decides a document: the same order gives the same bytes.

    `world` is the number of a drawn world, `overrides` are printed values by field, `pages` which pages in which order
    (empty: all; 0 stands for a blank sheet), `spoiled` what went wrong at the scanner and on which of its pages, from
    1 (0: on all), `turned` pages that lie upside down. `take` is another scan of the same paper; `pasted` has the
    picture of its owner's seal laid over it, the same on every document.
    """

    world: int
    material: str
    overrides: tuple[tuple[str, str], ...] = ()
    seal: Seal = True
    side: Side = "scan"
    degrade: Degrade = "office"
    pages: tuple[int, ...] = ()
    spoiled: tuple[Spoil, int] | None = None
    turned: tuple[int, ...] = ()
    rotate: Rotate = 0
    take: int = 1
    pasted: bool = False

    @property
    def key(self) -> str:
        """A short name that no two orders share."""
        said = json.dumps(dataclasses.asdict(self), ensure_ascii=False, sort_keys=True)
        return f"{self.material}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"


@functools.cache
def samples_digest() -> str:
    """A digest of everything that draws: documents made by other code or from other words are not taken for these."""
    room = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(path for path in room.rglob("*") if path.suffix in {".py", ".yaml", ".typ"}):
        digest.update(path.relative_to(room).as_posix().encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


@dataclasses.dataclass(frozen=True, slots=True)
class Shelf:
    """Where documents lie once they were made, for as long as nothing changes that draws them."""

    root: Path

    @property
    def folder(self) -> Path:
        """Of those that the present code made."""
        return self.root / samples_digest()

    def get(self, order: DocumentOrder) -> Path:
        """The file of that order, made where it is not there yet: .pdf born digital or of several pages, else .jpg."""
        for ending in (".jpg", ".pdf"):
            if (found := self.folder / f"{order.key}{ending}").exists():
                return found
        self.folder.mkdir(parents=True, exist_ok=True)
        if order.side == "digital":
            return self._keep(order, ".pdf", lambda path: path.write_bytes(_digital(order)))
        sheet = scanned(order)
        ending = ".jpg" if len(sheet.images) == 1 else ".pdf"
        return self._keep(order, ending, lambda path: save_sheets(path, [sheet]))

    def page(self, order: DocumentOrder, number: int) -> Path:
        """One page of that order as a .jpg, from 1."""
        path = self.folder / f"{order.key}-{number}.jpg"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            sheet = scanned(order)
            for n, image in enumerate(sheet.images, 1):
                name = f"{order.key}-{n}"
                self._write(name, ".jpg", lambda beside, i=image: _save_page(beside, i, sheet))  # type: ignore[misc]
        return path

    def _write(self, name: str, ending: str, write: Callable[[Path], object]) -> Path:
        """Written beside and moved into place, so that two who make the same never see half of it."""
        path = self.folder / f"{name}{ending}"
        beside = self.folder / f".{name}.{os.getpid()}{ending}"
        write(beside)
        beside.replace(path)
        return path

    def _keep(self, order: DocumentOrder, ending: str, write: Callable[[Path], object]) -> Path:
        return self._write(order.key, ending, write)

    def put_into(self, order: DocumentOrder, folder: Path, name: str) -> Path:
        """A copy of the file of that order, under a name that says what it should be."""
        kept = self.get(order)
        path = folder / f"{name}{kept.suffix}"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(kept, path)
        return path


def _save_page(path: Path, image: Pil.Image, sheet: Sheet) -> None:
    image.save(path, "JPEG", quality=sheet.quality, dpi=(sheet.dpi, sheet.dpi))


def scanned(order: DocumentOrder) -> Sheet:
    """The scan of that order."""
    sheet = _with_picture(order) if order.pasted else _made(order, order.seal)
    dpi, images = sheet.dpi, list(sheet.images)
    if order.spoiled:
        how, which = order.spoiled
        done = [spoil(image, how, dpi) if which in {0, n} else (image, dpi) for n, image in enumerate(images, 1)]
        images, dpi = [image for image, _ in done], done[0][1]
    images = [image.rotate(180) if n in order.turned else image for n, image in enumerate(images, 1)]
    if order.pages:
        images = [images[n - 1] if n else _blank_like(images[0], dpi) for n in order.pages]
    return dataclasses.replace(sheet, images=tuple(images), dpi=dpi)


def _made(order: DocumentOrder, seal: Seal) -> Sheet:
    return make_document(
        order.material,
        dict(order.overrides),
        world=drawn_world(order.world),
        seal=seal,
        degrade=order.degrade,
        rotate=order.rotate,
        seed=order.take,
    )


def _with_picture(order: DocumentOrder) -> Sheet:
    """The scan with no hand's stamp but with a picture of the seal laid over it, where the stamp would have been."""
    bare = _made(order, seal=False)
    pages = [np.array(image) for image in bare.images]
    for seal in _made(order, order.seal).document.seals:
        stamp = draw_seal(seal.owner, diameter=seal.diameter, rng=np.random.default_rng(_ONE_PICTURE))
        stamp.press(pages[seal.page - 1], seal.center)
    return dataclasses.replace(bare, images=tuple(Pil.fromarray(page) for page in pages))


_ONE_PICTURE = 11
"""Seed of the picture that is pasted: always the same impression of an owner's seal."""


def _blank_like(image: Pil.Image, dpi: int) -> Pil.Image:
    return spoil(image, "blank", dpi)[0]


def _digital(order: DocumentOrder) -> bytes:
    world = drawn_world(order.world)
    return make_digital(order.material, dict(order.overrides), world=world, seal=order.seal, seed=order.take)[0]


@functools.cache
def sound_pages(world: int, material: str) -> tuple[tuple[str, ...], ...]:
    """The lines of each page of the sound document."""
    import pdfplumber

    with pdfplumber.open(io.BytesIO(_digital(DocumentOrder(world, material, side="digital")))) as pdf:
        return tuple(tuple((page.extract_text() or "").splitlines()) for page in pdf.pages)
