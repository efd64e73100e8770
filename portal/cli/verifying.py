"""`yidang verify`: a file, an exported package, a certificate by its code or name, an earlier judgement once more."""

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import click
from cryptography import x509
from rich.console import Console

from portal.cli import EXIT_NO, setup_django

out = Console()
MARKS = {"ok": "[green]✓[/]", "note": "·", "unknown": "[yellow]?[/]", "failed": "[red]✗[/]"}
VERDICTS = {"valid": "[green]有效[/]", "invalid": "[red]无效[/]", "unknown": "[yellow]无法判定[/]"}


@click.command()
@click.argument("target", required=False)
@click.option("--again", metavar="UPLOAD", help="An upload with seals: judge it once more by what was kept of then.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.option(
    "--root", "roots", multiple=True, type=click.Path(exists=True, path_type=Path), help="Trusted root (PEM)."
)
@click.option(
    "--crl", "crls", multiple=True, type=click.Path(exists=True, path_type=Path), help="Revocation list (DER)."
)
@click.option("--log-key", default="", help="Public key of the log, as printed by `yidang log key`.")
def verify(target: str | None, again: str | None, as_json: bool, **given: Any) -> int:  # noqa: FBT001
    """Judge TARGET: a sealed PDF or OFD, an exported package, or a certificate by its identifier, number or address.

    Files and packages need neither network nor database; where the register is there, what it says of a file counts.
    """
    setup_django()
    if bool(target) == bool(again):
        raise click.UsageError("请给出一个文件、文件夹、证照标识、编号或查验地址；或用 --again 给出上传编号")
    result = _judged_again(again) if again else _judged(str(target), given)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        _show(result)
    return 0 if result["verdict"] == "valid" and result.get("same", True) else EXIT_NO


def _judged(target: str, given: dict[str, Any]) -> dict[str, Any]:
    path = Path(target)
    if not path.exists():
        return _asked_of_register(target)
    trusted, lists = _trust(given["roots"], given["crls"])
    return _verify_package(path, trusted, given["log_key"]) if path.is_dir() else _verify_file(path, trusted, lists)


def _asked_of_register(name: str) -> dict[str, Any]:
    """What our register says of an address, an identifier or a number; nothing is fetched from anywhere."""
    from django.db import DatabaseError
    from django.utils import timezone

    from catalogue import check_licence_identifier
    from signing import UNKNOWN, Certificate, answer_of, answer_token, current_version, token_of
    from workers import register_reasons

    today, token = timezone.localdate(), token_of(name)
    try:
        rows = list(Certificate.objects.select_related("seal").filter(number=name))
        exact = Certificate.objects.select_related("seal").filter(identifier=name).first()
        found = exact or current_version(rows)
        answer = answer_token(token, today=today) if token else answer_of(found, today=today) if found else UNKNOWN
    except DatabaseError:
        raise click.UsageError("没有这个文件；要按标识查验，请在装有登记簿的机器上运行") from None
    if not token and not found and not check_licence_identifier(name).ok:
        raise click.UsageError(f"没有文件“{name}”，登记簿中也没有这个编号")
    return {
        "file": name,
        "verdict": answer.verdict,
        "seals": [],
        "certificate": _told(answer),
        "reasons": list(register_reasons(answer)),
    }


def _judged_again(number: str) -> dict[str, Any]:
    """The judgement that was kept with an upload, repeated by its own policy, moment, roots and revocation lists."""
    from ingest import Upload
    from signing import judge_again
    from workers import original_file

    upload = Upload.objects.filter(number=number).first()
    kept = ((upload.inspection or {}) if upload else {}).get("validation")
    if upload is None or not kept or "evidence" not in kept:
        raise click.UsageError(f"没有编号为 {number}、并留有验章依据的上传文件")
    with original_file(upload.sha256) as path:
        found = judge_again(path, kept).to_json(upload.file_name)
    same = found["verdict"] == kept["verdict"] and found["seals"] == kept["seals"]
    return found | {"then": {"at": kept["at"], "verdict": kept["verdict"], "policy": kept["policy"]}, "same": same}


def _trust(roots: tuple[Path, ...], crls: tuple[Path, ...]) -> tuple[tuple[x509.Certificate, ...], tuple[bytes, ...]]:
    """What is named on the command line, or else the roots of this installation."""
    from django.conf import settings

    keys: Path = settings.KEYS_DIR
    roots = roots or tuple(p for p in [keys / "root.pem"] if p.exists())
    crls = crls or tuple(sorted(keys.glob("*.crl")))
    return (
        tuple(x509.load_pem_x509_certificate(path.read_bytes()) for path in roots),
        tuple(path.read_bytes() for path in crls),
    )


