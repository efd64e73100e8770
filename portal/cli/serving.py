"""`yidang serve`: portal and workers together, embedded. `yidang prepare`: what production does before they start."""

import signal
import time
from pathlib import Path
from subprocess import Popen

import click
from rich.console import Console

from portal.cli import EXIT_FAILED, EXIT_NO, setup_django

out = Console()
WATCH_SECONDS = 0.5
# A process that ends again and again has a cause that starting it will not mend, such as a port that is taken.
MOST_RESTARTS = 5


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
    commands = [worker_command(settings.DATA_DIR, concurrency=concurrency), web_command(host, port)]
    log = settings.DATA_DIR / "serve.log"
    with running(*commands, log=log) as processes:
        out.print(f"门户：http://{host}:{port}   账号：{accounts}   日志：{log}", highlight=False)
        out.print("按 Ctrl-C 停止")
        try:
            _keep(processes, commands, log)
        except KeyboardInterrupt:
            return 0
    out.print(f"进程反复意外结束，详见 {log}")
    return EXIT_FAILED


def _keep(processes: list[Popen[bytes]], commands: list[list[str]], log: Path) -> None:
    """Start again what ended by itself: the queue of record loses nothing by it. Returns when that does not help."""
    from portal.processes import start

    left = MOST_RESTARTS
    while left:
        for place, process in enumerate(processes):
            if process.poll() is not None:
                left -= 1
                out.print(f"进程意外结束（{process.returncode}），已重新启动，详见 {log}", highlight=False)
                processes[place] = start(commands[place], log)
        time.sleep(WATCH_SECONDS)


@click.command()
def prepare() -> int:
    """Make tables, keys, seals and accounts where missing, then try to break the archive's lock.

    Exit code 1 when the lock can be broken, or is only a promise of this software where production is asked for.
    """
    setup_django()
    from django.conf import settings

    from workers import prepare as make
    from workers import probe_archive, zone

    accounts = make()
    stores = {name: zone(name) for name in settings.STORES}
    report = probe_archive()
    for one in report.tries:
        if not one["held"]:
            out.print(f"[red]失守[/] {one['name']}：{one['what']}", highlight=False)
    if not report.trusted or not (stores["archive"].hardware_lock or settings.EMBEDDED):
        out.print(f"档案库 {report.store} 的锁不可信，不能启用", highlight=False)
        return EXIT_NO
    out.print(f"已就绪；档案库 {report.store} 守住 {len(report.tries)} 次尝试；账号：{accounts}", highlight=False)
    return 0
