"""A site of the archive whose line can be cut: a real store behind it, and nothing of ours knows which it is."""

from pathlib import Path
from typing import Any

from archive import LocalStore, Unavailable


class Site:
    """A `LocalStore` that is reached while `up`."""

    def __init__(self, folder: Path) -> None:
        self.store, self.up, self.writes = LocalStore(folder), True, 10**9
        self.name, self.hardware_lock = self.store.name, False

    def __getattr__(self, what: str) -> Any:
        if not self.up:
            raise Unavailable(f"{self.store.name}: the line is cut")
        if what == "put":
            self.writes -= 1
            if self.writes < 0:
                raise Unavailable(f"{self.store.name}: the line is cut")
        return getattr(self.store, what)
