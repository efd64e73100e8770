"""Findings about a catalogue that loads but should be looked at by whoever keeps it.

What would make a catalogue unusable is an error of loading (`CatalogueError`); `lint_folder` gives that as a finding
too. A finding that is right as it is can be explained in the data: ``lint_allow: ["code：reason"]`` at the entry or at
the item. An explanation that explains nothing any more is a finding itself.
"""

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path

from catalogue.book import Catalogue
from catalogue.errors import CatalogueError
from catalogue.findings import Finding
from catalogue.items import Item
from catalogue.lint_limits import limit_findings
from catalogue.lint_materials import material_findings
from catalogue.lint_order import order_findings
from catalogue.lint_questions import question_findings, unused_questions
from catalogue.loading import load_catalogue


def lint(catalogue: Catalogue) -> list[Finding]:
    """All findings in a catalogue, over the newest version of each item and its regional overrides."""
    findings = [*_unverified(catalogue), *unused_questions(catalogue)]
    for city in catalogue.items():
        for item in (city, *catalogue.regions(city.code, city.version)):
            found = [
                *order_findings(catalogue, item),
                *material_findings(catalogue, item),
                *question_findings(catalogue, item),
                *limit_findings(item),
            ]
            findings += (dataclasses.replace(one, region=item.region) for one in _explained(item, found))
    return findings


def lint_folder(folder: Path | None = None) -> list[Finding]:
    """All findings in a folder of catalogue files; one that does not load has the reason as its only finding."""
    try:
        return lint(load_catalogue(folder))
    except CatalogueError as error:
        # A number without its unit means nothing: the most common slip when a limit is copied from a table.
        unit = error.code == "wrong-shape" and error.field.startswith("limits.") and error.field.endswith(".unit")
        return [Finding("limit-unit" if unit else error.code, error.file, error.field, str(error))]


def _unverified(catalogue: Catalogue) -> Iterator[Finding]:
    """One finding with the count: every entry starts unverified, one line each would hide the rest."""
    open_items = [i.code for i in catalogue.items() if not i.verified]
    if open_items:
        message = (
            f"{len(open_items)} of {len(catalogue.items())} items are not confirmed by the city: "
            f"{', '.join(open_items)}. Have each list confirmed, then set verified: true with its source."
        )
        yield Finding("unverified", "", "verified", message, level="notice")


def _explained(item: Item, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings with the reasons that the data gives, and one more for each reason that no finding needs."""
    reasons = {("", code): reason for code, reason in _allowed(item.lint_allow)}
    for n, need in enumerate(item.materials):
        reasons |= {(f"materials[{n}]", code): reason for code, reason in _allowed(need.lint_allow)}
    used = set()
    for finding in findings:
        place = finding.field.partition(".")[0]
        key = next((k for k in ((place, finding.code), ("", finding.code)) if k in reasons), None)
        if key:
            used.add(key)
        yield dataclasses.replace(finding, explained=reasons[key]) if key else finding
    for (place, code), reason in reasons.items():
        if (place, code) not in used:
            message = f"{code!r} is explained ({reason}) but does not occur: drop the explanation."
            yield Finding("explanation-unused", item.code, f"{place}.lint_allow".lstrip("."), message)
        if not reason:
            message = f"{code!r} is allowed without a reason: write it as code：reason."
            yield Finding("explanation-missing", item.code, f"{place}.lint_allow".lstrip("."), message)


def _allowed(entries: Iterable[str]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        code, _, reason = entry.replace("：", ":").partition(":")
        yield code.strip(), reason.strip()
