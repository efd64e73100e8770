"""The scheduler of the embedded installation: what it cannot write down, it does not die of."""

import dbm
import logging
from typing import Any

from celery.beat import PersistentScheduler

log = logging.getLogger(__name__)


class LastingScheduler(PersistentScheduler):  # type: ignore[misc]
    """Celery's own ends with its process when its file lies on a full disk; then nothing that waits would go on."""

    def sync(self) -> Any:
        """Write down when each task last ran. Unwritten, a task that was due runs once more after a restart."""
        try:
            return super().sync()
        except dbm.error as failure:
            log.warning("when the tasks last ran could not be written down: %s", failure)
            self._store.writeback = True  # `shelve` leaves it off when a write fails, and would write nothing more
