"""`yidang log`: what an auditor asks for."""

import json

import click

from portal.cli import EXIT_NO, setup_django


@click.group()
def log() -> None:
    """The event log: its key, its signed head, proofs, and whether database and log agree."""
    setup_django()
    from workers import prepare

    prepare()


@log.command()
def key() -> None:
    """The public key that verifiers need."""
    from workers import log_public_key

    click.echo(log_public_key())


@log.command()
def checkpoint() -> int:
    """The newest signed head."""
    from archive import HEAD, LogHead

    head = LogHead.objects.filter(pk=HEAD).first()
    click.echo(head.checkpoint if head else "日志还没有条目", nl=False)
    return 0 if head else EXIT_NO


@log.command()
@click.argument("event")
def prove(event: str) -> int:
    """The proof that an EVENT (its number) is in the log, as JSON."""
    from archive import Event, prove_event
    from workers import zone

    found = Event.objects.filter(number=event).first()
    if found is None or found.leaf_index is None:
        click.echo("日志中没有这个事件")
        return EXIT_NO
    try:
        proof, note = prove_event(found, zone("archive"))
    except ValueError:
        click.echo("该事件所在的日志尚未发布，请稍候再试")
        return EXIT_NO
    click.echo(json.dumps({"proof": json.loads(proof.to_bytes()), "checkpoint": note}, ensure_ascii=False))
    return 0


@log.command()
def verify() -> int:
    """Hold database, published log and signed heads against each other; exit code 1 where something differs."""
    from archive import check_log
    from workers import reconcile_log

    run = reconcile_log(seconds=float("inf"), from_start=True)
    faults = [*check_log(), *(f"{fault['place']} {fault['where']}: {fault['what']}" for fault in run.faults)]
    for fault in faults:
        click.echo(fault)
    click.echo(f"{len(faults)} 处不符" if faults else f"数据库与日志一致（{run.size} 条已发布）")
    return EXIT_NO if faults else 0


@log.command()
def stamp() -> int:
    """Have the newest published head timestamped now (RFC 3161); it is done every day."""
    from signing import TimestampUnavailable
    from workers import stamp_head

    try:
        done = stamp_head()
    except TimestampUnavailable as reason:
        click.echo(str(reason))
        return EXIT_NO
    click.echo("已加盖时间戳" if done else "最新的签名头已有时间戳，或日志尚未发布")
    return 0


@log.command()
def witnesses() -> int:
    """Ask the witnesses of the settings what they saw; exit code 1 where one saw another log than ours."""
    from django.utils import timezone

    from workers import collect_cosignatures, silent_witnesses

    said = collect_cosignatures()
    for name, what in said.items():
        click.echo(f"{name}  {what}")
    if silent := silent_witnesses(timezone.now()):
        click.echo("一天以上未见证：" + "、".join(silent))
    if not said:
        click.echo("没有登记见证方：请把其公钥和地址写入 YIDANG_WITNESSES 所指的文件")
    return EXIT_NO if any("日志分叉" in what for what in said.values()) else 0
