"""What the archive holds of a project or a company; without a database the list is made all the same."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from catalogue import Held, Item
from portal.cli import setup_django

if TYPE_CHECKING:
    from archive import HeldMaterial


@dataclasses.dataclass(frozen=True, slots=True)
class Whose:
    """The project as the database knows it, and what the archive holds; `note` says what could not be found out.

    `sheets`: for an item, the pages of each type that is held.
    """

    name: str
    region: str
    held: Callable[[Item], Held]
    sheets: Callable[[Item], Mapping[str, int]] = lambda _: {}
    note: str = ""


def held_of(project_code: str, uscc: str, day: dt.date) -> Whose:
    """Look a project and a company up; nothing asked for, nothing found."""
    if not project_code and not uscc:
        return Whose("", "", _nothing)
    setup_django()
    from django.db import Error

    from ingest import project_of

    try:
        project = project_of(project_code) if project_code else None
        subjects = {
            "project": project.code if project else project_code,
            "company": uscc or (project.owner_uscc if project else ""),
        }
        _held(subjects, day)
    except Error as failure:
        return Whose("", "", _nothing, note=f"未连接数据库，未查询档案已有的材料（{type(failure).__name__}）")
    note = "" if project or not project_code else f"没有登记过项目 {project_code}，只按代码查询档案"
    return Whose(
        project.name if project else "",
        project.region if project else "",
        lambda item: _held(subjects, day, item),
        lambda item: {one.type: max(1, len(one.pages)) for one in _offered(subjects, day, item)},
        note,
    )


def _nothing(_: Item) -> Held:
    return {}


def _held(subjects: dict[str, str], day: dt.date, item: Item | None = None) -> Held:
    """Type to 档号 of what the archive offers for an item; without one only whether the archive can be asked."""
    from archive import HeldMaterial

    if item is None:
        HeldMaterial.objects.exists()
        return {}
    return {held.type: f"档号 {held.package.archive_number}" for held in _offered(subjects, day, item)}


def _offered(subjects: dict[str, str], day: dt.date, item: Item) -> "list[HeldMaterial]":
    from archive import project_codes
    from archive.holdings import Subjects, offers_for

    code = subjects["project"]
    whose = Subjects(subjects["company"], code, former=project_codes(code))
    return [offer.held for offer in offers_for(item, whose, day) if not offer.consent]
