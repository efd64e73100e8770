"""Offline verifier of 一档 archives: judges an exported package and prints a report that an auditor signs.

    python offline_verifier.py PACKAGE --log-key log.pub --root root.pem
    python offline_verifier.py PACKAGE FOLLOW-UP … --log-key log.pub --root root.pem --witness witness.pub --json

It needs Python 3.11 or newer and the package `cryptography` (42 or newer): no network, no database, and nothing of the
system that made the archive. Take the log's key, the roots, the witnesses' keys and this program from elsewhere than
the package: whoever could forge a package could put his own beside it. Exit status: 0 valid, 1 invalid, 3 unknown.
"""

import argparse
import datetime as dt
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cryptography
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from archive.offline.chains import check_beside
from archive.offline.der import Damaged
from archive.offline.lines import CODES, Given, Line, Package
from archive.offline.notes import LOG, WITNESS, NoteKey, parse_key
from archive.offline.packages import judge_package

EXIT = {"valid": 0, "invalid": 1, "unknown": 3}
VERDICTS = {"valid": "有效", "invalid": "无效", "unknown": "无法判定"}
MARKS = {"ok": "通过", "failed": "不符", "unknown": "未定", "note": "说明"}
MOST_KEY = 1 << 20
NEVER_PROVED = (
    "材料所述是否属实：只证明入档以后未变 (that what the papers say is true: only that it did not change)",
    "给出的公钥、根证书、吊销清单和本程序是否真实：请另行核对 (that keys, roots and this program are the right ones)",
    "印章所盖页面之外有无隐藏的图形：只查结构 (that nothing drawn on the page misleads)",
)


def judge(folders: Sequence[Path], given: Given) -> tuple[list[Package], list[Line], str]:
    """The packages, the lines about how they hang together, and the verdict on all."""
    packages = [judge_package(folder, given) for folder in folders]
    beside = list(check_beside(packages))
    states = {line.state for line in [*beside, *(line for package in packages for line in package.lines)]}
    verdict = "invalid" if "failed" in states else "unknown" if "unknown" in states or "ok" not in states else "valid"
    return packages, beside, verdict


def not_proved(lines: Sequence[Line]) -> Iterator[str]:
    """What nobody may read into the verdict, as sentences."""
    good = {line.code for line in lines if line.state == "ok"}
    if "witness" not in good:
        yield "日志没有向别人出示另一种历史：没有足够的见证方签名 (that others were shown the same log)"
    if "head-time" not in good:
        yield "检查点在何时已经存在：没有可信的时间戳 (when the log's head existed)"
    if "growth" not in good:
        yield "日志从先前所见的检查点起只增不改：没有比较 (that the log only grew since a head seen before)"
    if "chain" not in good:
        yield "归档之后有无变更、撤销、更正 (what became of the certificate since)"
    yield from NEVER_PROVED


def as_json(folders: Sequence[Path], given: Given) -> tuple[dict[str, Any], str]:
    """The report as plain data, and the verdict."""
    packages, beside, verdict = judge(folders, given)
    lines = [(package.folder, line) for package in packages for line in package.lines]
    lines += [("", line) for line in beside]
    rows = [
        {
            "package": folder,
            "code": line.code,
            "da_t_70": CODES[line.code][0],
            "state": line.state,
            "object": line.object,
            "what": line.what,
        }
        for folder, line in lines
    ]
    told: dict[str, Any] = {
        "verdict": verdict,
        "judged_at": given.at.isoformat(),
        "program_sha256": _own_digest(),
        "log_key": given.log_key.name if given.log_key else "",
        "roots": [hashlib.sha256(root.public_bytes(Encoding.DER)).hexdigest() for root in given.roots],
        "witnesses": [key.name for key in given.witnesses],
        "packages": [
            {
                "folder": package.folder,
                "package": package.manifest.get("package", ""),
                "archive_number": package.manifest.get("archive_number", ""),
                "case": package.manifest.get("case", {}).get("number", ""),
                "manifest_sha256": package.sha256,
            }
            for package in packages
        ],
        "lines": rows,
        "not_proved": list(not_proved([line for _, line in lines])),
    }
    return told, verdict


