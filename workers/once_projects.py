"""Projects in which nothing was handed in twice, and the targets of 营口2022 for them.

Whatever may have come twice is found in SQL; only those few projects are read sheet by sheet. The target counts
开工前: the stages up to the construction permit, for three kinds of projects all of them, for the others one at least.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat

import ingest
from archive import HeldMaterial
from catalogue import STAGES, is_application, load_catalogue
from workers.ledger import ProjectLedger
from workers.ledger_reading import project_ledger

BEFORE_START = STAGES[:3]
"""开工前: what the target of 营口2022 is about."""
WHOLE_CHAIN = ("社会小型", "带方案出让", "既有改造")
"""The three kinds of projects of which the whole way must be submitted once; keys of the catalogue's classes."""
MOST_READ = 500
"""Projects that are read sheet by sheet for one page of figures; of more the page says so."""


@dataclasses.dataclass(frozen=True, slots=True)
class ProjectsOnce:
    """Projects with something handed in since a time: how many, with nothing twice, and how the targets stand.

    `chain` are those that reached the construction permit, `chain_once` those of them with nothing twice on the way;
    `strict` and `strict_once` the same for projects whose answers fit the three kinds. `repeated` are the accounts of
    those with something twice; `unread` how many were left out.
    """

    projects: int
    once: int
    one_stage: int
    chain: int
    chain_once: int
    strict: int
    strict_once: int
    repeated: tuple[ProjectLedger, ...]
    unread: int

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data; of a project with something twice only its code."""
        told = dataclasses.asdict(dataclasses.replace(self, repeated=()))
        return told | {"repeated": [ledger.code for ledger in self.repeated]}


def projects_once(since: dt.datetime) -> ProjectsOnce:
    """Judge the projects for which something was handed in since a time."""
    cases = ingest.Case.objects.filter(uploads__uploaded_at__gte=since, uploads__withdrawn_at=None)
    chosen = ingest.Project.objects.filter(pk__in=cases.values("project"))
    projects = dict(chosen.values_list("pk", "code"))
    stages, strict = _stages_and_kinds(chosen)
    doubtful = sorted(_doubtful(chosen))
    read = {pk: project_ledger(projects[pk]) for pk in doubtful[:MOST_READ]}
    repeated = {pk: ledger for pk, ledger in read.items() if not ledger.once}
    chain = {pk for pk, reached in stages.items() if BEFORE_START[-1] in reached}
    failed = {pk for pk, ledger in repeated.items() if any(case.stage in BEFORE_START for case, _ in ledger.repeated)}
    without = {pk for pk, ledger in repeated.items() if not ledger.stages_once}
    unknown = set(doubtful[MOST_READ:])
    return ProjectsOnce(
        projects=len(projects),
        once=len(projects) - len(repeated) - len(unknown),
        one_stage=len(projects) - len(without) - len(unknown),
        chain=len(chain),
        chain_once=len(chain - failed - unknown),
        strict=len(chain & strict),
        strict_once=len((chain & strict) - failed - unknown),
        repeated=tuple(repeated.values()),
        unread=len(unknown),
    )


def _stages_and_kinds(projects: QuerySet[ingest.Project]) -> tuple[Mapping[int, set[str]], set[int]]:
    """The stages that each project reached, and which of them fit one of the three kinds by what was answered."""
    catalogue = load_catalogue()
    reached: dict[int, set[str]] = defaultdict(set)
    said: dict[int, set[tuple[str, str]]] = defaultdict(set)
    rows = ingest.Case.objects.filter(project__in=projects.values("pk")).values_list(
        "project", "item_code", "item_version", "answers"
    )
    for project, code, version, answers in rows.distinct():
        reached[project].add(catalogue.item(code, version).stage)
        said[project] |= set(answers.items())
    kinds = [set(catalogue.classes[key].answers.items()) for key in WHOLE_CHAIN]
    return reached, {project for project, answers in said.items() if any(kind <= answers for kind in kinds)}


def _doubtful(projects: QuerySet[ingest.Project]) -> set[int]:
    """Projects in which a type was handed in with two submissions for one subject, or lay in the archive before."""
    kinds = [kind for kind in load_catalogue().material_types() if not is_application(kind)]
    of_company = [kind.code for kind in kinds if kind.subject == "company"]
    of_works = [kind.code for kind in kinds if kind.subject == "works"]
    of_project = [kind.code for kind in kinds if kind.subject not in {"company", "works"}]
    uscc, works, project = "upload__case__applicant_uscc", "upload__case__works", "upload__case__project"
    mine = ingest.Material.objects.filter(withdrawn_at=None, upload__withdrawn_at=None)
    here = mine.filter(upload__case__project__in=projects.values("pk"))
    found: set[int] = set()
    for types, whose in ((of_works, works), (of_project, project)):
        twice = here.filter(type__in=types).values(whose, "type", project).annotate(n=_submissions()).filter(n__gt=1)
        found |= {row[project] for row in twice.order_by()}
    companies = mine.filter(type__in=of_company).values(uscc, "type").annotate(n=_submissions()).filter(n__gt=1)
    codes = {row[uscc] for row in companies.order_by() if row[uscc]}
    found |= set(here.filter(**{f"{uscc}__in": codes, "type__in": of_company}).values_list(project, flat=True))
    return found | set(_held_before(here, of_company, of_works, of_project).values_list(project, flat=True))


def _submissions() -> Count:
    """How many submissions a group of documents came with: parallel cases count as one."""
    of_case = "upload__case"
    return Count(Coalesce(F(f"{of_case}__parallel__number"), F(f"{of_case}__number")), distinct=True)


def _held_before(here: Any, of_company: list[str], of_works: list[str], of_project: list[str]) -> Any:
    """Documents of which the archive held one of the same type and subject before they came."""
    case = "upload__case"
    works = Concat(f"{case}__project__code", Value("/"), f"{case}__works__name", output_field=CharField())
    rows = here.annotate(of_works=works)
    older = HeldMaterial.objects.filter(type=OuterRef("type"), held_since__lt=OuterRef("upload__uploaded_at"))
    older = older.exclude(package__case_number=OuterRef(f"{case}__number"))
    by_company = Exists(older.filter(subject_kind="company", subject=OuterRef(f"{case}__applicant_uscc")))
    by_project = Exists(older.filter(subject_kind="project", subject=OuterRef(f"{case}__project__code")))
    of_area = [kind.code for kind in load_catalogue().material_types() if kind.subject == "area"]
    by_area = Exists(older.filter(subject_kind="area"))  # which area it is about stands on the paper itself
    by_works = Exists(older.filter(subject_kind="works", subject=OuterRef("of_works")))
    return rows.filter(
        Q(by_company, type__in=of_company)
        | Q(by_project, type__in=of_project)
        | Q(by_works, type__in=of_works)
        | Q(by_area, type__in=of_area)
    )
