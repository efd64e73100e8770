"""What the notices say, as data for their templates: every sentence with its law, its date and its remedy."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

import ingest
from archive import HeldMaterial
from archive.holdings import Ended
from catalogue import Item, spoken
from workers.offering import OnHand, on_hand, saved_by, saving

Kind = ingest.Notice.Kind
Words = dict[str, Any]

TOLD_AT_ONCE = "《中华人民共和国行政许可法》第三十二条第一款第四项"
ACCEPTED_BY = "《中华人民共和国行政许可法》第三十二条第一款第五项"
REMEDIES = (
    "如不服本决定，可以自收到本决定书之日起六十日内依法申请行政复议（《中华人民共和国行政复议法》第二十条），"
    "或者自收到之日起六个月内依法向人民法院提起行政诉讼（《中华人民共和国行政诉讼法》第四十六条）。"
)
DIGEST_SHOWN = 12
"""Digits of a digest on a receipt: enough to tell the files of one case apart, and they fit the column."""
GROUNDS: Mapping[str, tuple[str, str]] = {
    "not-needed": ("申请事项依法不需要取得行政许可", "《中华人民共和国行政许可法》第三十二条第一款第一项"),
    "not-ours": ("申请事项依法不属于本机关职权范围", "《中华人民共和国行政许可法》第三十二条第一款第二项"),
    "false-papers": ("申请人隐瞒有关情况或者提供虚假材料", "《中华人民共和国行政许可法》第七十八条"),
    "barred": ("申请人在法定的不得申请期间内", "《中华人民共和国行政许可法》第七十八条、第七十九条"),
}
"""Ground of a refusal → what it is and its law."""
AFTERWARDS: Mapping[str, str] = {
    "revert": "撤回受理，退回申请；已作出决定的，记入信用记录",
    "stop": "停止计时，材料补齐后恢复",
    "credit": "记入信用记录",
}


def words_of(case: ingest.Case, item: Item, kind: str, promise: ingest.Promise | None, *, today: dt.date) -> Words:
    """The content of a notice; its number and who issues it are added by the caller."""
    make = {
        Kind.RECEIPT: _receipt,
        Kind.ONE_TIME: _one_time,
        Kind.ACCEPTANCE: _acceptance,
        Kind.GAP: _gap,
        Kind.REFUSAL: _refusal,
    }
    common = {"标题": Kind(kind).label, "致": case.applicant_name, "日期": spoken(today), "办件": case.number}
    if promise is not None:
        own = _commitment(promise, item) if kind == Kind.COMMITMENT else _reminder(promise, item)
        return common | own
    return common | make[Kind(kind)](case, item)


def _about(case: ingest.Case, item: Item) -> str:
    works = f"（{case.works.name}）" if case.works else ""
    return f"你单位就“{case.project.name}”{works}（项目代码 {case.project.code}）提出的“{item.name}”申请"


def _receipt(case: ingest.Case, item: Item) -> Words:
    files = case.pile.filter(withdrawn_at=None).exclude(
        state__in=[ingest.Upload.State.REFUSED, ingest.Upload.State.CONFIDENTIAL, ingest.Upload.State.DUPLICATE]
    )
    rows = [
        [str(n), file.file_name, str(file.page_count or "—"), _moment(file.uploaded_at), file.sha256[:DIGEST_SHOWN]]
        for n, file in enumerate(files, 1)
    ]
    reused = case.uses.filter(withdrawn_at=None, held__isnull=False).select_related("held__package")
    rows += [
        [
            str(len(rows) + n),
            f"{use.held.name}（{use.get_how_display()}，无需提交）",
            "—",
            _moment(use.used_at),
            use.held.sha256[:DIGEST_SHOWN],
        ]
        for n, use in enumerate(reused, 1)
        if use.held
    ]
    return {
        "正文": [
            f"{_about(case, item)}，于 {_moment(case.opened_at)} 收件登记，办件编号 {case.number}，收到的文件如下："
        ],
        "表头": ["序号", "文件", "页数", "收到时间", f"摘要（SHA-256 前{DIGEST_SHOWN}位）"],
        "列宽": [2, 9, 2, 6, 6],
        "表": rows,
        "结语": ["本回执只证明收到上述文件，不表示申请已被受理；受理与否另行书面通知。"],
    }


def _one_time(case: ingest.Case, item: Item) -> Words:
    permit = item.kind == "行政许可"
    by_law = f"依据{TOLD_AT_ONCE}，" if permit else "按照一次性告知制度，"
    there = on_hand(case)
    after = [*_not_asked(case, there.free), "请一次补齐后向本窗口提交；对告知内容有异议的，可以向本窗口陈述、申辩。"]
    if permit:
        after.append("依据同一条款，逾期不告知的，自收到申请材料之日起即为受理。")
    return {
        "正文": [f"{_about(case, item)}，经核对，{by_law}现将需要补正的全部内容一次告知如下："],
        "表头": ["序号", "材料", "需要补正的内容", "办法", "依据"],
        "列宽": [2, 5, 9, 7, 6],
        "表": _open_rows(case, item, there),
        "结语": after,
    }


def _not_asked(case: ingest.Case, held: Sequence[HeldMaterial]) -> list[str]:
    """What the applicant need not bring, since it is held: said so that nobody brings it all the same."""
    spared, saved = saving(case, held), saved_by(case)
    said = []
    if held:
        names = "、".join(f"“{one.name}”" for one in held)
        said.append(f"下列材料已有且有效，不必再交：{names}，共 {spared.materials} 份 {spared.sheets} 张。")
    if saved.materials:
        said.append(f"已由共享取得、免予提交的材料 {saved.materials} 份 {saved.sheets} 张。")
    return said


def _open_rows(case: ingest.Case, item: Item, there: OnHand) -> list[list[str]]:
    """One line for everything that must be put right: what, where, how, and by which rule it is asked."""
    lines: list[list[str]] = []
    held, ended = {one.type for one in there.free}, {one.entry: one for one in there.ended}
    for row in (case.report or {"requirements": []})["requirements"]:
        if row["state"] in {"missing", "gap"} and row["material"] in held:
            continue  # it is not asked of the applicant: `_not_asked` says so
        entry = item.requirement(row["material"])
        basis = entry.basis if entry and entry.basis else "本事项申请材料清单"
        lines += [[row["name"], what, how, basis] for what, how in _faults(row, ended.get(row["material"]))]
    return [[str(n), *line] for n, line in enumerate(lines, 1)]


def _faults(row: Mapping[str, Any], ended: Ended | None) -> list[tuple[str, str]]:
    absent, bring = (f"未提交；{ended.message}", ended.remedy) if ended else ("未提交", "请补交")
    if row["state"] == "missing":
        return [(absent, bring)]
    if row["state"] == "gap":
        return [(absent, f"{bring}；也可以先作出书面承诺，在期限内补交")]
    found = []
    for defect in row["defects"]:
        if defect["serious"] or defect.get("asks"):
            said = defect.get("applicant") or defect["message"]
            place = f"第{defect['page']}页：" if defect["page"] and "页" not in said else ""
            found.append((f"{place}{said}", defect["remedy"]))
    return found


def _acceptance(case: ingest.Case, item: Item) -> Words:
    rows = (case.report or {"requirements": []})["requirements"]
    said = [f"{_about(case, item)}，材料齐全，符合法定形式，"]
    said[0] += f"依据{ACCEPTED_BY}，予以受理。" if item.kind == "行政许可" else "予以受理。"
    return {
        "正文": [*said, *_limit_words(case)],
        "表头": ["序号", "材料", "情况"],
        "列宽": [2, 12, 6],
        "表": [[str(n), row["name"], _standing(row)] for n, row in enumerate(rows, 1)],
    }


def _standing(row: Mapping[str, Any]) -> str:
    return str(ingest.STATE_NAMES[row["state"]])


def _limit_words(case: ingest.Case) -> list[str]:
    if case.due_on:
        return [f"承诺办结日期：{spoken(case.due_on)}。{'；'.join(case.due_why[:-1])}。"]
    return ["办结期限以法定期限为准，依法不计入期限的时间除外。"]


def _gap(case: ingest.Case, item: Item) -> Words:
    gaps = ingest.open_gaps(case)
    rows = [
        [str(n), gap.entry_name, gap.reason or "—", spoken(gap.due_on) if gap.due_on else "—",
         AFTERWARDS[gap.on_expiry]]
        for n, gap in enumerate(gaps, 1)
    ]  # fmt: skip
    return {
        "正文": [
            f"{_about(case, item)}，主要材料齐全，符合法定形式，下列材料暂缺，根据你单位的承诺先予容缺受理。",
            *_limit_words(case),
            "请在下列期限内补齐：",
        ],
        "表头": ["序号", "容缺材料", "原因", "补齐期限", "逾期的后果"],
        "列宽": [2, 7, 5, 6, 7],
        "表": rows,
        "结语": [
            "期限按工作日计算：" + "；".join(dict.fromkeys(gap.due_why for gap in gaps)) + "。",
            "容缺材料补齐之前，本办件不予归档。",
        ],
    }


def _refusal(case: ingest.Case, item: Item) -> Words:
    decision = case.decision or {}
    ground, law = GROUNDS[decision["ground"]]
    law = law if item.kind == "行政许可" else "、".join(item.basis)
    return {
        "正文": [
            f"{_about(case, item)}，经审查，{ground}。理由：{decision['reason']}。",
            f"依据{law}，本机关决定不予受理。",
        ],
        "结语": [REMEDIES],
    }


def _commitment(promise: ingest.Promise, item: Item) -> Words:
    if promise.entry == ingest.PLEDGE:
        return _pledge(promise, item)
    case = promise.case
    gap = promise.kind == ingest.Promise.Kind.GAP
    told = [
        f"事项：{item.name}；项目：{case.project.name}（{case.project.code}）。",
        f"依据：{'；'.join(item.basis)}。" if item.basis else "",
        f"本次未提交的材料：{promise.entry_name}。" + (f"原因：{promise.reason}。" if promise.reason else ""),
        f"期限：{promise.due_why}。",
        f"逾期或者未兑现的后果：{AFTERWARDS[promise.on_expiry]}"
        + ("。" if gap else "；承诺不实的，依法撤销决定，并记入信用记录。"),
    ]
    if promise.recheck_days:
        told.append(f"核查：作出决定之后 {promise.recheck_days} 个工作日内核查承诺的内容。")
    return {
        "标题": "容缺受理承诺书" if gap else "告知承诺书",
        "告知": [line for line in told if line],
        "承诺人": promise.promised_by,
        "承诺": [
            promise.text + "。",
            "所作承诺是真实的意思表示，已知晓上述告知的内容和后果。",
            "所提交的材料真实、合法、有效。",
        ],
    }


def _pledge(promise: ingest.Promise, item: Item) -> Words:
    """信用承诺 for the whole application: what is decided on it, and what follows if it is not true."""
    case = promise.case
    told = [
        f"事项：{item.name}；项目：{case.project.name}（{case.project.code}）。",
        f"依据：{'；'.join(item.basis)}。",
        "办理方式：符合已发布的全部规则的，由系统按规则即时作出决定；有一项不符合的，按一般程序办理。",
        "事后核查：作出决定后按比例抽查，承诺人应当配合并提供有关材料。",
        f"承诺不实的后果：依法撤销或者更正决定，{AFTERWARDS[promise.on_expiry]}。",
    ]
    return {"标题": "信用承诺书", "告知": told, "承诺人": promise.promised_by, "承诺": _pledged(promise.text)}


def _pledged(text: str) -> list[str]:
    """The pledge's clauses, one a point, then that it is the promiser's own will."""
    who, _, clauses = text.partition("：")
    points = [f"{clause}。" for clause in clauses.split("；")]
    return [f"{who}：{points[0]}", *points[1:], "所作承诺是真实的意思表示，已知晓上述告知的内容和后果。"]


def _reminder(promise: ingest.Promise, item: Item) -> Words:
    due = spoken(promise.due_on) if promise.due_on else ""
    return {
        "正文": [
            f"{_about(promise.case, item)}，你单位承诺补交“{promise.entry_name}”，期限为{due}，至今尚未收到。",
            f"请在期限内补交。逾期未补的：{AFTERWARDS[promise.on_expiry]}。",
        ],
        "结语": [f"期限说明：{promise.due_why}。"],
    }


def _moment(moment: dt.datetime) -> str:
    local = timezone.localtime(moment)
    return f"{spoken(local.date())} {local:%H:%M}"
