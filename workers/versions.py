"""With what the conclusions of a case were reached (element 35): versions of the software, the rules and the models."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

import ingest
from catalogue import Item
from workers.instant_models import RuleDecision
from workers.teaching import digest_in_use

SOFTWARE = ("yidang", "django", "paddleocr", "onnxruntime", "pypdfium2", "pyhanko", "endesive", "typst", "jcs")
"""What decides how a file is read, checked, set, sealed and written down."""


def versions(case: ingest.Case, item: Item) -> dict[str, Any]:
    """Software as installed here, the item's list, the rules it was decided by, and each engine that read its pages."""
    pages = ingest.Page.objects.filter(upload__in=ingest.uploads_filed_for(case), reading__isnull=False)
    judged = RuleDecision.objects.filter(case=case).select_related("release").last()
    return {
        "software": software(),
        "list": {"item": item.code, "version": item.version, "region": item.region, "source": item.source},
        "rules": {
            "set": judged.record["rule_set"]["name"],
            "release": judged.release.number if judged.release else "",
            "rule_set_sha256": judged.release.rule_set_sha256 if judged.release else "",
            "record_sha256": judged.sha256,
        }
        if judged
        else None,
        "engines": sorted({(page.reading or {}).get("engine", "") for page in pages} - {""}),
        "material_model": digest_in_use(),
    }


def software() -> dict[str, str]:
    """Name → version of the software as it is installed here."""
    return {name: found for name in SOFTWARE if (found := _version(name))}


def _version(name: str) -> str:
    """Its version; empty where it is not installed (an engine that is not used here)."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
