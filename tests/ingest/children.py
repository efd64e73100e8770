"""The child processes of this one; other tests may have left some, such as multiprocessing's tracker."""

import os
from pathlib import Path


def children() -> set[str]:
    """Their process numbers."""
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())
