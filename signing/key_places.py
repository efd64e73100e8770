"""Where the key of a seal lies, as one line without secrets, and the key behind such a line.

    pkcs12:NAME                          a file in the folder of keys: pkcs12/NAME.p12, its passphrase beside it
    pkcs11:token=TOKEN;object=KEY        a token (RFC 7512); its PIN in tokens/TOKEN.pin
    remote:NAME                          a signing service, described in remote/NAME.json

Which seal has which place stands in `places.json` in the folder of keys; a seal that is not there has its key from the
test authority of this installation.
"""

import json
import re
from pathlib import Path
from urllib.parse import quote, unquote

from signing.errors import KeyUnusable
from signing.keys import SealKey, Signer, write_private
from signing.remote_keys import RemoteKey, RemotePlace
from signing.secret import read_secret
from signing.token_keys import TokenKey, TokenPlace

_NAME = re.compile(r"\w[\w.-]{0,63}")
PLACES = "places.json"


def open_key(place: str, directory: Path, module: Path) -> Signer:
    """The key at a place.

    Args:
        place: one line, see above.
        directory: the folder of keys.
        module: the library of the token (PKCS#11).

    Raises:
        KeyUnusable: no such place, or the key at it cannot be used; see the types behind it.
    """
    scheme, _, rest = place.partition(":")
    if scheme == "pkcs11":
        return TokenKey.open(token_place(place, directory, module))
    if scheme in ("pkcs12", "remote") and _NAME.fullmatch(rest):
        if scheme == "remote":
            return RemoteKey.open(RemotePlace.read(directory / "remote", rest))
        folder = directory / "pkcs12"
        return SealKey.load(folder / f"{rest}.p12", read_secret(folder / f"{rest}.passphrase"))
    raise _malformed()


def token_place(place: str, directory: Path, module: Path) -> TokenPlace:
    """The token and the key that a `pkcs11:` line names. Raises KeyUnusable where it names none."""
    scheme, _, rest = place.partition(":")
    parts = dict(part.partition("=")[::2] for part in rest.split(";"))
    if scheme != "pkcs11" or set(parts) != {"token", "object"} or not all(parts.values()) or "?" in rest:
        raise _malformed()
    token, name = unquote(parts["token"]), unquote(parts["object"])
    return TokenPlace(module, token, name, directory / "tokens" / f"{quote(token, safe='')}.pin")


def token_line(token: str, name: str) -> str:
    """The line that names a key in a token."""
    return f"pkcs11:token={quote(token, safe='')};object={quote(name, safe='')}"


def read_places(directory: Path) -> dict[str, str]:
    """Label of a seal → place of its key, for the seals that have one of their own."""
    path = directory / PLACES
    return {str(label): str(place) for label, place in json.loads(path.read_bytes()).items()} if path.exists() else {}


def write_place(directory: Path, label: str, place: str) -> None:
    """Note where the key of a seal lies."""
    places = read_places(directory) | {label: place}
    write_private(directory / PLACES, json.dumps(places, ensure_ascii=False, indent=1).encode())


def _malformed() -> KeyUnusable:
    """The line itself is not repeated: somebody may have written a PIN into it."""
    return KeyUnusable(
        "密钥位置无法识别：请写 pkcs12:名称、pkcs11:token=令牌;object=密钥 或 remote:名称，不含口令 (no such key place)"
    )
