"""All codes of a project: one that was given another 项目代码 is still the same project for whatever is archived.

A package keeps the code of its manifest. Which codes are one project's is known to the room that receives, so it says
so (`know_projects`); until it does, a code is a project of its own.
"""

from collections.abc import Callable

Codes = tuple[str, ...]

_asked: list[Callable[[str], Codes]] = []


def know_projects(codes_of: Callable[[str], Codes]) -> None:
    """From now on `codes_of` tells every code of the project that has, or had, the given one."""
    _asked[:] = [codes_of]


def project_codes(code: str) -> Codes:
    """The code itself and every other that its project has or had."""
    known = _asked[0](code) if code and _asked else ()
    return tuple(dict.fromkeys((code, *known)))


def same_subjects(subject_kind: str, subject: str) -> Codes:
    """The subject of a material, and of a project or works the same one under its other codes."""
    if subject_kind not in ("project", "works"):
        return (subject,)
    code, slash, works = subject.partition("/")
    return tuple(f"{each}{slash}{works}" for each in project_codes(code))
