"""`yidang teach`: the recogniser learns from what clerks named; any earlier version can be switched back to."""

import click

from portal.cli import EXIT_NO, setup_django


@click.command()
@click.option("--list", "listed", is_flag=True, help="Every model that was in use, the newest first.")
@click.option(
    "--use", "wanted", default="", help="Use an earlier model again: the beginning of its digest, or shipped."
)
def teach(listed: bool, wanted: str) -> int:  # noqa: FBT001
    """Teach with every document that a clerk named. A model that does worse on any held-out document is not used.

    Exit code 1 when the new model is not put to use.
    """
    setup_django()
    from workers import UnknownModelError, digest_in_use, switch_to, switches
    from workers import teach as learn

    if listed:
        for one in switches():
            click.echo(f"{one.at}  {one.digest[:12]}  {one.why}")
        return 0
    if wanted:
        try:
            switch_to(wanted)
        except UnknownModelError as wrong:
            raise click.UsageError(str(wrong)) from None
        click.echo(f"已切换：{digest_in_use()[:12]}")
        return 0
    done = learn()
    forms, held = done.judged.forms, done.judged.held_out
    click.echo(
        f"已确认的材料 {done.confirmed} 份；清单样式认对 {forms[0]} → {forms[1]}，留出的认对 {held[0]} → {held[1]}"
    )
    click.echo(f"版本 {done.digest[:12]} {'已启用' if done.used else '未启用'}")
    return 0 if done.used else EXIT_NO
