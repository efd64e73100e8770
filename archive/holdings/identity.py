"""What tells one held material from another: whose it is, its number, and which of two replaces the other. All pure."""

import dataclasses
import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any, Final, Protocol

from django.utils.crypto import salted_hmac

from archive.models import HeldMaterial
from catalogue import CatalogueError, load_catalogue

JOINT_TYPES: Final = frozenset({"OUT-DC", "OUT-ST"})
"""联合成果: one survey (多测合一) and one review of drawings (联合审图) that serve all items (domain reference 2.6)."""
AREA_FIELD: Final = "区域评估单元编码"
"""The field of an area's result that says which area it is about."""
TOPIC_FIELD: Final = "评估事项"
"""The field that says what was evaluated: an area has one result for each."""
TOPIC_FILLING: Final = re.compile("区域|评估|评价|成果|报告|影响")
"""Words of what was evaluated that lists of items write or leave out as they please."""
RESULT_GROUP: Final = "结果文件"
"""Where a package keeps what its item issued."""
AUTHORITATIVE: Final = frozenset({HeldMaterial.Source.CERTIFICATE, HeldMaterial.Source.DEPARTMENT})
"""Where the register itself speaks; a copy that somebody handed in never replaces it."""


class Identified(Protocol):
    """What the rules look at of a held material."""

    type: str
    name: str
    subject_kind: str
    subject: str
    number: str
    version: str
    dated: dt.date | None
    valid_until: dt.date | None
    source: str
    sha256: str
    fields: Mapping[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Subjects:
    """Whose materials a case may be offered: its company, project (under all its codes), works, persons and areas.

    A company's papers must bear `company_name`, where that is said.
    """

    company: str = ""
    project: str = ""
    works: str = ""
    persons: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    company_name: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """The project's code and those it had before; a material stays under the code it was handed in with."""
        return tuple(dict.fromkeys(filter(None, (self.project, *self.former))))


def subjects_of(  # noqa: PLR0913 - one word for each kind of subject
    *,
    company: str = "",
    project: str = "",
    works: str = "",
    persons: tuple[str, ...] = (),
    areas: tuple[str, ...] = (),
    former: tuple[str, ...] = (),
    company_name: str = "",
) -> Subjects:
    """Name the subjects of a case.

    `company` is its 统一社会信用代码, which stays when the name changes; papers that bear an earlier name than
    `company_name` are not offered, where that is given. `project` is the code, `former` its earlier
    ones; `works` the name of the works; `persons` numbers of identity papers, kept as keys only; `areas` codes.
    """
    return Subjects(
        company, project, works, tuple(person_key(one) for one in persons if one), areas, former, company_name
    )


def person_key(identity_number: str) -> str:
    """What stands for a person in the index: keyed with the secret of the installation, so that nobody can guess it.

    After a change of that secret `archive rebuild` makes the keys anew; until then such materials are not offered.
    """
    return str(salted_hmac("archive.holdings.person", plain(identity_number), algorithm="sha256").hexdigest())


def plain(number: str) -> str:
    """A number as it is compared: full-width forms made plain, no spaces, one case."""
    return "".join(unicodedata.normalize("NFKC", number).split()).upper()


def subject_of_row(row: Mapping[str, Any]) -> str:
    """Whose a listed material is. A person's and an area's stand in its fields: lists of before name the project."""
    kind = row["subject_kind"]
    if kind == "area":
        return _value(row, AREA_FIELD)
    if kind != "person":
        return str(row["subject"])
    try:
        specs = load_catalogue().material_type(row["type"]).fields
    except CatalogueError:
        return ""
    said = next((_value(row, spec.name) for spec in specs if spec.kind == "id-card"), "")
    return person_key(said) if said else ""


def source_of(row: Mapping[str, Any], group: str) -> HeldMaterial.Source:
    """How a listed material came to be: issued here, an area's or a joint result, or handed in by an applicant."""
    if group == RESULT_GROUP:
        return HeldMaterial.Source.CERTIFICATE
    if row["subject_kind"] == "area":
        return HeldMaterial.Source.AREA
    return HeldMaterial.Source.JOINT if row["type"] in JOINT_TYPES else HeldMaterial.Source.APPLICANT


def topic_of(held: Identified) -> str:
    """What an area's result is about, in the words that tell it from the others (环境, 节能); else empty.

    One that was filed by hand bears its topic as its name.
    """
    if held.subject_kind != "area":
        return ""
    said = held.fields.get(TOPIC_FIELD)
    return TOPIC_FILLING.sub("", str(said["value"] if said else held.name).strip())


def number_of(row: Mapping[str, Any]) -> str:
    """The number of a listed material; an area's result that bears none is called by its topic."""
    said = (_value(row, TOPIC_FIELD) or row["name"]) if row["subject_kind"] == "area" else ""
    return str(row["number"]) or str(said)[:100]


def line_of(held: Identified) -> tuple[str, str, str, str] | None:
    """The line of documents in which one replaces another: of one type, subject and number; None where that is unsaid.

    An area's results all bear the number of the area, so that their line is their topic.
    """
    own = topic_of(held) if held.subject_kind == "area" else plain(held.number)
    return (held.type, held.subject_kind, held.subject, own) if held.subject and own else None


def same_line(one: Identified, other: Identified, subjects: Collection[str] = ()) -> bool:
    """Whether both are of one line; `subjects` are names of one subject, as a project is under each of its codes."""
    mine, its = line_of(one), line_of(other)
    if mine is None or its is None or not ({mine[2], its[2]} <= set(subjects) or mine[2] == its[2]):
        return False
    return (*mine[:2], mine[3]) == (*its[:2], its[3])


def replaces(new: Identified, old: Identified, subjects: Collection[str] = ()) -> bool:
    """Whether `new` replaces `old`: of the same line (`same_line`), it has the later version, day or end.

    Without a number both stand side by side: two forms of one kind are two documents. What is not told apart by its
    version is by the day it bears, and only where neither bears one by its end. Where none differs, neither replaces.
    """
    if new.sha256 == old.sha256 or not same_line(new, old, subjects):
        return False
    if old.source in AUTHORITATIVE and new.source not in AUTHORITATIVE:
        return False
    if new.version.isdigit() and old.version.isdigit() and int(new.version) != int(old.version):
        return int(new.version) > int(old.version)
    if new.dated and old.dated:
        return new.dated > old.dated
    if new.dated or old.dated or not (new.valid_until and old.valid_until):
        return False
    return new.valid_until > old.valid_until


def _value(row: Mapping[str, Any], field: str) -> str:
    value = row["fields"].get(field)
    return str(value["value"]).strip() if value else ""
