"""`yidang ofd`: the OFD edition of an issued certificate, sealed with SM2. Experimental: the PDF is the authority."""

from pathlib import Path

import click

from portal.cli import EXIT_NO, setup_django


@click.command()
@click.argument("number")
@click.option("--out", "-o", "target", required=True, type=click.Path(dir_okay=False, path_type=Path))
def ofd(number: str, target: Path) -> int:
    """Write the OFD edition of the certificate NUMBER to a file. An experimental export; the PDF counts."""
    setup_django()
    from signing import Certificate, SigningError
    from workers import NotPossibleError, ofd_edition, prepare, read_derivative

    prepare()
    certificate = Certificate.objects.filter(number=number).first()
    if certificate is None:
        raise click.UsageError(f"没有编号为 {number} 的证照：请核对证照编号")
    try:
        made = ofd_edition(certificate, by=None)
    except (NotPossibleError, SigningError) as reason:
        click.echo(f"未导出 [{reason.code}]：{reason}")
        return EXIT_NO
    target.write_bytes(read_derivative(made))
    click.echo(f"已导出 OFD 版（试验性导出，以 PDF 版证照为准）：{target}")
    return 0
