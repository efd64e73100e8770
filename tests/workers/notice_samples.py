"""One notice of every kind, as a case with everything in it gives them: their words, by kind."""

from typing import Any

from ingest import Notice
from tests.portal import factories
from tests.workers.casework import opened, reported
from workers import accept, notify, promise, refuse, request_notice

LONG = {
    "code": "seal-missing",
    "message": "缺少江澜市建筑设计研究院有限公司印章",
    "applicant": "《施工图设计文件审查合格书》第1页未见江澜市建筑设计研究院有限公司的印章",
    "remedy": "请退回加盖公章后重新提交；1#号楼 *粗* @引用",
    "page": 1,
    "box": None,
    "serious": True,
}


def every_notice() -> dict[str, Notice]:
    """Kind → notice, words fixed, not sealed yet."""
    case = opened(OUT_ZB={"state": "missing"})
    upload = factories.upload(case, "申请表.jpg")
    document = factories.material(upload, "OUT-ST")
    files = [{"file": upload.file_name, "pages": [1], "why": "", "ref": f"material:{document.pk}"}]
    wrong: dict[str, Any] = {"state": "defective", "files": files, "defects": [LONG, LONG | {"code": "page-blurred"}]}
    reported(case, "incomplete", OUT_ZB={"state": "missing"}, OUT_ST=wrong, M_SQWT={"state": "gap"})
    made = [notify(case, by=case.opened_by)]
    reported(case, "gap", M_SQWT={"state": "gap"})
    given = promise(case, "M-SQWT", by=case.opened_by, reason="公章外借")
    made.append(given.notices.get())
    reported(case, "complete", M_SQWT={"state": "promised"})
    accept(case, by=case.opened_by)
    made += case.notices.filter(kind__in=["receipt", "gap"])
    made.append(request_notice(case, Notice.Kind.REMINDER, by=None, promise=given))
    plain = reported(factories.case(case.opened_by))
    accept(plain, by=case.opened_by)
    made += plain.notices.filter(kind="acceptance")
    away = factories.case(case.opened_by)
    made.append(refuse(away, "not-ours", reason="属于水利部门职权，请向市水利局申请", by=case.opened_by))
    return {notice.kind: notice for notice in made}
