"""项目代码 and 曾用项目代码: a project is found under each."""

from ingest.models import Project


def project_of(code: str) -> Project | None:
    """The project that has this code now, or else the one that had it before."""
    if found := Project.objects.filter(code=code).first():
        return found
    # quoted as it stands in the list, so that SQLite can look for it as well
    had = Project.objects.filter(former_codes__icontains=f'"{code}"') if code else ()
    return next((project for project in had if code in project.former_codes), None)


def codes_of(code: str) -> tuple[str, ...]:
    """Every code of the project that has or had this one; none for a code that no project had."""
    project = project_of(code)
    return project.codes if project else ()
