"""`yidang bench sheets`: title blocks read, and planted changes found, on sheets that nothing was tuned on."""

import click


@click.command()
@click.option(
    "--read", default=40, show_default=True, type=click.IntRange(min=0), help="Scanned sheets to read a paper."
)
@click.option(
    "--compared", default=12, show_default=True, type=click.IntRange(min=0), help="Pairs of each kind of change."
)
def sheets(read: int, compared: int) -> None:
    """Values of title blocks read exactly, wrong and yet called sure; planted changes found, false places; seconds.

    Sheets of vectors are read from their text layer, fifteen times as many as of each scanned paper.
    """
    from django.conf import settings

    from bench import measure_sheets

    measure_sheets(read, compared, settings.MODELS_DIR)
