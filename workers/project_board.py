"""What a project may show of itself: its certificates as they stand now, and the sheet for the board at the site."""

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone

import ingest
from catalogue import load_catalogue, spoken
from signing import Answer, Certificate, answer_of, current_version, render


def shown_project(project_code: str, owner_uscc: str) -> ingest.Project | None:
    """The project of this code, also of a former one, as long as it is this owner's."""
    for project in ingest.Project.objects.filter(owner_uscc=owner_uscc):
        if project_code in project.codes:
            return project
    return None


def certificates_of(project: ingest.Project, *, today: dt.date) -> Iterator[tuple[str, Answer]]:
    """The newest issued version of each of its certificates: name of its kind, and what the register says of it."""
    cases = ingest.Case.objects.filter(project=project).values("number")
    rows: dict[str, list[Certificate]] = {}
    for row in Certificate.objects.filter(case_number__in=cases).select_related("seal").order_by("pk"):
        rows.setdefault(row.number, []).append(row)
    for versions in rows.values():
        if newest := current_version(versions):
            yield load_catalogue().material_type(newest.type).name, answer_of(newest, today=today)


def print_board(project: ingest.Project, address: str) -> bytes:
    """The sheet with the project's code, A4, PDF/A."""
    now = timezone.now()
    data = {
        "项目名称": project.name,
        "项目代码": project.code,
        "建设单位": project.owner_name,
        "统一社会信用代码": project.owner_uscc,
        "查验地址": address,
        "日期": spoken(timezone.localdate(now)),
    }
    return render("project_board", data, created=now)
