"""`yidang serve`: portal and workers together, embedded. `yidang prepare`: what production does before they start."""

import signal
import time

import click
from rich.console import Console

from portal.cli import EXIT_FAILED, EXIT_NO, setup_django

out = Console()


@click.command()
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", default=8000, help="Port to listen on.")
@click.option("--concurrency", default=2, help="Worker processes.")
def serve(host: str, port: int, concurrency: int) -> int:
    """Start portal and workers, and keep them until interrupted."""
    setup_django()
    from django.conf import settings

    from portal.processes import running, web_command, worker_command
    from workers import prepare

    accounts = prepare()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    commands = worker_command(settings.DATA_DIR, concurrency=concurrency), web_command(host, port)
    with running(*commands, log=settings.DATA_DIR / "serve.log") as processes:
        out.print(
            f"门户：http://{host}:{port}   账号：{accounts}   日志：{settings.DATA_DIR / 'serve.log'}", highlight=False
        )
        out.print("按 Ctrl-C 停止")
        try:
            while all(process.poll() is None for process in processes):
                time.sleep(0.5)
        except KeyboardInterrupt:
            return 0
    out.print(f"一个进程已意外结束，详见 {settings.DATA_DIR / 'serve.log'}")
    return EXIT_FAILED


@click.command()
def prepare() -> int:
    """Make tables, keys, seals and accounts where missing, then try to break the archive's lock.

    Exit code 1 when the lock can be broken, or is only a promise of this software where production is asked for.
    """
    setup_django()
    from django.conf import settings
    from django.utils import timezone

    from archive import probe_store
    from workers import prepare as make
    from workers import zone

    accounts = make()
    stores = {name: zone(name) for name in settings.STORES}
    report = probe_store(stores["archive"], timezone.now())
    for attempt in report.tries:
        if not attempt.held:
            out.print(f"[red]失守[/] {attempt.name}：{attempt.what}", highlight=False)
    if not report.trusted or not (report.hardware_lock or settings.EMBEDDED):
        out.print(f"档案库 {report.store} 的锁不可信，不能启用", highlight=False)
        return EXIT_NO
    out.print(f"已就绪；档案库 {report.store} 守住 {len(report.tries)} 次尝试；账号：{accounts}", highlight=False)
    return 0
