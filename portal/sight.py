"""What somebody may see: cases, packages and certificates, for every page and every call of the interface.

A department sees the cases of its items, and those beside them in a parallel case while they are open; an officer
without a department, and the windows, every open case. What is closed is seen by the department it belongs to, by the
window that opened or accepted it, by archivists and supervisors. One guard stands before all addresses: what is not
there and what is not theirs are the same 404, so that nobody learns from an answer what others hold.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase

from archive import Event, Package
from archive.sharing import of_category, viewer_of, visible_held, visible_packages
from ingest import Case, MaterialUse, ParallelCase, Project, project_of
from portal.roles import Role, roles_of
from signing import Certificate
from workers import AfterCheck

CLOSED = (Case.State.ARCHIVED, Case.State.REFUSED)
"""Nothing more happens to such a case; it is archived material."""
OUT = (
    Certificate.State.VALID,
    Certificate.State.SUSPENDED,
    Certificate.State.SUPERSEDED,
    Certificate.State.REVOKED,
    Certificate.State.CANCELLED,
)
"""Issued once, whatever became of it: what the category of its type speaks of. A draft is its department's own."""
READERS_OF_ALL = frozenset({Role.ARCHIVIST, Role.SUPERVISOR})
NOBODYS = Q(pk__in=())
EVERYBODYS = ~Q(pk=None)

Seen = Callable[[Any], Q]


def cases_seen(user: Any) -> Q:
    """The cases that a user may open, for a query over `Case`."""
    roles = roles_of(user)
    if roles & READERS_OF_ALL:
        return EVERYBODYS
    seen = NOBODYS
    if Role.CLERK in roles:
        seen |= ~Q(state__in=CLOSED) | Q(opened_by=user) | Q(number__in=_accepted_by(user))
    if Role.OFFICER in roles:
        department = viewer_of(user).department
        seen |= _of_department(user) if department else ~Q(state__in=CLOSED)
    return seen


def cases_handled(user: Any) -> Q:
    """The cases that an officer decides: those of the department's items; without a department all that are open."""
    viewer = viewer_of(user)
    return Q(item_code__in=viewer.items) if viewer.department else cases_seen(user)


def handles(user: Any, case: Case) -> bool:
    """Whether the user is an officer who decides this case."""
    return Role.OFFICER in roles_of(user) and Case.objects.filter(cases_handled(user), pk=case.pk).exists()


def packages_seen(user: Any) -> Q:
    """The packages that a user may open, for a query over `Package`."""
    numbers = Case.objects.filter(cases_seen(user)).values("number")
    return visible_packages(user) | Q(case_number__in=numbers)


def held_seen(user: Any, *, case_number: str = "") -> Q:
    """The held materials of which a user may know, for a case where one is named, for a query over `HeldMaterial`."""
    return visible_held(user, case_number=case_number) | Q(package__in=Package.objects.filter(packages_seen(user)))


def certificates_seen(user: Any) -> Q:
    """The certificates of the cases that a user sees, and issued ones that are shared with everybody."""
    own = Q(case_number__in=Case.objects.filter(cases_seen(user)).values("number"))
    if not roles_of(user) & {Role.OFFICER, Role.CLERK}:
        return own
    return own | (of_category("open", of_item=_certificates_of) & Q(state__in=OUT))


def certificates_handled(user: Any) -> Q:
    """The certificates on which an officer may act."""
    return Q(case_number__in=Case.objects.filter(cases_handled(user)).values("number"))


def projects_seen(user: Any) -> Q:
    """Projects whose archive a user may look through: of a window, those of which it opened a case itself."""
    if roles_of(user) & READERS_OF_ALL:
        return EVERYBODYS
    own = Q(opened_by=user) | Q(number__in=_accepted_by(user))
    return Q(cases__in=Case.objects.filter(own, cases_seen(user)))


def uses_seen(case: Case) -> QuerySet[MaterialUse]:
    """What a case has of the archive for whoever sees the case: what stands in it.

    Of a closed case that is also what it was accepted or decided on and something else replaced; what was taken back
    before, on its owner's word, it never rested on.
    """
    seen = Q(withdrawn_at=None)
    if case.state in CLOSED:
        seen |= Q(checked__has_any_keys=["acceptance", "decision"])
    return case.uses.filter(seen, held__isnull=False)


def _accepted_by(user: Any) -> Any:
    """Numbers of the cases that a window accepted: its own, whoever opened them."""
    return Event.objects.filter(kind="case-accepted", actor=user).values("case_number")


def checks_seen(user: Any) -> Q:
    """The after-checks of the cases that a user sees."""
    return Q(decision__case__in=Case.objects.filter(cases_seen(user)))


def _of_department(user: Any) -> Q:
    mine = Q(item_code__in=viewer_of(user).items)
    beside = ParallelCase.objects.filter(cases__in=Case.objects.filter(mine))
    return mine | (Q(parallel__in=beside) & ~Q(state__in=CLOSED))


def _certificates_of(item_code: str) -> Q:
    return Q(case_number__in=Case.objects.filter(item_code=item_code).values("number"))


def _projects_of_cases_seen(user: Any) -> Q:
    return Q(cases__in=Case.objects.filter(cases_seen(user)))


def _parallels_seen(user: Any) -> Q:
    return Q(cases__in=Case.objects.filter(cases_seen(user)))


GUARDED: tuple[tuple[str, str, str, type[Model], Seen, Seen], ...] = (
    ("case/<", "number", "number", Case, cases_seen, cases_handled),
    ("api/cases/<", "number", "number", Case, cases_seen, cases_handled),
    ("parallel/<", "number", "number", ParallelCase, _parallels_seen, _parallels_seen),
    ("api/parallel/<", "number", "number", ParallelCase, _parallels_seen, _parallels_seen),
    ("packages/<", "number", "number", Package, packages_seen, packages_seen),
    ("certificate/<", "certificate", "pk", Certificate, certificates_seen, certificates_handled),
    ("construction/<", "code", "code", Project, projects_seen, projects_seen),
    ("projects/<", "code", "code", Project, _projects_of_cases_seen, _projects_of_cases_seen),
    ("api/projects/<", "code", "code", Project, _projects_of_cases_seen, _projects_of_cases_seen),
    ("after-checks/<", "check", "pk", AfterCheck, checks_seen, checks_seen),
)
"""Addresses by how they begin; the name of what they ask for, and of its column; who may see it, who may act on it."""


class SightGuard:
    """Middleware: a page of something that the person may not see is not there, as one of something that never was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Everything is done before the view."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _: Any, kwargs: dict[str, Any]) -> None:
        """Look before the view does. Who is not signed in, or has not the role, is answered by the page's own door."""
        route = request.resolver_match.route if request.resolver_match else ""
        for begins, parameter, column, model, seen, handled in GUARDED:
            if not route.startswith(begins):
                continue
            needed, mine = set(getattr(view, "roles", Role)), roles_of(request.user)
            if not mine & needed or mine & READERS_OF_ALL:
                return
            acts = request.method == "POST" and needed == {Role.OFFICER}
            may = handled(request.user) if acts else seen(request.user)
            asked = kwargs[parameter]
            if model is Project and (project := project_of(asked)):
                asked = project.code  # an address with a former code leads to the same project
            rows: QuerySet[Any] = model._default_manager.filter(may, **{column: asked})  # noqa: SLF001 - Django's own way to ask
            if not rows.exists():
                raise Http404
            return
