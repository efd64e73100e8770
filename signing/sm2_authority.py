"""The SM2 side of the test authority: a root, a maker of seals below it, and the seal keys; each marked 测试.

Beside the keys for PDF (`authority`), in a folder of its own: `root.key`, `maker.key`, `seals/*.key`, encrypted with
the passphrase of the key folder, and `root.pem` for whoever judges an OFD. Production uses an accredited authority's.
"""

import contextlib
import datetime as dt
import fcntl
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from asn1crypto import pem

from signing.certificates import BACKDATE, OPERATING_LIFE, ROOT_LIFE, SEAL_LIFE
from signing.keys import passphrase_at, write_private
from signing.sm2_keys import Sm2Key, issue, subject

FOLDER = "sm2"
_OWNER = "测试证书机构（不得用于正式业务）"


class Sm2Authority:
    """Root, maker of seals (制章机构) and seal keys, made when they are first asked for."""

    def __init__(self, directory: Path) -> None:
        """Use what lies in the folder of keys; nothing is made yet."""
        self._folder, self._passphrase = directory / FOLDER, directory / "passphrase"
        self._opened: dict[str, Sm2Key] = {}

    @property
    def roots_folder(self) -> Path:
        """Where the root's certificate lies, alone among files of its kind."""
        return self._folder

    def maker(self, now: dt.datetime) -> Sm2Key:
        """Who signs electronic seals themselves."""
        return self._key("maker", lambda root: _issue("测试制章机构", _OWNER, OPERATING_LIFE, now, root), now)

    def seal_key(self, owner: str, label: str, now: dt.datetime) -> Sm2Key:
        """The key of an owner's seal, such as ("江澜市行政审批局", "行政审批专用章"); issued at the first call."""
        name = hashlib.sha256(f"{owner}\0{label}".encode()).hexdigest()[:24]
        return self._key(
            f"seals/{name}", lambda root: _issue(f"{owner}{label}（测试）", owner, SEAL_LIFE, now, root), now
        )

    def _key(self, name: str, make: Callable[[Sm2Key], Sm2Key], now: dt.datetime) -> Sm2Key:
        if name not in self._opened:
            for folder in (self._folder, self._folder / "seals"):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._locked():
                root = self._kept("root", lambda: _issue("测试国密根证书", _OWNER, ROOT_LIFE, now, None))
                write_private(self._folder / "root.pem", pem.armor("CERTIFICATE", root.certificate))
                self._kept(name, lambda: make(root))
        return self._opened[name]

    def _kept(self, name: str, make: Callable[[], Sm2Key]) -> Sm2Key:
        path, passphrase = self._folder / f"{name}.key", passphrase_at(self._passphrase)
        if not path.exists():
            make().save(path, passphrase)
        if name not in self._opened:
            self._opened[name] = Sm2Key.load(path, passphrase)
        return self._opened[name]

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with (self._folder / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # released when the file closes, also when the process dies
            yield


def _issue(common: str, owner: str, life: dt.timedelta, now: dt.datetime, issuer: Sm2Key | None) -> Sm2Key:
    return issue(subject(owner, common), life, now - BACKDATE, issuer, authority=issuer is None)
