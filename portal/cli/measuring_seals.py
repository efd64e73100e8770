"""`yidang bench seal`: seals a second, and the memory that a large file takes. `yidang bench digests` beside it."""

import json

import click


@click.command()
@click.option("--seals", default=20, show_default=True, help="Seals of each level by each contender.")
@click.option("--size", default=250, show_default=True, help="Megabytes of the large file; 0 leaves it out.")
@click.option("--json", "json_wanted", is_flag=True, help="One JSON object, for programs.")
def seal(seals: int, size: int, json_wanted: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Seals a second of one process, PKCS#12 and SoftHSM2, beside pyHanko alone and the bare key; memory by size."""
    from bench import measure_sizes, run_sealing, sealing_json, sealing_lines, size_lines

    result = run_sealing(seals, step=lambda what: click.echo(what, err=True))
    rows = measure_sizes(size) if size else ()
    if json_wanted:
        click.echo(sealing_json(result, rows))
        return
    for line in (*sealing_lines(result), *(size_lines(rows) if rows else ())):
        click.echo(line)


@click.command()
@click.option("--size", default=64, show_default=True, type=click.IntRange(min=1), help="Mebibytes to digest.")
@click.option("--json", "json_wanted", is_flag=True, help="One JSON object, for programs.")
def digests(size: int, json_wanted: bool) -> None:  # noqa: FBT001 - click passes flags so
    """SHA-256 alone, SM3 alone, and both in one pass as every file is digested; by processor time."""
    from bench import measure_digests

    found = measure_digests(size)
    if json_wanted:
        click.echo(json.dumps({one.what: round(one.mebi_a_second, 1) for one in found}))
        return
    for one in found:
        click.echo(f"{one.what:<14} {one.mebi_a_second:8,.0f} MiB/s {1000 / one.mebi_a_second:8.2f} ms/MiB")
