"""`yidang seal`."""

import datetime as dt
import hashlib
from pathlib import Path

import click
from rich.console import Console

from portal.cli import EXIT_NO, setup_django

out = Console()


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
