"""Until when what is put into the archive is locked at first: the one place that reads the setting."""

import datetime as dt

from django.conf import settings

from archive.retention import lock_end


def locked_until(start: dt.datetime, kept_to: dt.date | None = None) -> dt.datetime:
    """The end of a lock that begins at `start`, of what is kept to a day or, by default, for good.

    It rolls: the check of the archive renews it before its end for as long as its object is kept.
    """
    return lock_end(kept_to, start, settings.ARCHIVE_LOCK_DAYS)
