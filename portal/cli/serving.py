"""`yidang serve`: portal and workers together, embedded."""

import signal
import time

import click
from rich.console import Console

from portal.cli import EXIT_FAILED, setup_django

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
