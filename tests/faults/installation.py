"""An installation in a folder of its own: real worker processes, watched and killed from outside."""

import contextlib
import dataclasses
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.processes import running, worker_command

REPOSITORY = Path(__file__).resolve().parents[2]
LOOK_SECONDS = 0.002  # the shortest stage takes some tenths of a second
LEASE_SECONDS, SWEEP_SECONDS = 6, 1
UNDER_WAY = "SELECT 1 FROM workers_job WHERE state IN ('queued', 'running') LIMIT 1"
WITHOUT_READING = "default,sealing,copying"
"""The queues of a worker that meets no page: it need not load the recogniser, which takes most of its start."""


class MissedError(Exception):
    """The job was over before it could be killed."""


@dataclasses.dataclass
class Installation:
    """Its folder, and the settings by which it differs from the default."""

    data: Path
    settings: dict[str, str] = dataclasses.field(default_factory=dict)

    def copy(self, to: Path, **settings: str) -> "Installation":
        """The same installation as it is now, in another folder."""
        shutil.copytree(self.data, to)
        return Installation(to, settings)

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are told."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("YIDANG_")},
            "YIDANG_DATA": str(self.data),
            "YIDANG_JOB_LEASE": str(LEASE_SECONDS),
            "YIDANG_SWEEP": str(SWEEP_SECONDS),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "OMP_NUM_THREADS": "1",
            **self.settings,
        }

    def do(self, step: str, *arguments: str, module: str = "tests.faults.steps") -> Any:
        """One step of a module of steps in a process of this installation; returns what it says."""
        done = subprocess.run(
            [sys.executable, "-m", module, step, *arguments],
            env=self.environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    @contextlib.contextmanager
    def workers(self, processes: int = 2, *, reads: bool = False) -> Iterator[subprocess.Popen[bytes]]:
        """Workers for the length of the block; yields the process that leads them and their group."""
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("YIDANG_")]:
                patch.delenv(name)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            queues = {} if reads else {"queues": WITHOUT_READING}
            command = worker_command(self.data, concurrency=processes, **queues)
            with running(command, log=self.data / "workers.log") as [leader]:
                yield leader

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database says now."""
        with contextlib.closing(sqlite3.connect(self.data / "yidang.sqlite3", timeout=30)) as database:
            return database.execute(query, values).fetchall()

    def kill_at(self, kind: str, *, seconds: float = 120, group: int | None = None) -> int:
        """Kill the process that runs a job of this kind (or the group of all workers) in the middle of it.

        It is stopped first, so that it is certain that the job was not over when it died. Returns the job's number.
        Raises MissedError when all jobs were over before.
        """
        return self._kill("kind=?", kind, seconds, group)

    def kill_job(self, job: int, *, attempt: int, seconds: float = 120) -> int:
        """Kill whoever runs this job at this attempt; the one before may not be buried yet, and is not meant."""
        return self._kill(f"attempt={attempt} AND id=?", job, seconds, None)

    def _kill(self, which: str, value: object, seconds: float, group: int | None) -> int:
        end = time.monotonic() + seconds
        running_now = f"SELECT id, owner, attempt FROM workers_job WHERE state='running' AND {which}"  # noqa: S608
        # One connection for all looks: opening one each time takes as much of a core as a worker does.
        with contextlib.closing(sqlite3.connect(self.data / "yidang.sqlite3", timeout=30)) as database:
            while time.monotonic() < end:
                for job, owner, attempt in database.execute(running_now, (value,)).fetchall():
                    if self._kill_owner(job, owner, attempt, group):
                        return int(job)
                if not database.execute(UNDER_WAY).fetchall():
                    raise MissedError
                time.sleep(LOOK_SECONDS)
        pytest.fail(f"no job with {which} {value} was seen running: {self.jobs()}\n{self.log()}")

    def _kill_owner(self, job: int, owner: str, attempt: int, group: int | None) -> bool:
        pid = int(owner.split(":")[1])
        same = "SELECT 1 FROM workers_job WHERE id=? AND state='running' AND owner=? AND attempt=?"
        try:
            os.kill(pid, signal.SIGSTOP)
        except ProcessLookupError:
            return False  # killed already; its lease still runs
        if not self.rows(same, job, owner, attempt):
            os.kill(pid, signal.SIGCONT)
            return False
        os.killpg(group, signal.SIGKILL) if group else os.kill(pid, signal.SIGKILL)
        return True

    def wait_for(self, query: str, *, seconds: float = 240) -> list[tuple[Any, ...]]:
        """What the query answers as soon as it answers anything."""
        end = time.monotonic() + seconds
        while not (rows := self.rows(query)):
            if time.monotonic() > end:
                pytest.fail(f"it never came to {query}: {self.jobs()}\n{self.log()}")
            time.sleep(0.2)
        return rows

    def wait_until_idle(self) -> None:
        """Return when no job waits or runs."""
        self.wait_for(f"SELECT 1 WHERE NOT EXISTS ({UNDER_WAY})")

    def jobs(self) -> list[tuple[Any, ...]]:
        """What is not done."""
        return self.rows("SELECT id, kind, state, attempt, error FROM workers_job WHERE state != 'done'")

    def log(self) -> str:
        """The end of what the workers wrote."""
        path = self.data / "workers.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""
