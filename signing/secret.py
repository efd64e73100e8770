"""Passphrases, PINs and access tokens: read from files of their own, and never shown by accident."""

from pathlib import Path
from typing import NoReturn

from signing.errors import KeyUnusable


class Secret:
    """Some bytes that do not show themselves: not in a log, not in a traceback with its locals, not in a queue."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written down")

    def reveal(self) -> bytes:
        """The bytes. Hand them straight to whoever asks for them: a name bound to them is seen in a traceback."""
        return self._value

    def text(self) -> str:
        """The bytes as text; see `reveal`."""
        return self._value.decode(errors="replace")


def read_secret(path: Path) -> Secret:
    """What a file holds, without blanks and line ends around it.

    Raises:
        KeyUnusable: no such file, or nothing in it. Its name is told, never what it holds.
    """
    try:
        secret = Secret(path.read_bytes().strip())
    except OSError as error:
        raise KeyUnusable(f"缺少口令文件 {path.name}：请放入密钥目录，仅属主可读 (no file with the secret)") from error
    if not secret.reveal():
        raise KeyUnusable(f"口令文件 {path.name} 是空的：请写入口令 (the file with the secret is empty)")
    return secret
