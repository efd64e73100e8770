"""The session of this process with a token: opened at first use, used by one thread at a time, not taken over a fork.

No error of the library goes on from here: the PIN stands in the locals of its frames. What it said is told anew.
"""

import contextlib
import dataclasses
import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from signing.errors import KeyUnavailable, KeyUnusable, PinRefused
from signing.keys import write_private
from signing.secret import Secret, read_secret

Answer = TypeVar("Answer")

_LOST = (
    "CKR_SESSION_HANDLE_INVALID",
    "CKR_SESSION_CLOSED",
    "CKR_USER_NOT_LOGGED_IN",
    "CKR_CRYPTOKI_NOT_INITIALIZED",
    "CKR_OBJECT_HANDLE_INVALID",
)
"""The session came to an end, as when the token was pulled and put back: open another and ask once more."""
_SHAKEN = ("CKR_GENERAL_ERROR", "CKR_FUNCTION_FAILED")
"""The library is out of step: SoftHSM says so when several processes start on one token at the same moment (measured:
one run in six). It is let go of and started anew."""
_TRIES = 4
"""How often a token is asked that is lost or shaken; a pause before each, so that those who met go apart."""
_PAUSE_SECONDS = 0.05
_AWAY = (
    "CKR_TOKEN_NOT_PRESENT",
    "CKR_TOKEN_NOT_RECOGNIZED",
    "CKR_DEVICE_REMOVED",
    "CKR_DEVICE_ERROR",
    "CKR_SLOT_ID_INVALID",
    "CKR_SESSION_COUNT",
)
_PIN = ("CKR_PIN_INCORRECT", "CKR_PIN_INVALID", "CKR_PIN_LEN_RANGE", "CKR_PIN_EXPIRED", "CKR_PIN_LOCKED")


@dataclasses.dataclass(frozen=True)
class TokenPlace:
    """Where a key lies: the token's library, the labels of token and key, and the file with the user's PIN."""

    module: Path
    token: str
    name: str
    pin: Path


@dataclasses.dataclass
class _Process:
    """What this process holds open."""

    pid: int
    libraries: dict[Path, Any] = dataclasses.field(default_factory=dict)
    sessions: dict[tuple[Path, str], Any] = dataclasses.field(default_factory=dict)


_lock = threading.RLock()
_process = _Process(os.getpid())


def _after_fork() -> None:
    global _lock  # noqa: PLW0603  a thread of the parent may hold it, and is not here to let it go
    _lock = threading.RLock()


os.register_at_fork(after_in_child=_after_fork)


def pkcs11() -> Any:
    """The library PyKCS11. Raises KeyUnusable, with the command, where it is not installed."""
    try:
        import PyKCS11
    except ImportError:
        raise KeyUnusable("未安装令牌支持：请运行 pip install 'yidang[token]' (PyKCS11 is not installed)") from None
    return PyKCS11


def with_session(place: TokenPlace, action: Callable[[Any], Answer]) -> Answer:
    """Do something in the session with a token; one thread at a time.

    Raises:
        KeyUnavailable: the token is not there now.
        PinRefused: the PIN is wrong, or the token is locked.
        KeyUnusable: the token would not do it.
    """
    p11, failure = pkcs11(), _failure(place, "")
    for tried in range(_TRIES):
        with _lock:
            try:
                return action(_session(place))
            except KeyUnavailable as away:  # or not seen yet by a library that has just started
                failure, said = away, ""
            except p11.PyKCS11Error as error:
                said = _name(error)
                failure = _failure(place, said)
            _let_go(place, said)
        if (said and said not in _LOST + _SHAKEN) or tried == _TRIES - 1:
            break
        time.sleep(random.uniform(0, _PAUSE_SECONDS * 2**tried))  # noqa: S311  not a secret
    raise failure


def _let_go(place: TokenPlace, said: str) -> None:
    if said in _LOST + _AWAY + _SHAKEN:
        _ours().sessions.pop((place.module, place.token), None)
    if said in _SHAKEN and (library := _ours().libraries.pop(place.module, None)) is not None:
        for key in [one for one in _ours().sessions if one[0] == place.module]:
            del _ours().sessions[key]
        library.unload()


