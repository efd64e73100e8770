"""The embedded broker: messages as files in a folder, each appearing whole, by rename, or not at all.

Celery's own file transport was tried first and left: a consumer that met a half-written message died of it.

It may lose a message (a worker killed between taking and starting); the queue of record does not mind (ADR 2).
"""

import contextlib
import json
import secrets
import time
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import virtual

POLL_SECONDS = 0.05


class Channel(virtual.Channel):
    """One folder a queue; names sort by time."""

    def _folder(self, queue: str) -> Path:
        folder = Path(self.connection.client.transport_options["folder"]) / queue
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _put(self, queue: str, message: dict[str, Any], **_: Any) -> None:
        folder = self._folder(queue)
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        part = folder / f".{name}"
        part.write_text(json.dumps(message))
        part.rename(folder / f"{name}.json")

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:  # noqa: ARG002 - the base's signature
        folder = self._folder(queue)
        for path in sorted(folder.glob("*.json")):
            mine = folder / f".{path.stem}.{secrets.token_hex(4)}"
            with contextlib.suppress(FileNotFoundError):  # another consumer was quicker
                path.rename(mine)
                text = mine.read_text()
                mine.unlink()
                message: dict[str, Any] = json.loads(text)
                return message
        raise Empty

    def _size(self, queue: str) -> int:
        return sum(1 for _ in self._folder(queue).glob("*.json"))

    def _purge(self, queue: str) -> int:
        found = list(self._folder(queue).glob("*.json"))
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)


class Transport(virtual.Transport):
    """Direct queues only: the workers are not controlled over the broker."""

    Channel = Channel
    polling_interval = POLL_SECONDS
    driver_type = "folder"
    driver_name = "folder"
    implements = virtual.Transport.implements.extend(exchange_type=frozenset(["direct"]))

    def driver_version(self) -> str:
        """What Celery's banner prints."""
        return "1"
