"""New versions of a certificate: the same number, the next version in its identifier, a token and a file of its own."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Max

from catalogue import LicenceIdentifierError, make_licence_identifier, parse_licence_identifier, spoken
from signing.errors import ActRefused
from signing.life import NOT_YET_ISSUED, Act, Standing, check_end
from signing.models import Certificate, Seal
from signing.qr import new_token

HOLDER = "持证主体"
HOLDER_CODE = "统一社会信用代码"
END = "有效期至"
KEPT_LINES = frozenset(
    {"编号", "电子监管号", "证照标识", "证照名称", "发证机关", "发证日期", "会签单位", "查验地址", "开工期限", END}
)
"""Lines of the face that no change touches: they follow from the version, the seals and the day."""
LINE_MAX = 500
"""Characters of one line: the longest that the forms give room for."""


def standing_of(certificate: Certificate) -> Standing:
    """How the certificate stands, for the rules of `signing.life`."""
    return Standing(
        certificate.state,
        certificate.issued_on,
        certificate.valid_until,
        under_way=version_under_way(certificate) is not None,
        used_in_time=certificate.used_in_time,
    )


def version_under_way(certificate: Certificate) -> Certificate | None:
    """The new version that is being made of it; None where there is none."""
    return certificate.successors.filter(state__in=NOT_YET_ISSUED).first()


def versions_of(certificate: Certificate) -> list[Certificate]:
    """Every version of the certificate that was or may be issued, the first first."""
    rows = Certificate.objects.filter(number=certificate.number).select_related("seal")
    return list(rows.exclude(state=Certificate.State.DISCARDED).order_by("version"))


def current_version(certificates: Iterable[Certificate]) -> Certificate | None:
    """Of the versions of one certificate: the newest that was issued."""
    issued = [one for one in certificates if one.state not in {*NOT_YET_ISSUED, Certificate.State.DISCARDED}]
    return max(issued, key=lambda one: one.version, default=None)


def draft_version(  # noqa: PLR0913 - what a new version is made of
    before: Certificate,
    act: Act,
    seal: Seal,
    *,
    changes: Mapping[str, str],
    valid_until: dt.date | None,
    decided_on: dt.date,
    beside: Iterable[Seal] = (),
) -> tuple[Certificate, dict[str, list[str]]]:
    """Write the next version down, to be rendered, approved and sealed; also what is different, as [old, new] by line.

    A correction says what should have stood there from the first day and keeps it; the others bear the day of their
    decision. The caller holds the row of `before`.

    Raises:
        ActRefused: `unknown-line`, `line-kept`, `line-too-long`, `nothing-changed`, `changes-not-asked`, or of
            `check_end`.
    """
    until = check_end(act, standing_of(before), valid_until)
    facts = {**before.data, HOLDER: before.holder_name, HOLDER_CODE: before.holder_uscc}
    differing = _differences(act, facts, changes)
    after = facts | {line: new for line, (_, new) in differing.items()}
    if HOLDER in differing:  # lines that name the holder name the new one
        old, new = differing[HOLDER]
        named = [line for line in before.data if before.data[line] == old and line not in changes]
        after |= dict.fromkeys(named, new)
    if until != before.valid_until:
        differing[END] = [_shown(before.valid_until), _shown(until)]
    version = _next_version(before.number)
    identifier = _identifier(before, version)
    issued_on = before.issued_on if act is Act.CORRECT else decided_on
    others = [one.owner for one in beside]
    data = {line: value for line, value in after.items() if line in before.data}
    data |= {"编号": before.number, "证照标识": identifier, "发证机关": seal.owner, "发证日期": _shown(issued_on)}
    data |= {END: _shown(until)} if until else {}
    data |= {"会签单位": others} if others else {}
    made = Certificate.objects.create(
        identifier=identifier,
        number=before.number,
        version=version,
        supersedes=before,
        type=before.type,
        template=before.template,
        case_number=before.case_number,
        holder_name=after[HOLDER],
        holder_uscc=after[HOLDER_CODE],
        seal=seal,
        data=data,
        origins={line: origin for line, origin in before.origins.items() if line not in differing},
        verify_token=new_token(),
        issued_on=issued_on,
        valid_until=until,
        used_in_time=before.used_in_time,
    )
    return made, differing


def _differences(act: Act, facts: Mapping[str, Any], changes: Mapping[str, str]) -> dict[str, list[str]]:
    """What is really different; a line that the face does not have, or that follows from others, is refused."""
    if changes and act not in {Act.CHANGE, Act.CORRECT}:
        raise ActRefused("changes-not-asked", "只有变更和更正可以改动照面内容：请分别办理")
    for line, value in changes.items():
        if line in KEPT_LINES:
            raise ActRefused("line-kept", f"“{line}”由系统填写，不能改动")
        if not isinstance(facts.get(line), str):
            lines = "、".join(name for name, now in facts.items() if isinstance(now, str) and name not in KEPT_LINES)
            raise ActRefused("unknown-line", f"照面上没有“{line}”：可改动的有 {lines}")
        if len(value) > LINE_MAX:
            raise ActRefused("line-too-long", f"“{line}”超过 {LINE_MAX} 字")
    differing = {line: [facts[line], value.strip()] for line, value in changes.items() if value.strip() != facts[line]}
    if act in {Act.CHANGE, Act.CORRECT} and not differing:
        raise ActRefused("nothing-changed", "新旧内容相同：请填写要改动的内容；只换发请办理换发")
    return differing


def _next_version(number: str) -> int:
    """One above every version there was, also those never issued: a version is not used twice."""
    newest: int = Certificate.objects.filter(number=number).aggregate(newest=Max("version"))["newest"]
    return newest + 1


def _identifier(before: Certificate, version: int) -> str:
    """The identifier with its next version and check character; without one of GB/T 36904, the version behind it."""
    try:
        parts = parse_licence_identifier(before.identifier)
    except LicenceIdentifierError:
        return f"{before.number}-{version}"
    return make_licence_identifier(parts.licence_type, parts.issuer, parts.serial, version)


def _shown(day: dt.date | None) -> str:
    return spoken(day) if day else ""
