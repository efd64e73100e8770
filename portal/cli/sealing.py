"""`yidang seal`."""

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
@click.option("--item", default="", help="What for, where the seal is granted by item: an item code.")
@click.option("--as", "user", default=None, help="Account that answers for it; asked for where the seal has grants.")
def seal(file: Path, label: str, target: Path, reason: str, item: str, user: str | None) -> int:  # noqa: PLR0913, PLR0917
    """Put a registered seal on a PDF at its （盖章）, with a timestamp, and check the result before it counts."""
    setup_django()
    from portal.cli.casework import account
    from signing import Seal, SigningError
    from workers import prepare, seal_document

    prepare()
    registered = Seal.objects.filter(label=label).first()
    if registered is None:
        known = "、".join(Seal.objects.filter(state=Seal.State.ACTIVE).values_list("label", flat=True))
        raise click.UsageError(f"没有名为“{label}”的印章；现有：{known}")
    by = account(user, "") if user else None
    try:
        sealed, found = seal_document(file.read_bytes(), registered, name=file.name, reason=reason, item=item, by=by)
    except SigningError as refused:
        out.print(f"{refused} [{refused.code}]", highlight=False, markup=False)
        return EXIT_NO
    if found.verdict != "valid":
        out.print(f"盖章后的文件未通过验证，未写出：{[r.text for r in found.reasons]}")
        return EXIT_NO
    target.write_bytes(sealed)
    out.print(f"已盖章并验证有效：{target}", highlight=False)
    return 0