def close_sessions() -> None:
    """Close every session of this process and let the libraries go."""
    with _lock:
        process = _ours()
        process.sessions.clear()
        for library in process.libraries.values():
            library.unload()
        process.libraries.clear()


def _ours() -> _Process:
    """What this very process holds. After a fork the parent's is let go of: the library is started anew here."""
    global _process
    if _process.pid != os.getpid():
        inherited, _process = _process, _Process(os.getpid())
        for library in inherited.libraries.values():
            library.unload()
    return _process


def _session(place: TokenPlace) -> Any:
    process, key = _ours(), (place.module, place.token)
    if key not in process.sessions:
        library = _library(place)
        process.sessions[key] = _logged_in(place, library, _slot(place, library), read_secret(place.pin))
    return process.sessions[key]


def _library(place: TokenPlace) -> Any:
    p11, process = pkcs11(), _ours()
    if place.module not in process.libraries:
        library = p11.PyKCS11Lib()
        try:
            library.load(str(place.module))
        except p11.PyKCS11Error as error:
            said = _name(error)
            if said in _SHAKEN:
                raise  # as in `_logged_in`
        else:
            process.libraries[place.module] = library
            return library
        raise KeyUnusable(f"令牌驱动 {place.module.name} 无法加载：请检查 YIDANG_PKCS11 ({said})")
    return process.libraries[place.module]


def _slot(place: TokenPlace, library: Any) -> int:
    p11, said = pkcs11(), "no such token"
    try:
        for slot in library.getSlotList(tokenPresent=True):
            if library.getTokenInfo(slot).label.rstrip(" \0") == place.token:
                return int(slot)
    except p11.PyKCS11Error as error:
        said = _name(error)
        if said in _SHAKEN:
            raise  # as in `_logged_in`
    if not any(module == place.module for module, _ in _ours().sessions):
        _ours().libraries.pop(place.module).unload()  # some look for tokens only when they start
    raise KeyUnavailable(f"令牌 {place.token} 不在：未盖章，请插入令牌，系统将自动重试 ({said})")


def _logged_in(place: TokenPlace, library: Any, slot: int, pin: Secret) -> Any:
    """A session in which the user is logged in. A PIN that was refused once is not tried again: tokens lock."""
    p11, version = pkcs11(), str(place.pin.stat().st_mtime_ns)
    refused = place.pin.with_suffix(".refused")
    if refused.exists() and refused.read_text() == version:
        raise _failure(place, "CKR_PIN_INCORRECT")
    try:
        session = library.openSession(slot, p11.CKF_SERIAL_SESSION | p11.CKF_RW_SESSION)
        session.login(pin.text())
    except p11.PyKCS11Error as error:
        said = _name(error)
        if said in _SHAKEN:
            raise  # told anew by `with_session`, after it was tried again
    else:
        return session
    if said == "CKR_USER_ALREADY_LOGGED_IN":
        return session
    if said in _PIN:
        with contextlib.suppress(OSError):  # a folder that cannot be written to is no reason to say something else
            write_private(refused, version.encode())
    raise _failure(place, said)


def _failure(place: TokenPlace, said: str) -> KeyUnusable:
    if said in _PIN:
        locked = said == "CKR_PIN_LOCKED"
        remedy = "令牌已锁定，请由管理员解锁" if locked else f"请改正 {place.pin.name}，改正前不再尝试以免锁定令牌"
        return PinRefused(f"令牌 {place.token} 不接受口令：{remedy} (the PIN was refused, {said})")
    if said in _AWAY or said in _LOST:
        return KeyUnavailable(f"令牌 {place.token} 不应答：未盖章，请检查令牌，系统将自动重试 ({said})")
    return KeyUnusable(f"令牌 {place.token} 无法完成操作：请核对密钥 {place.name} ({said})")


def _name(error: Any) -> str:
    """The name of a return value, such as CKR_PIN_INCORRECT; nothing else of the error is told."""
    name = pkcs11().CKR.get(error.value, "") if isinstance(error.value, int) else ""
    return str(name) or "CKR_UNKNOWN"