def _verify_file(path: Path, roots: tuple[x509.Certificate, ...], crls: tuple[bytes, ...]) -> dict[str, Any]:
    from django.conf import settings

    from signing import (
        DEFAULT_POLICY,
        Sm2Authority,
        edition_of,
        holds,
        issued_policy,
        read_certificates,
        validate_ofd,
        validate_pdf,
    )

    with path.open("rb") as file:
        is_package = file.read(2) == b"PK"
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if is_package:
        own = read_certificates(Sm2Authority(settings.KEYS_DIR).roots_folder)
        found = validate_ofd(path, [*roots, *own, *read_certificates(settings.SEAL_ROOTS_DIR)])
        return _with_register(path, found, _registered(edition_of(path))[1] if holds(found) else None)
    seals, answer = _registered(sha256)
    policy = issued_policy(*seals, sha256=sha256) if seals else DEFAULT_POLICY
    found = validate_pdf(path, roots, crls=crls, policy=policy)
    return _with_register(path, found, answer)


def _with_register(path: Path, found: Any, answer: Any) -> dict[str, Any]:
    """The verdict on a file together with what became of the certificate that it is."""
    from signing import Reason, Validation
    from workers import register_reasons

    if answer is None:
        return dict(found.to_json(str(path)))
    said = [Reason.of(reason["code"]) for reason in register_reasons(answer)]
    return Validation.of([*said, *found.reasons], found.seals).to_json(str(path), _told(answer))


def _registered(sha256: str) -> tuple[list[str], Any]:
    """The seals that a file of this digest must carry, and what the register says; nothing where there is none."""
    from django.db import DatabaseError
    from django.utils import timezone

    from ingest import Notice
    from signing import answer_digest, issued_digest

    try:
        issued = issued_digest(sha256)
        answer = answer_digest(issued, today=timezone.localdate())
        notice = Notice.objects.filter(sha256=issued).first()
    except DatabaseError:
        return [], None
    row = answer.certificate or notice
    seals = [seal["fingerprint"] for seal in ((row.validation or {}) if row else {}).get("seals", ())]
    return seals, answer if answer.certificate else None


def _told(answer: Any) -> dict[str, Any] | None:
    """The certificate as the register has it."""
    row, newest = answer.certificate, answer.newest
    if row is None:
        return None
    return {
        "identifier": row.identifier,
        "number": row.number,
        "version": row.version,
        "holder": row.holder_name,
        "state": answer.state,
        "since": answer.since.isoformat() if answer.since else "",
        "act": answer.act,
        "issued_on": row.issued_on.isoformat(),
        "valid_until": row.valid_until.isoformat() if row.valid_until else "",
        "used_in_time": answer.outlived,
        "superseded_by": newest.identifier if newest else "",
    }


def _verify_package(folder: Path, roots: tuple[x509.Certificate, ...], log_key: str) -> dict[str, Any]:
    from django.conf import settings

    from archive import verify_package

    key_file: Path = settings.KEYS_DIR / "log.pub"
    trusted = log_key or (key_file.read_text().strip() if key_file.exists() else "")
    found = verify_package(folder, trusted_log_key=trusted.encode() if trusted else None, roots=roots)
    return {
        "file": str(folder),
        "verdict": found.verdict,
        "package": found.package,
        "seals": [],
        "certificate": None,
        "checks": [dataclasses.asdict(check) for check in found.checks],
        "reasons": [f"{check.object}：{check.what}" for check in found.checks if check.state not in ("ok", "note")],
    }


def _show(result: dict[str, Any]) -> None:
    out.print(f"{result['file']}：{VERDICTS[result['verdict']]}", highlight=False)
    for row in result.get("checks", []):
        out.print(f"  {MARKS[row['state']]} {row['code']} {row['object']} {row['what']}", highlight=False)
    for row in result.get("seals", []):
        said = (row["signer"], row["time"], row["level"], row.get("algorithm", ""))
        out.print(f"  印章 {row['field']}：{'，'.join(str(one) for one in said if one)}", highlight=False)
    if certificate := result.get("certificate"):
        facts = (certificate["number"], f"第{certificate['version']}版", certificate["holder"], certificate["state"])
        out.print(f"  登记：{'，'.join(facts)}", highlight=False)
        if certificate["superseded_by"]:
            out.print(f"  现行版本：{certificate['superseded_by']}", highlight=False)
    if then := result.get("then"):
        again = "与当时一致" if result["same"] else "[red]与当时不一致[/]"
        when = f"{then['at']}，规则 {then['policy']['name']}"
        out.print(f"  当时（{when}）：{VERDICTS[then['verdict']]}；{again}", highlight=False)
    for reason in result.get("reasons", []):
        out.print(f"  [yellow]{reason['text'] if isinstance(reason, dict) else reason}[/]", highlight=False)
