"""安全性, 4-1 to 4-7: viruses, what does not belong, carriers, and who did it over which channel."""

from collections.abc import Iterator

from archive.inspection.authenticity import rows_of
from archive.inspection.codes import CODES
from archive.inspection.evidence import Evidence
from archive.inspection.metadata_checks import summed
from archive.inspection.report import Outcome

ACTS_OF_PERSONS = frozenset({"case-opened", "case-accepted", "case-decided", "certificate-approved"})
"""Events that somebody answers for; a decision by rule names the rule in its details instead."""


def check_scanner(evidence: Evidence) -> Iterator[Outcome]:
    """4-1: there is a virus scanner, with the date of its signatures; else what a person entered, else nothing."""
    if evidence.virus.made:
        scanner = evidence.virus
        yield Outcome("检测环境", "合格", f"{scanner.program}，病毒库 {scanner.signatures}")
        return
    yield from _entered(evidence, "4-1") or [Outcome("检测环境", "未检测", evidence.virus.why)]


def check_viruses(evidence: Evidence) -> Iterator[Outcome]:
    """4-2: no file is infected. Without a scan nothing is said to be clean."""
    if not evidence.virus.made:
        entered = _entered(evidence, "4-2")
        yield from entered or [Outcome(evidence.manifest.package, "未检测", evidence.virus.why)]
        return
    if evidence.virus.why:
        yield Outcome(evidence.manifest.package, "未检测", evidence.virus.why)
        return
    faults = [Outcome(path, "不合格", f"感染 {name}") for path, name in sorted(evidence.virus.infected.items())]
    yield from summed(evidence.manifest.package, faults, f"{len(evidence.present())} 个文件未发现病毒")


def check_foreign(evidence: Evidence) -> Iterator[Outcome]:
    """4-3: nothing lies in the bag that the manifest does not name."""
    yield from summed(evidence.manifest.package, evidence.told_faults("4-3"), "没有清单以外的文件")


def check_speed(evidence: Evidence) -> Iterator[Outcome]:
    """4-4, by a person."""
    yield from _carrier(evidence, "4-4")


def check_looks(evidence: Evidence) -> Iterator[Outcome]:
    """4-5, by a person."""
    yield from _carrier(evidence, "4-5")


def check_disc(evidence: Evidence) -> Iterator[Outcome]:
    """4-6, by a person."""
    yield from _carrier(evidence, "4-6")


def check_operation(evidence: Evidence) -> Iterator[Outcome]:
    """4-7: acts have somebody who answers for them; the hand-over names both sides and a channel; the store is safe."""
    operation, about = evidence.operation, evidence.manifest.package
    faults = [Outcome(about, "不合格", fault) for fault in operation.faults]
    for row in rows_of(evidence.documents.get("办理过程")):
        details = row.get("details")
        by_rule = isinstance(details, dict) and "by_rule" in details
        if row.get("kind") in ACTS_OF_PERSONS and row.get("actor") is None and not by_rule:
            faults.append(Outcome("办理过程", "不合格", f"{row.get('kind')} 没有责任人"))
    handed = evidence.hand_over
    if handed is not None:
        told = (("移交方", handed.sender), ("接收方", handed.receiver), ("经办人", handed.operator))
        way = (("传输方式或载体", handed.channel or handed.carrier),)
        lacking = [name for name, value in (*told, *way) if not value]
        faults += [Outcome("交接清单", "不合格", f"没有{name}") for name in lacking]
    yield from summed(about, faults, operation.what)


def _entered(evidence: Evidence, number: str) -> list[Outcome]:
    return [
        Outcome(one.object, one.result, f"{one.by} {one.at.date().isoformat()}：{one.remark or CODES[number].name}")
        for one in evidence.manual
        if one.number == number
    ]


def _carrier(evidence: Evidence, number: str) -> list[Outcome]:
    if entered := _entered(evidence, number):
        return entered
    if evidence.carrier:
        return [Outcome(evidence.carrier, "未检测", "待人工检测后录入")]
    return [Outcome(evidence.manifest.package, "不适用", "在线保存或网络传输，没有离线载体")]
