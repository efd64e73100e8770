"""`yidang records`: the national records of packages, for those who ask for them."""

import json
from pathlib import Path

import click
from rich.console import Console

from portal.cli import EXIT_NO, setup_django

out = Console()


@click.group()
def records() -> None:
    """The national records of packages: PREMIS, and checking an encapsulation (DA/T 48)."""
    setup_django()


@records.command()
@click.argument("number")
def premis(number: str) -> None:
    """PREMIS 3 XML of a package as of now: NUMBER is 档号 or case number."""
    from django.db.models import Q

    from archive import Package
    from workers import preservation_record

    package = Package.objects.filter(Q(archive_number=number) | Q(case_number=number)).first()
    if package is None:
        raise click.UsageError(f"没有档号或办件编号为 {number} 的档案")
    click.echo(preservation_record(package).decode())


@records.command(name="check-eep")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--root", "roots", multiple=True, type=click.Path(exists=True, path_type=Path), help="A trusted root, PEM."
)
@click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
def check_encapsulation(folder: Path, roots: tuple[Path, ...], as_json: bool) -> int:  # noqa: FBT001
    """Hold the encapsulation of an exported package (FOLDER) against its files, its manifest and trusted roots."""
    from cryptography import x509

    from archive import MANIFEST_PATH, digest_stream, parse_manifest
    from archive.records import EEP_NAME, check_eep

    data = folder / "data"
    found = sorted(data.rglob(f"*_{EEP_NAME}"))
    if not found:
        raise click.UsageError(f"{folder} 中没有 {EEP_NAME}")
    files = {}
    for path in (p for p in data.rglob("*") if p.is_file()):
        with path.open("rb") as stream:
            digests = digest_stream(stream)
        files[path.relative_to(data).as_posix()] = (digests.sha256, digests.size)
    findings = check_eep(
        found[-1].read_bytes(),
        files=files,
        manifest=parse_manifest((data / MANIFEST_PATH).read_bytes()),
        roots=[x509.load_pem_x509_certificate(path.read_bytes()) for path in roots],
    )
    if as_json:
        rows = [{"code": one.code, "layer": one.layer, "part": one.part, "words": one.words} for one in findings]
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for one in findings:
            out.print(f"[red]{one.code}[/] 第 {one.layer} 层 {one.part}：{one.words}", highlight=False)
        out.print(f"{len(findings)} 处不符" if findings else "封装包与文件、清单一致，签名有效")
    return EXIT_NO if findings else 0
