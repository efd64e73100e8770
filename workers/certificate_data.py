"""What stands on a certificate: for every line the value, where it comes from, and what keeps it from going out.

The data say where a line is found (`catalogue.certificate_form`); the first place that has a value wins. What the
officer enters on the rendered certificate holds over all of them, and what stood there before is kept beside it.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
from archive import append_event
from catalogue import FormLine, Output, Shown, applies, certificate_form, has_form
from ingest import FormValue, filled_form, held_fields, item_of
from signing import Certificate, approvals, is_seal_mark, unprintable
from workers.groundwork import NotPossibleError
from workers.jobs import enqueue

OFFICER = "officer"
"""Origin of a line that the officer entered; the others are those of a stage form's values."""
LONGEST = 4000
"""Characters of a line: three of our 附页. What is longer is an annex of its own."""


@dataclasses.dataclass(frozen=True, slots=True)
class CertificateLine:
    """A line of a certificate: its value as printed, its origin as JSON-ready data, and what is wrong with it."""

    name: str
    value: str
    origin: Mapping[str, Any]
    required: bool
    remedy: str = ""

    @property
    def fault(self) -> str:
        """What keeps the certificate from being approved, with what to do; empty if nothing does."""
        if self.required and not self.value:
            return self.remedy or "请录入该栏内容"
        if is_seal_mark(self.value):
            return "内容中含有“（盖章）”，会与盖章位置混淆：请改写"
        return ""

    @property
    def warning(self) -> str:
        """What the officer should look at though it keeps nothing back; empty if there is nothing."""
        said = []
        if others := self.origin.get("others"):
            said.append(f"材料之间不一致，另有：{'；'.join(others)}。请核对")
        if odd := unprintable(self.value):
            said.append(f"字库缺字或不可见字符，证照上印作 {'、'.join(odd)}：请核对")
        return "；".join(said)

    @property
    def origin_words(self) -> str:
        """Where the value comes from, in a few words."""
        origin = self.origin.get("origin", "")
        if origin == OFFICER:
            return f"{self.origin['by']}录入"
        if origin in {"typed", "carried"}:
            return f"{self.origin['by']}在表单填写或确认"
        if origin == "fact":
            return "收件登记"
        file, page = self.origin.get("file", ""), self.origin.get("page")
        return f"{file} 第{page}页" if page else file


def output_of(case: ingest.Case) -> Output | None:
    """What the item issues in this case and is rendered here, by the answers given; None where it renders nothing."""
    item = item_of(case)
    fitting = (output for output in item.outputs if applies(output.when, item.questions, case.answers))
    output = next(fitting, None)
    return output if output and output.template else None


def lines_of(case: ingest.Case, material: str) -> tuple[CertificateLine, ...]:
    """The lines of the certificate as the case fills them, in their order."""
    form = filled_form(case)
    places = _found(case, form)
    differing = {
        f"form.{line.field.name}": [one.value for one in line.others] for line in form if line.state == "differs"
    }
    return tuple(_line(spec, places, differing) for spec in certificate_form(material).lines)


def shown_lines(certificate: Certificate) -> tuple[CertificateLine, ...]:
    """The lines of a certificate as they stand, with their origins and faults; none where the data know no such form.

    What an issued certificate was allowed to leave open, its next version may leave open too.
    """
    if not has_form(certificate.type):
        return ()
    earlier = certificate.supersedes
    left_open = {name for name in earlier.data if not earlier.data[name]} if earlier else set()
    return tuple(
        CertificateLine(
            spec.name,
            str(certificate.data.get(spec.name, "")),
            certificate.origins.get(spec.name, {}),
            spec.required and spec.name not in left_open,
            spec.remedy,
        )
        for spec in certificate_form(certificate.type).lines
    )


def require_lines(certificate: Certificate) -> None:
    """No certificate is approved with a line that is empty and must not be, or that would mislead the seal.

    Raises:
        NotPossibleError: `lines-open`; the message names every line and what to do.
    """
    if faults := [f"{line.name}：{line.fault}" for line in shown_lines(certificate) if line.fault]:
        raise NotPossibleError("lines-open", "照面尚有未完成的栏目，请先补齐再签发。" + "；".join(faults))


def whole_by_itself(certificate: Certificate) -> bool:
    """Whether no line is open and none was entered by an officer: what a rule may approve without anybody looking."""
    return not any(line.fault or line.origin.get("origin") == OFFICER for line in shown_lines(certificate))


