"""`python -m samples OUT`: write both piles of the demonstration, and say where they lie.

With `--scoring` the pages to score reading on instead; with `--pile S3-05` a pile for that item with planted defects
and its truth; with `--mixed` 40 pages of many papers in one file, in any order.
"""

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from catalogue import load_catalogue
from samples import (
    SampleError,
    ScoringPage,
    Shelf,
    draw_mixed,
    draw_pile,
    make_project_pile,
    make_second_case_pile,
    scoring_set,
    write_mixed,
)

_JPEG_QUALITY = 95
"""The page already went through its scanner's JPEG: this one must add nothing."""


def main() -> int:
    """Write under the folder that was named; 0 when done, 3 where the fonts for scoring are missing."""
    parser = argparse.ArgumentParser(prog="samples", description="Draw the sample scans of both cases.")
    parser.add_argument("out", type=Path, help="folder to write into, made when absent")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other skew, seals and noise")
    parser.add_argument("--scoring", action="store_true", help="the pages to score reading on instead, and truth.json")
    parser.add_argument("--pile", metavar="ITEM", help="a pile for that item with planted defects, and truth.json")
    parser.add_argument("--mixed", action="store_true", help="40 pages in any order in one file, and truth.json")
    options = parser.parse_args()
    if options.pile:
        return _write_pile(options.out, options.pile, options.seed)
    if options.mixed:
        return _write_mixed(options.out, options.seed)
    if options.scoring:
        return _write_scoring(options.out, options.seed)
    for folder, make in (("1号厂房", make_project_pile), ("2号厂房", make_second_case_pile)):
        pile = make(options.out / folder, seed=options.seed)
        sys.stdout.write(f"{pile.works}\n")
        for file in pile.files:
            sys.stdout.write(f"  {file.path}  {'、'.join(document.name for document in file.documents)}\n")
    return 0


def _write_pile(out: Path, item: str, seed: int) -> int:
    pile = draw_pile(load_catalogue().item(item), seed, out, Shelf(out / ".documents"))
    for defect in pile.planted:
        sys.stdout.write(f"  {defect.code}  {defect.material}\n")
    sys.stdout.write(f"{out / 'truth.json'}\n")
    return 0


def _write_mixed(out: Path, seed: int) -> int:
    pages = draw_mixed(seed, Shelf(out / ".documents"))
    write_mixed(pages, out / "mixed.pdf")
    told = [{**dataclasses.asdict(page), "picture": page.picture.name} for page in pages]
    (out / "truth.json").write_text(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    sys.stdout.write(f"{out / 'mixed.pdf'}  {len(pages)}\n")
    return 0


def _write_scoring(out: Path, seed: int) -> int:
    out.mkdir(parents=True, exist_ok=True)
    known: dict[str, Any] = {}
    try:
        for page in scoring_set(seed):
            name = f"{page.code}-{page.degrade}-{page.number}.jpg"
            Image.fromarray(page.image).save(out / name, "JPEG", quality=_JPEG_QUALITY, dpi=(page.dpi, page.dpi))
            known[name] = _plain(page)
            sys.stdout.write(f"  {out / name}  {page.document.name}\n")
    except SampleError as error:
        sys.stderr.write(f"{error.code}: {error}\n")
        return 3
    (out / "truth.json").write_text(json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    return 0


def _plain(page: ScoringPage) -> dict[str, Any]:
    return {
        "type": page.code,
        "degrade": page.degrade,
        "dpi": page.dpi,
        "page": page.number,
        "rotation": page.document.rotation,
        "fields": {name: dataclasses.asdict(value) for name, value in page.fields.items()},
        "boxes": {name: [[round(edge, 1) for edge in box] for box in boxes] for name, boxes in page.boxes.items()},
        "seals": [dataclasses.asdict(seal) for seal in page.seals],
    }


if __name__ == "__main__":
    sys.exit(main())
