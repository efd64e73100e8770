"""The things of the catalogue: items (事项), their material lists, and the material types they name.

Shapes follow `docs/glossary.md`; the field names of a list entry pair with those of the national exchange standard
and of the systems in use where one was found. Loaded by `catalogue.loading`, never built elsewhere.
"""

import datetime as dt
from typing import Literal

from pydantic import Field

from catalogue.questions import Condition, Entry, Question

SubjectKind = Literal["company", "project", "works", "person", "area"]
"""Whose a material is. It decides how far it can be reused: a licence serves all the company's cases, a land permit
all of the project's, a drawing review only the works (工程) it was made for."""

Stage = Literal["立项用地规划许可", "工程建设许可", "施工许可", "竣工验收"]
STAGES: tuple[Stage, ...] = ("立项用地规划许可", "工程建设许可", "施工许可", "竣工验收")
"""The four stages (四个阶段) in their order."""

Deficiency = Literal["none", "later", "commit"]
"""What happens when it is missing: never accepted without (none), may come later (容缺), may be promised (承诺)."""


OnExpiry = Literal["revert", "stop", "credit"]
"""What happens when a gap is not closed or a promise not kept in time: the acceptance is taken back (revert), the
clock of the case stops (stop), or a credit record is written (credit)."""

Mode = Literal["一般", "容缺受理", "告知承诺"]
"""Ways in which an item may be accepted (V3: SXGZCNZSPQK)."""


class Validity(Entry):
    """Until when a material holds: no end, until the date in a field, or so many months after the date in a field."""

    kind: Literal["none", "until", "months"] = "none"
    field: str = ""
    months: int = 0


class FieldSpec(Entry):
    """A field to read: its name (official term), whether the check needs it, and what shape it has."""

    name: str
    required: bool = False
    kind: Literal[
        "text", "company", "person", "uscc", "id-card", "project-code", "permit", "document-number", "land-title",
        "unit-number", "date", "amount", "area", "ratio", "percent", "phone"
    ] = "text"  # fmt: skip
    labels: tuple[str, ...] = ()
    """Words that stand before or above the value on the form; the name itself always counts."""


class MaterialType(Entry):
    """A kind of document: how it is recognised and what is read from it."""

    code: str
    name: str
    subject: SubjectKind
    titles: tuple[str, ...]
    """Titles as printed, most telling first; recognition compares them fuzzily."""
    cues: tuple[str, ...] = ()
    """Phrases that speak for this type though they are not its title."""
    against: tuple[str, ...] = ()
    """Phrases that speak against it: a form that merely quotes another's title."""
    fields: tuple[FieldSpec, ...] = ()
    number_field: str = ""
    """The field that tells one document of this type from another, such as a permit number."""
    applicant_field: str = ""
    """The field that must name the case's applicant."""
    project_field: str = ""
    """The field that must name the case's project."""
    works_field: str = ""
    """The field that must name the case's works (工程)."""
    seals: tuple[str, ...] = ()
    """Whose seal it must carry, as a role: 建设单位, 发证机关, 审图机构 …; empty when none is needed."""
    validity: Validity = Validity()


APPLICATION_ENDS = ("申请表", "申报表", "信息表", "备案登记表")
"""How the names of application forms end; the other materials prove what these state."""


def is_application(kind: MaterialType) -> bool:
    """Whether the type is a form that the applicant fills in to apply."""
    return kind.name.endswith(APPLICATION_ENDS)


def is_drawing_type(kind: MaterialType) -> bool:
    """Whether the type is a drawing or a set of drawings."""
    return kind.name.endswith(("图", "图纸", "图件文本", "施工图设计文件"))


def is_opinion_type(kind: MaterialType) -> bool:
    """Whether the type is what somebody other than applicant and office found: a report, an opinion, a letter."""
    return kind.name.endswith(("报告", "报告书", "报告书（表）", "意见", "意见书", "意见复函", "合格书"))


class Limit(Entry):
    """A time limit with its unit."""

    n: int = Field(gt=0)
    unit: Literal["工作日", "日", "小时", "分钟"]
    as_written: str = ""
    """The source's own words where they leave room for doubt, such as 50天."""


class Limits(Entry):
    """Statutory and promised limits, the shortest believable handling time, and whether it may be decided at once.

    `national` and `provincial` are the limits of the reform programmes above the city's own promise.
    """

    statutory: Limit | None = None
    national: Limit | None = None
    provincial: Limit | None = None
    promised: Limit | None = None
    min_handling: Limit | None = None
    instant_ok: bool = False
    check_percent: int = Field(default=10, ge=1, le=100)
    """Of what was decided by rule, how many of a hundred are drawn for checking afterwards (事后核查). Ten until the
    city sets its own: with a hundred filings a month some are looked at every week; nobody may set none."""
    check_days: int = Field(default=20, ge=1)
    """Working days from the draw within which such a check must be concluded: about a month, before construction."""


