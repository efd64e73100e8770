"""The processes of an embedded installation: workers and web server, started and stopped together."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

# Two single-thread readers are the best measured use of two cores (reference figures in docs/measurements.md).
WORKER_PROCESSES = 2
# A worker told to stop finishes the page it is at; longer than this it hangs and is killed, and its lease runs out.
STOP_SECONDS = 20


def worker_command(
    data: Path, *, queues: str = "default,sealing,reading,copying", concurrency: int = WORKER_PROCESSES
) -> list[str]:
    """The command of one Celery worker with its scheduler."""
    return [
        *(sys.executable, "-m", "celery", "--app", "workers.app:app", "worker", "--pool", "prefork"),
        *("--concurrency", str(concurrency), "--queues", queues),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        *("--beat", "--schedule", str(data / "beat-schedule"), "--loglevel", "WARNING"),
    ]


def web_command(host: str, port: int) -> list[str]:
    """The command of the web server: one process with threads, since SQLite has one writer anyway."""
    return [
        *(sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"{host}:{port}"),
        *("--workers", "1", "--threads", "8", "--timeout", "120"),
    ]


@contextlib.contextmanager
def running(*commands: list[str], log: Path | None = None) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run the commands as long as the body runs; each in its own group, all stopped at the end."""
    processes = [start(command, log) for command in commands]
    try:
        yield processes
    finally:
        stop(processes)


def start(command: list[str], log: Path | None = None) -> subprocess.Popen[bytes]:
    """Start one command in a group of its own; what it prints goes to the log, or where ours goes."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with log.open("ab") if log else contextlib.nullcontext() as sink:
        return subprocess.Popen(  # noqa: S603 - our own commands
            command, env=environment, start_new_session=True, stdout=sink, stderr=sink, stdin=subprocess.DEVNULL
        )


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask all to stop, wait, and kill what does not."""
    for process in processes:
        _signal(process, signal.SIGTERM)
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGKILL)
            process.wait()
        _signal(process, signal.SIGKILL)  # pool children that outlived their parent


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if number == signal.SIGTERM:
            process.send_signal(number)
        else:
            os.killpg(process.pid, number)
