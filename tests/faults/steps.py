"""Steps of a case, each run in a process of the installation that is tested: `python -m tests.faults.steps STEP …`."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db.models import Count  # noqa: E402

from archive import Event, HeldMaterial, Package, check_log, check_manifest, object_key, parse_manifest  # noqa: E402
from ingest import Case, Material, Page, Upload  # noqa: E402
from samples import make_project_pile  # noqa: E402
from signing import Certificate, SealUse  # noqa: E402
from tests.workers.steps import account, hand_in, opened_case  # noqa: E402
from workers import Job, accept, approve, decide, prepare, promise, withdraw_upload, zone  # noqa: E402

FEW = ("授权委托书.jpg", "施工合同.tif", "规划许可.pdf")
"""A file of one page, one of three, and one with two documents: all that is read where only reading matters."""


def ready() -> str:
    """Prepare the installation; returns where its accounts are."""
    return str(prepare())


def few(folder: str) -> str:
    """Open a case and put a few files of a pile on the counter."""
    pile = make_project_pile(Path(folder), seed=1)
    case = opened_case(pile)
    hand_in(case, pile, "first", only=FEW)
    return case.number


def first(folder: str) -> str:
    """Prepare, open a case, and put the first batch of a pile on the counter."""
    prepare()
    pile = make_project_pile(Path(folder), seed=1)
    case = opened_case(pile)
    hand_in(case, pile, "first")
    return case.number


def second(folder: str) -> str:
    """What was asked for, instead of what was wrong."""
    pile = make_project_pile(Path(folder), seed=1)
    case = Case.objects.get()
    withdraw_upload(case.uploads.get(file_name="授权委托书.jpg"), by=account("clerk"))
    promise(case, "M-CNS", by=account("clerk"))
    hand_in(case, pile, "second")
    return case.number


def grant() -> str:
    """Accept and decide, at once: nobody waits here for the shortest time of handling."""
    settings.QUICK_DECISIONS = "flag"
    accept(Case.objects.get(), by=account("clerk"))
    return decide(Case.objects.get(), by=account("officer")).number


def sign() -> str:
    """The officer approves what was rendered."""
    certificate = Certificate.objects.get()
    approve(certificate, certificate.rendered_sha256, by=account("officer"))
    return certificate.number


def facts() -> dict[str, Any]:
    """What is there, counted; `faults` is what must never be."""
    case = Case.objects.get()
    counts = {
        "case": case.state,
        "report": case.report["verdict"] if case.report else None,
        "uploads": dict(Upload.objects.values_list("state").annotate(Count("pk"))),
        "pages": Page.objects.count(),
        "unread": Page.objects.filter(reading__isnull=True).count(),
        "certificates": [c.state for c in Certificate.objects.all()],
        "seal uses": SealUse.objects.filter(kind="certificate").exclude(after_sha256="").count(),
        "packages": [p.state for p in Package.objects.all()],
        "jobs": dict(Job.objects.values_list("state").annotate(Count("pk"))),
    }
    return counts | {"faults": faults(case)}


def faults(case: Case) -> list[str]:
    """Whatever was done twice, lost, or does not agree."""
    return faults_of_case(case) + faults_of_packages()


def faults_of_case(case: Case) -> list[str]:
    """The same of the log, the files and what is made of them."""
    found = [f"log: {fault}" for fault in check_log()]
    once = ("case-decided", "certificate-approved", "seal-applied", "certificate-valid", "package-stored")
    found += [f"{kind} twice" for kind in once if Event.objects.filter(kind=kind).count() > 1]
    for upload in Upload.objects.all():
        filed = Event.objects.filter(kind="documents-filed", details__upload=upload.number).count()
        if filed != (1 if upload.state == "filed" else 0):
            found.append(f"{upload} filed {filed} times")
        if upload.page_count and upload.state == "filed" and upload.pages.count() != upload.page_count:
            found.append(f"{upload} has not all its pages")
    same = Material.objects.values("upload", "pages").annotate(times=Count("pk")).filter(times__gt=1)
    found += [f"material twice: {row}" for row in same]
    uses = case.uses.filter(withdrawn_at=None).values("material").annotate(times=Count("pk")).filter(times__gt=1)
    found += [f"use twice: {row}" for row in uses]
    leaves = sorted(Event.objects.exclude(leaf_index=None).values_list("leaf_index", flat=True))
    if leaves != list(range(len(leaves))):
        found.append("the leaves of the log have gaps")
    return found


def faults_of_packages() -> list[str]:
    """The same of what is archived."""
    found = []
    for package in Package.objects.exclude(state="built"):
        vault = zone("archive")
        manifest = parse_manifest(vault.read(object_key(package.manifest_sha256)))
        found += [f"package: {r.code} {r.remark}" for r in check_manifest(manifest, vault) if not r.passed]
        held = HeldMaterial.objects.filter(package=package).values("type", "sha256").annotate(times=Count("pk"))
        found += [f"held twice: {row}" for row in held.filter(times__gt=1)]
    return found


if __name__ == "__main__":
    steps: dict[str, Callable[..., Any]] = {
        step.__name__: step for step in (ready, few, first, second, grant, sign, facts)
    }
    step = steps[sys.argv[1]]
    sys.stdout.write(json.dumps(step(*sys.argv[2:]), ensure_ascii=False, default=str) + "\n")
