"""销毁清册: the certificate of destruction as canonical JSON and as the words of its printed form; kept for ever.

It is the tombstone that outlives the database: for each package its 档号, title, manifest digest, who approved, and
the digests of what was destroyed and of what stayed because another package needs it. No document's content is in it.
"""

from typing import Any

from django.utils import timezone

from archive.canonical import canonical_json
from archive.retention.models import DisposalLine, DisposalList, DisposalObject
from catalogue import RETENTION_YEARS

SCHEMA_VERSION = 1
CERTIFICATE_TYPE = "application/json"
NAMES = {"Y": "永久", **{code: f"{years}年" for code, years in RETENTION_YEARS.items() if years}}


def certificate_bytes(drawn: DisposalList) -> bytes:
    """The certificate of a list that was carried out; the same list gives the same bytes."""
    return canonical_json(
        {
            "schema_version": SCHEMA_VERSION,
            "kind": "certificate-of-destruction",
            "number": drawn.number,
            "drawn_at": drawn.drawn_at,
            "approvals": [
                {"role": "archivist", "person": drawn.archivist_id, "at": drawn.archivist_at},
                {"role": "supervisor", "person": drawn.supervisor_id, "at": drawn.supervisor_at},
            ],
            "not_before": drawn.not_before,
            "begun_at": drawn.begun_at,
            "destroyed_at": drawn.destroyed_at,
            "packages": [_package(line) for line in _lines(drawn, DisposalLine.Outcome.DESTROYED)],
            "not_destroyed": [
                {"package": line.period.package.number, "why": line.outcome_why}
                for line in _lines(drawn, DisposalLine.Outcome.REFUSED, DisposalLine.Outcome.STOPPED)
            ],
        }
    )


def certificate_words(drawn: DisposalList, issuer: str) -> dict[str, Any]:
    """What the printed form says (template `notice`)."""
    lines = list(_lines(drawn, DisposalLine.Outcome.DESTROYED))
    objects = sum(line.goes.filter(state=DisposalObject.State.DESTROYED).count() for line in lines)
    refused = _lines(drawn, DisposalLine.Outcome.REFUSED, DisposalLine.Outcome.STOPPED)
    rows = [
        [
            line.period.package.archive_number,
            line.period.package.title,
            f"{NAMES[line.period.code]}，{line.due_on}到期",
            line.reason,
            line.period.package.manifest_sha256[:16],
        ]
        for line in lines
    ]
    assert drawn.archivist_at  # noqa: S101 - nothing is destroyed without both
    assert drawn.supervisor_at  # noqa: S101
    return {
        "标题": "档案销毁清册",
        "编号": drawn.number,
        "致": "存档",
        "正文": [
            f"下列档案保管期限届满，经鉴定无继续保存价值，共{len(lines)}件、{objects}个文件对象，已销毁全部存储中的所有版本。",
            f"档案部门批准：{_person(drawn.archivist)}（{_moment(drawn.archivist_at)}）。",
            f"监察批准：{_person(drawn.supervisor)}（{_moment(drawn.supervisor_at)}）。",
            f"销毁完成时间：{_moment(drawn.destroyed_at)}。",
        ],
        "表头": ["档号", "题名", "保管期限", "鉴定意见", "清单摘要"],
        "列宽": [3, 4, 2, 3, 2],
        "表": rows,
        "结语": [
            *(f"未销毁：{line.period.package.archive_number}，{line.outcome_why}" for line in refused),
            "本清册永久保存；完整内容见同编号的数据文件，其摘要已记入存证日志。",
        ],
        "落款": issuer,
        "日期": f"{drawn.destroyed_at:%Y-%m-%d}",
    }


def _lines(drawn: DisposalList, *outcomes: DisposalLine.Outcome) -> Any:
    return drawn.lines.filter(outcome__in=outcomes).select_related("period__package")


def _package(line: DisposalLine) -> dict[str, Any]:
    package, period = line.period.package, line.period
    objects = {state: line.goes.filter(state=state).order_by("sha256") for state in DisposalObject.State}
    stayed = [row for state in ("kept", "locked") for row in objects[DisposalObject.State(state)]]
    return {
        "package": package.number,
        "archive_number": package.archive_number,
        "case": package.case_number,
        "title": package.title,
        "project": package.project_code,
        "item": period.item_code,
        "retention": period.code,
        "closed_on": period.closed_on,
        "due_on": line.due_on,
        "reason": line.reason,
        "manifest_sha256": package.manifest_sha256,
        "built_at": package.built_at,
        "element_count": package.element_count,
        "byte_count": package.byte_count,
        "destroyed": [
            {"sha256": row.sha256, "size": row.size, "versions": row.versions}
            for row in objects[DisposalObject.State.DESTROYED]
        ],
        "stayed": [{"sha256": row.sha256, "why": row.why} for row in stayed],
    }


def _person(person: Any) -> str:
    return str(person.get_full_name() or person.get_username())


def _moment(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
