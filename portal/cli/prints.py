"""`yidang prints`: fingerprints of documents that came before there were any, or after the secret changed."""

import click

from portal.cli import setup_django

AT_ONCE = 500


@click.command()
@click.option("--anew", is_flag=True, help="All of them again, after the secret of the installation changed.")
def prints(*, anew: bool) -> None:
    """Make the fingerprints that are missing, so that what comes again is held against all that is here."""
    setup_django()
    from workers import make_prints

    for made in make_prints(anew=anew, at_once=AT_ONCE):
        click.echo(f"已生成指纹 {made}")
