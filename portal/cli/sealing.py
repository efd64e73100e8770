"""`yidang seal` and `yidang verify`."""

import dataclasses
import datetime as dt
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
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--seal", "label", required=True, help="Label of a registered seal, such as 行政审批专用章.")
@click.option(
    "--out", "-o", "target", required=True, type=click.Path(path_type=Path), help="Where the sealed file goes."
)
@click.option("--reason", default="签发", help="Why; shown by readers.")
def seal(file: Path, label: str, target: Path, reason: str) -> int:
    """Put a registered seal on a PDF at its （盖章）, with a timestamp, and check the result before it counts."""
    setup_django()
    from signing import Seal, draw_seal, seal_pdf, validate_pdf
    from workers import authority, prepare, seal_key, timestamps

    prepare()
    registered = Seal.objects.filter(label=label, state=Seal.State.ACTIVE).first()
    if registered is None:
        known = "、".join(Seal.objects.filter(state=Seal.State.ACTIVE).values_list("label", flat=True))
        raise click.UsageError(f"没有名为“{label}”的有效印章；现有：{known}")
    pdf = file.read_bytes()
    now = dt.datetime.now(dt.UTC)
    sealed = seal_pdf(
        pdf,
        seal_key(registered),
        tsa=timestamps(),
        image=draw_seal(registered.owner, registered.owner_uscc[-13:]),
        approved_sha256=hashlib.sha256(pdf).hexdigest(),
        reason=reason,
        location=registered.owner,
        now=now,
    )
    found = validate_pdf(sealed, authority().roots, crls=authority().crls(now))
    if found.verdict != "valid":
        out.print(f"盖章后的文件未通过验证，未写出：{[r.text for r in found.reasons]}")
        return EXIT_NO
    target.write_bytes(sealed)
    out.print(f"已盖章并验证有效：{target}", highlight=False)
    return 0


@click.command()
@click.argument("target", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.option(
    "--root", "roots", multiple=True, type=click.Path(exists=True, path_type=Path), help="Trusted root (PEM)."
)
@click.option(
    "--crl", "crls", multiple=True, type=click.Path(exists=True, path_type=Path), help="Revocation list (DER)."
)
@click.option("--log-key", default="", help="Public key of the log, as printed by `yidang log key`.")
def verify(target: Path, as_json: bool, roots: tuple[Path, ...], crls: tuple[Path, ...], log_key: str) -> int:  # noqa: FBT001
    """Judge a sealed PDF or OFD, or an exported package with all in it. Works without network and without database."""
    setup_django()
    trusted, lists = _trust(roots, crls)
    result = _verify_package(target, trusted, log_key) if target.is_dir() else _verify_file(target, trusted, lists)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        _show(result)
    return 0 if result["verdict"] == "valid" else EXIT_NO


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

    from signing import Sm2Authority, Validation, edition_of, holds, read_certificates, validate_ofd, validate_pdf

    data = path.read_bytes()
    found: Validation
    if data.startswith(b"PK"):
        own = read_certificates(Sm2Authority(settings.KEYS_DIR).roots_folder)
        found = validate_ofd(path, [*roots, *own, *read_certificates(settings.SEAL_ROOTS_DIR)])
        return found.to_json(str(path), _registered(edition_of(path)) if holds(found) else None)
    found = validate_pdf(path, roots, crls=crls)
    return found.to_json(str(path), _registered(hashlib.sha256(data).hexdigest()))


def _registered(sha256: str) -> dict[str, Any] | None:
    """What the register says of these bytes; None where there is no register, or it does not know them."""
    from django.db import DatabaseError

    from signing import Certificate, issued_digest

    try:
        certificate = Certificate.objects.filter(sealed_sha256=issued_digest(sha256)).first()
    except DatabaseError:
        return None
    if certificate is None:
        return None
    return {
        "identifier": certificate.identifier,
        "number": certificate.number,
        "holder": certificate.holder_name,
        "state": certificate.state,
        "issued_on": certificate.issued_on.isoformat(),
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
        out.print(f"  登记：{certificate['number']}，{certificate['holder']}，{certificate['state']}", highlight=False)
    for reason in result.get("reasons", []):
        out.print(f"  [yellow]{reason['text'] if isinstance(reason, dict) else reason}[/]", highlight=False)