@transaction.atomic
def fill_line(certificate: Certificate, name: str, value: str, *, by: Any) -> Certificate:
    """The officer enters a line of a rendered certificate that nobody has approved yet; it is rendered again.

    The number stays. Who entered it, when, and what stood there before are kept with the certificate.

    Raises:
        NotPossibleError: `not-rendered`, `already-approved`, `unknown-line` or `line-too-long`.
    """
    certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if certificate.state != Certificate.State.RENDERED:
        raise NotPossibleError("not-rendered", "证照尚未生成，或已签发，照面不能再改")
    if any(one.given for one in approvals(certificate)):
        raise NotPossibleError("already-approved", "已有部门签发，照面不能再改")
    if name not in {line.name for line in certificate_form(certificate.type).lines}:
        raise NotPossibleError("unknown-line", f"证照没有“{name}”一栏")
    text = value.strip()
    if len(text) > LONGEST:
        raise NotPossibleError("line-too-long", f"“{name}”超过 {LONGEST} 字：请改为附件，在此写明附件名称")
    now = timezone.now()
    entered = {"value": text, "origin": OFFICER, "by": by.get_full_name() or by.get_username(), "at": now.isoformat()}
    before = {"value": certificate.data.get(name, ""), **certificate.origins.get(name, {})}
    certificate.data = {**certificate.data, name: text}
    certificate.origins = {**certificate.origins, name: entered | {"before": before}}
    certificate.state, certificate.rendered_sha256 = Certificate.State.DRAFT, ""
    certificate.save(update_fields=["data", "origins", "state", "rendered_sha256"])
    append_event(
        "certificate-line-set",
        case_number=certificate.case_number,
        actor=by,
        details={"number": certificate.number, "line": name},
        now=now,
    )
    enqueue("render", case=certificate.case_number, certificate=certificate.pk, asked=now.isoformat())
    return certificate


def _line(spec: FormLine, places: Mapping[str, FormValue], differing: Mapping[str, Sequence[str]]) -> CertificateLine:
    place = next((place for place in spec.places if place in places), None)
    if place is None:
        return CertificateLine(spec.name, "", {}, spec.required, spec.remedy)
    found = places[place]
    origin = found.to_json() | ({"others": list(differing[place])} if place in differing else {})
    return CertificateLine(spec.name, _SHOWN[spec.shown](found.value), origin, spec.required, spec.remedy)


def _found(case: ingest.Case, form: Sequence[ingest.FormLine]) -> dict[str, FormValue]:
    """Every place that has a value for the case: facts, fields of its materials, the stage form."""
    facts = {
        "project_name": case.project.name,
        "project_code": case.project.code,
        "works_name": case.works.name if case.works else "",
        "applicant_name": case.applicant_name,
        "applicant_uscc": case.applicant_uscc,
    }
    places = {f"fact.{name}": FormValue(value, "fact", case_number=case.number) for name, value in facts.items()}
    places |= {
        f"answer.{question}": FormValue(answer, "fact", case_number=case.number)
        for question, answer in case.answers.items()
    }
    places |= {f"form.{line.field.name}": line.chosen for line in form if line.chosen}
    uses = case.uses.filter(withdrawn_at=None).select_related("material__upload", "held__package").order_by("pk")
    for use in uses:
        places |= {f"{use.entry}.{value.source}": value for value in _read(use)}
    return {place: value for place, value in places.items() if value.value}


def _read(use: ingest.MaterialUse) -> list[FormValue]:
    """What was read from the document that stands for an entry; `source` is the name of the field."""
    if use.material:
        fields, file, ref = use.material.fields, use.material.upload.file_name, f"material:{use.material.pk}"
    elif use.held:
        fields, ref = held_fields([use.held])[use.held.pk], f"held:{use.held.pk}"
        file = f"{use.held.name}（{use.held.package.archive_number}）"
    else:
        return []
    return [
        FormValue(read["value"], "read", name, file, read.get("page"), score=read.get("score", 0.0), ref=ref)
        for name, read in fields.items()
    ]


def _in_ten_thousands(yuan: str) -> str:
    """An amount as a certificate prints it (万元); what is no number stays as it was found."""
    try:
        return f"{Decimal(yuan) / 10_000:,.2f}万元"
    except InvalidOperation:
        return yuan


def _in_square_metres(area: str) -> str:
    try:
        return f"{Decimal(area):f}平方米"
    except InvalidOperation:
        return area


_SHOWN: Mapping[Shown, Callable[[str], str]] = {
    "text": str,
    "ten-thousands": _in_ten_thousands,
    "square-metres": _in_square_metres,
}
