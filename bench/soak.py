"""Whether a reader that reads page after page grows: varied pages in a cycle, its memory printed as it goes.

Run in a process of its own, since the memory of whoever asks would be counted too.
"""

import dataclasses
import itertools
import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.memory import peak_mb, resident_mb

STEP = 100
"""Pages from one look at the memory to the next."""

WARM_UP = 0.3
"""Part of the looks left out: until every kind of page was met, caches and the allocator's blocks still fill."""

ALLOWED_GROWTH_MB = 5.0
"""Growth by 1,000 pages that still counts as none: what the allocator's blocks sway by, measured over 2,000 pages."""


@dataclasses.dataclass(frozen=True, slots=True)
class SoakPage:
    """A page image, height x width x 3, blue green red, and the resolution it states."""

    image: NDArray[np.uint8]
    dpi: int


@dataclasses.dataclass(frozen=True, slots=True)
class Soaked:
    """Pages read, resident megabytes after each step of them, the highest ever, and CPU seconds a page."""

    pages: int
    step: int
    resident_mb: tuple[float, ...]
    peak_mb: float
    cpu: float

    @property
    def growth_mb(self) -> float:
        """Megabytes gained by 1,000 pages once warm: the slope of a straight line through the looks (Theil-Sen)."""
        looks = self.resident_mb[round(len(self.resident_mb) * WARM_UP) :]
        pairs = itertools.combinations(enumerate(looks), 2)
        slopes = [(later - earlier) / (j - i) for (i, earlier), (j, later) in pairs]
        return float(np.median(slopes)) / self.step * 1000 if slopes else 0.0

    @property
    def grows(self) -> bool:
        """Whether it gains more than `ALLOWED_GROWTH_MB`."""
        return self.growth_mb > ALLOWED_GROWTH_MB


def soak(weights_dir: Path, pages: int = 2000, step: int = STEP) -> Soaked:
    """Read so many pages in a row, print the memory after every step and the verdict at the end."""
    import cv2

    from ocr import load_engine, read_page

    engine = load_engine("paddle", "tiny", weights_dir)
    looks = []
    with tempfile.TemporaryDirectory(prefix="yidang-soak-") as folder:
        files = _made_elsewhere(Path(folder))
        started = time.process_time()
        for number, file in zip(range(1, pages + 1), itertools.cycle(files), strict=False):
            image: Any = cv2.imread(str(file))
            read_page(image, number=number, dpi=int(file.stem.split("-")[1]), engine=engine)
            if number % step == 0:
                looks.append(resident_mb())
                print(f"{number:6d} pages  {looks[-1]:7.1f} MB", flush=True)
    done = Soaked(pages, step, tuple(looks), peak_mb(), (time.process_time() - started) / pages)
    verdict = "grows" if done.grows else "does not grow"
    print(
        f"{done.growth_mb:+.1f} MB by 1,000 pages once warm: {verdict}; peak {done.peak_mb:.0f} MB, "
        f"{done.cpu:.2f} CPU s a page"
    )
    return done


def _made_elsewhere(folder: Path) -> list[Path]:
    """The pages as files, made by a process of its own, so that making them takes no memory here."""
    maker = multiprocessing.get_context("spawn").Process(target=write_pages, args=(folder,))
    maker.start()
    maker.join()
    return sorted(folder.iterdir())


def write_pages(folder: Path) -> None:
    """Write `soak_pages` as files named by number and resolution."""
    import cv2

    for number, page in enumerate(soak_pages()):
        cv2.imwrite(str(folder / f"{number:03d}-{page.dpi}.jpg"), page.image)


def soak_pages() -> Iterator[SoakPage]:
    """Pages of many sizes, resolutions and ways up: forms, parts of forms, turned, leaning, and an empty one."""
    from samples import TYPES, make_document

    for index, code in enumerate(TYPES[:10]):
        dpi = (150, 200, 100, 300)[index % 4]
        whole = _bgr(make_document(code, degrade="poor" if index % 2 else "office", dpi=dpi, seed=5).images[0])
        high, wide = whole.shape[:2]
        yield SoakPage(whole, dpi)
        for part in (2, 3, 4):  # parts are quick to read and of many shapes
            piece = whole[high // (part + 2) : high // (part + 2) + high // part, : wide - wide * index // 40]
            yield SoakPage(np.ascontiguousarray(np.rot90(piece, index % 4)), dpi)
    yield SoakPage(np.full((1169, 827, 3), 250, np.uint8), 100)


def _bgr(picture: Any) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.asarray(picture.convert("RGB"))[:, :, ::-1])
