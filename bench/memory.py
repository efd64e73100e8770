"""Memory of this process as the kernel counts it."""

import re
from pathlib import Path

_KILO = 1024


def resident_mb() -> float:
    """Megabytes of this process that lie in memory now."""
    return _status("VmRSS")


def peak_mb() -> float:
    """The most megabytes of this process that ever lay in memory.

    Not `ru_maxrss`: a new program takes that over from the process that started it, so that a reader of 470 MB started
    by a test run that had grown to 1,188 MB was said to take those.
    """
    return _status("VmHWM")


def _status(name: str) -> float:
    found = re.search(rf"^{name}:\s+([0-9]+) kB$", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"this kernel does not count {name}")
    return int(found.group(1)) / _KILO