def as_text(told: dict[str, Any]) -> str:
    """The report to be printed and signed."""
    out = ["一档档案离线验证报告 Offline verification of an archive package", ""]
    for package in told["packages"]:
        names = (package["package"], package["archive_number"], package["case"], package["folder"])
        out += [f"档案 package: {' · '.join(_line(str(name)) for name in names if name)}"]
        out += [f"清单 manifest SHA-256: {package['manifest_sha256'] or '—'}"]
    out += [f"验证时刻 judged at: {told['judged_at']}"]
    out += [f"程序 program SHA-256: {told['program_sha256']} (Python {sys.version.split()[0]}, {_library()})"]
    out += [f"日志公钥 log key: {told['log_key'] or '未给出 not given'}"]
    out += [f"根证书 root SHA-256: {root}" for root in told["roots"]] or ["根证书 root: 未给出 not given"]
    out += [f"见证方 witness: {name}" for name in told["witnesses"]]
    for folder in dict.fromkeys(row["package"] for row in told["lines"]):
        out += ["", f"== {_line(folder) or '各件之间 between the packages'}"]
        for row in told["lines"]:
            if row["package"] == folder:
                code = f"{row['code']} {row['da_t_70']}".strip()
                out.append(
                    f"[{MARKS[row['state']]} {row['state']}] {code} | {_line(row['object'])} | {_line(row['what'])}"
                )
    out += ["", f"结论 VERDICT: {VERDICTS[told['verdict']]} {told['verdict']}", "", "未证明 Not proved:"]
    out += [f"  - {one}" for one in told["not_proved"]]
    out += ["", "姓名 name: ____________________  日期 date: ______________  签名 signature: ____________________"]
    return "\n".join(out) + "\n"


def _line(text: str) -> str:
    """A text from the package on one line, with nothing in it that could steer a terminal."""
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in text)


def _library() -> str:
    return f"cryptography {cryptography.__version__}"


def _own_digest() -> str:
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def _given(options: argparse.Namespace) -> Given:
    """What was brought along. Raises Damaged, ValueError or OSError."""
    roots = tuple(root for path in options.root for root in x509.load_pem_x509_certificates(_bytes(path)))
    witnesses = tuple(_key(one, WITNESS) for one in options.witness)
    at = dt.datetime.fromisoformat(options.at) if options.at else dt.datetime.now(dt.UTC)
    if at.tzinfo is None:
        raise ValueError("--at 需要时区，如 2026-11-29T08:00:00+08:00 (give a time zone)")
    return Given(
        roots,
        tuple(_bytes(path) for path in options.crl),
        _key(options.log_key, LOG) if options.log_key else None,
        witnesses,
        len(witnesses) if options.witnesses_needed is None else options.witnesses_needed,
        _bytes(options.earlier) if options.earlier else b"",
        at,
    )


def _key(text: str, kind: int) -> NoteKey:
    """A key as it is written, or the name of the file that holds it."""
    return parse_key(text if text.count("+") > 1 and not Path(text).exists() else _bytes(text).decode(), kind)


def _bytes(path: str) -> bytes:
    with Path(path).open("rb") as file:
        return file.read(MOST_KEY)


def main(arguments: Sequence[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Judge an exported archive package offline.")
    parser.add_argument(
        "package", nargs="*", type=Path, help="folder of the package; then what follows it or lies inside"
    )
    parser.add_argument("--log-key", help="public key of the log (name+id+base64), or the file that holds it")
    parser.add_argument("--root", action="append", default=[], help="root certificate to trust (PEM); may be repeated")
    parser.add_argument("--crl", action="append", default=[], help="revocation list of today; may be repeated")
    parser.add_argument("--witness", action="append", default=[], help="public key of a witness; may be repeated")
    parser.add_argument("--witnesses-needed", type=int, help="how many of them must have signed; all by default")
    parser.add_argument("--earlier", help="a checkpoint of the same log that was kept before")
    parser.add_argument("--at", help="judge as at this time (ISO 8601 with a zone); now by default")
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")
    parser.add_argument("--explain", action="store_true", help="list the codes of the lines")
    options = parser.parse_args(arguments)
    if options.explain:
        sys.stdout.write("".join(f"{code}\t{given}\t{zh}\t{en}\n" for code, (given, zh, en) in CODES.items()))
        return 0
    if not options.package:
        parser.error("give the folder of a package")
    try:
        given = _given(options)
    except (Damaged, ValueError, OSError) as error:
        parser.error(f"what was given to judge by cannot be used: {error}")
    told, verdict = as_json(options.package, given)
    shown = json.dumps(told, ensure_ascii=False, indent=1) + "\n" if options.json else as_text(told)
    sys.stdout.buffer.write(shown.encode(errors="backslashreplace"))
    return EXIT[verdict]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