class Requirement(Entry):
    """One entry of a material list (申请材料)."""

    material: str
    """Code of the material type."""
    name: str
    form: Literal["original", "copy", "electronic"] = "copy"
    source_dept: str = ""
    share_from: tuple[str, ...] = ()
    """Where it can be had without asking the applicant: an output code of an earlier item, or a register's name."""
    deficiency: Deficiency = "none"
    deficiency_days: int = 0
    """Working days within which a gap must be closed or a promise kept."""
    demanded: bool = True
    """False when it is never asked of the applicant on paper (营业执照 comes from the register), only used if given."""
    basis: str = ""
    when: Condition = {}
    """The answers under which it applies; empty: always."""
    holder: SubjectKind | Literal[""] = ""
    """Whose it must be, where that is narrower than the subject of its type."""
    copies: int = Field(default=1, ge=0)
    """How many are handed in (0: it is only shown)."""
    on_expiry: OnExpiry = "stop"
    recheck_days: int = Field(default=0, ge=0)
    """Working days after the decision within which a promise is verified on the spot; 0: no such check."""
    lint_allow: tuple[str, ...] = ()
    """Findings of the linter that are right here, each as ``code：reason``."""


class Output(Entry):
    """What the item issues: the material type of the result and the template it is rendered with."""

    material: str
    template: str
    when: Condition = {}
    """The answers under which it is the result; empty: always. The first that nothing speaks against is issued."""
    number_rule: str = ""
    """Name of a rule in ``certificates.yaml``."""
    validity_months: int = Field(default=0, ge=0)
    """Months after the day of issue until which it holds; 0: no end."""
    validity_basis: str = ""
    """Who says so."""
    used_by: str = ""
    """Type of the result whose issue within that time is its use: from then on it holds without end."""
    start_months: int = Field(default=0, ge=0)
    """Months after the day of issue within which what it permits must begin; 0: no such limit."""
    start_basis: str = ""
    licence_type: str = ""
    """证照类型代码 of GB/T 36904 (21 characters: who defined the type, and a number of three digits); the three digits
    alone where the issuer defined it itself, as the ministry's number is not known here; empty where the result is not
    an e-certificate."""


class Item(Entry):
    """One item (事项) in one version."""

    code: str
    name: str
    version: int
    valid_from: dt.date
    stage: Stage
    kind: Literal["行政许可", "备案", "行政确认", "公共服务", "技术审查"]
    lead_dept: str
    basis: tuple[str, ...]
    limits: Limits
    prerequisites: tuple[str, ...] = ()
    """Items that must be decided before this one may be; ``S1-01|S1-02`` where any one of several will do."""
    situations: tuple[str, ...] = ()
    """Keys of the questions that decide which materials apply, in the order of asking."""
    questions: tuple[Question, ...] = ()
    """In a file: the item's own questions. Once loaded: all that `situations` names, in that order, after those that
    every item asks (`Option.refusal`)."""
    project_classes: tuple[str, ...] = ()
    """Keys of the project classes (八大类) that need it; empty: all of them."""
    when: Condition = {}
    """The answers to shared questions under which a project needs the item at all; empty: always."""
    modes: tuple[Mode, ...] = ("一般",)
    max_gaps: int = Field(default=0, ge=0)
    """How many entries may be open at acceptance; 0: the list sets no number beyond each entry's own policy."""
    base_code: str = ""
    """基本编码 (13 characters); empty where the city has not told it."""
    impl_code: str = ""
    """实施编码 (31 characters): the code of the office and 基本编码."""
    materials: tuple[Requirement, ...]
    withdrawn: tuple[str, ...] = ()
    """Materials that must not be asked for any more, with the reason (S1 item 七)."""
    outputs: tuple[Output, ...] = ()
    retention: Literal["Y", "D30", "D10"]
    """保管期限: permanent, thirty or ten years (DA/T 13-2022 codes)."""
    source: str
    source_date: dt.date
    verified: bool = Field(description="False until the pilot city has confirmed the entry.")
    region: str = ""
    """The county or zone (6 digits) whose override this is; empty: the city's list."""
    overrides: tuple[str, ...] = ()
    """The places where the region's list differs from the city's, such as ``limits.promised``."""
    lint_allow: tuple[str, ...] = ()
    """Findings of the linter that are right for the whole item, each as ``code：reason``."""

    def prerequisite_choices(self) -> tuple[tuple[str, ...], ...]:
        """The prerequisites, each as the items of which any one will do."""
        return tuple(tuple(choice.split("|")) for choice in self.prerequisites)

    def requirement(self, material: str) -> Requirement | None:
        """The list entry for a material type, if the list has one."""
        return next((r for r in self.materials if r.material == material), None)
