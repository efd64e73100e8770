"""Seal keys held by a signing service: asked over HTTPS for a signature over a digest; the key is never here.

The protocol is the part we need of the field's own, CSC API v2 (Cloud Signature Consortium, 2.0.0.2): JSON by POST,
`credentials/info` for the certificates, `credentials/authorize` with the PIN where the credential has one, and
`signatures/signHash`. docs/operations.md has the whole of it, for whoever has to put such a service before a device.

No error of the HTTP library goes on from here: the access token stands in the locals of its frames.
"""

import base64
import dataclasses
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import urllib3
from asn1crypto import algos
from cryptography import x509

from signing.errors import KeyUnavailable, KeyUnusable, PinRefused
from signing.keys import CertificateFacts, digest_named, signature_label
from signing.secret import Secret, read_secret

TIMEOUT = urllib3.Timeout(connect=5.0, read=15.0)
"""A device behind the service may take seconds; a dead one must not hold a worker."""
TRIES = 2
"""Further tries where no connection was had or the service is busy: a signature asked for twice does no harm."""
PAUSE = 0.2
"""Seconds before the second further try, then twice as long."""
BUSY = (429, 502, 503, 504)
MAX_ANSWER = 256 * 1024
"""Certificates of a chain take about 6 kB."""
_BEARER = re.compile(rb"[A-Za-z0-9\-._~+/]+=*")
"""RFC 6750, section 2.1. Anything else would end up in the message of the library that refuses it."""
_ERRORS = re.compile(r"[a-z_]{1,40}")
"""An error's code; the description beside it is not repeated, since it may repeat what was sent."""
_PIN_ERRORS = ("invalid_pin", "invalid_auth_data", "authentication_failed")


@dataclasses.dataclass(frozen=True)
class RemotePlace:
    """Where a key lies: the service's address, what it calls the key, and the files with access token, PIN and CA.

    `url` ends before `csc/v2`. `pin` and `ca` are None where the credential has none and the public roots do.
    """

    url: str
    credential: str
    token: Path
    pin: Path | None = None
    ca: Path | None = None

    @classmethod
    def read(cls, folder: Path, name: str) -> "RemotePlace":
        """From `NAME.json` (url, credential), `NAME.token`, and, where they are, `NAME.pin` and `NAME.ca.pem`.

        Raises:
            KeyUnusable: no such description, or not https.
        """
        try:
            said = json.loads((folder / f"{name}.json").read_bytes())
            url, credential = str(said["url"]).rstrip("/"), str(said["credential"])
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise KeyUnusable(f"远程签章服务 {name} 没有说明：请写好 {name}.json (no description of it)") from error
        if not url.startswith("https://"):
            raise KeyUnusable(f"远程签章服务 {name} 须用 https 地址 (the address must be https)")
        pin, ca = folder / f"{name}.pin", folder / f"{name}.ca.pem"
        return cls(url, credential, folder / f"{name}.token", *(path if path.exists() else None for path in (pin, ca)))


@dataclasses.dataclass(frozen=True)
class RemoteKey(CertificateFacts):
    """A key held by a signing service."""

    place: RemotePlace
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @classmethod
    def open(cls, place: RemotePlace) -> "RemoteKey":
        """Ask the service for the certificates of the key.

        Raises:
            KeyUnavailable: the service does not answer, or is busy.
            KeyUnusable: it refuses us, or has no such key in use.
        """
        asked = {"credentialID": place.credential, "certificates": "chain"}
        found = _certificates_in(_ask(place, "credentials/info", asked))
        if not found:
            raise KeyUnusable(f"远程签章服务中没有可用的密钥 {place.credential} (no such key in use)")
        return cls(place, found[0], tuple(one for one in found[1:] if one.subject != one.issuer))

    def sign(self, data: bytes, digest: str) -> bytes:
        """See `Signer.sign`. Only the digest leaves this process."""
        digest_named(digest)
        label = signature_label(self.certificate, digest)
        hashed = base64.b64encode(hashlib.new(digest, data).digest()).decode()
        asked: dict[str, Any] = {
            "credentialID": self.place.credential,
            "hashes": [hashed],
            "hashAlgorithmOID": algos.DigestAlgorithmId(digest).dotted,
            "signAlgo": algos.SignedDigestAlgorithmId(label).dotted,
        }
        if self.place.pin is not None:
            asked["SAD"] = self._activation(self.place.pin, hashed, asked["hashAlgorithmOID"])
        signature = _signature_in(_ask(self.place, "signatures/signHash", asked))
        if signature is None:
            raise KeyUnusable("远程签章服务的应答没有签名：请联系服务方 (no signature in the answer)")
        return signature

    def _activation(self, pin: Path, hashed: str, algorithm: str) -> Secret:
        """The leave to sign this one digest (signature activation data)."""
        asked = {
            "credentialID": self.place.credential,
            "numSignatures": 1,
            "hashes": [hashed],
            "hashAlgorithmOID": algorithm,
            "authData": [{"id": "PIN", "value": read_secret(pin)}],
        }
        leave = Secret(str(_ask(self.place, "credentials/authorize", asked).get("SAD", "")).encode())
        if not leave.reveal():
            raise KeyUnusable("远程签章服务没有给出签名授权：请联系服务方 (no leave to sign in the answer)")
        return leave


def _certificates_in(answer: dict[str, Any]) -> list[x509.Certificate]:
    """The certificates of a key in use, its own first; none where there is no such key."""
    try:
        if answer.get("key", {}).get("status", "enabled") != "enabled":
            return []
        return [x509.load_der_x509_certificate(base64.b64decode(one)) for one in answer["cert"]["certificates"]]
    except (ValueError, TypeError, KeyError, AttributeError):
        return []


def _signature_in(answer: dict[str, Any]) -> bytes | None:
    try:
        (signature,) = answer["signatures"]
        return base64.b64decode(signature, validate=True)
    except (ValueError, TypeError, KeyError):
        return None


def _ask(place: RemotePlace, method: str, fields: dict[str, Any]) -> dict[str, Any]:
    token = read_secret(place.token)
    if not _BEARER.fullmatch(token.reveal()):
        raise KeyUnusable(f"访问令牌文件 {place.token.name} 的内容不是令牌：请重新写入 (no bearer token)")
    status, answer = _post(place, method, fields, token)
    failure = _failure(place, status, answer)
    if failure is not None or answer is None:
        answer = None  # a service may repeat in it what was sent
        raise failure or KeyUnusable("远程签章服务的应答无法读取：请检查服务地址 (unreadable answer)")
    return answer


def _failure(place: RemotePlace, status: int, answer: dict[str, Any] | None) -> KeyUnusable | None:
    """What an answer that is none of 200 means."""
    if status == 200:  # noqa: PLR2004  HTTP's own numbers, here and below
        return None
    if status == 0 or status in BUSY or status >= 500:  # noqa: PLR2004
        return KeyUnavailable(f"远程签章服务不应答（HTTP {status}）：未盖章，系统将自动重试 (not reached, or busy)")
    if status in (401, 403):
        return KeyUnusable(f"远程签章服务拒绝访问：请更新 {place.token.name} (access refused, HTTP {status})")
    said = str(answer.get("error", "")) if answer else ""
    if said in _PIN_ERRORS:
        return PinRefused("远程签章服务不接受口令：请改正口令文件 (the PIN was refused)")
    said = said if _ERRORS.fullmatch(said) else "unknown"
    return KeyUnusable(f"远程签章服务拒绝了请求（{said}）：请核对密钥名称与算法 (refused, HTTP {status})")


def _post(place: RemotePlace, method: str, fields: dict[str, Any], token: Secret) -> tuple[int, dict[str, Any] | None]:
    """Status and answer; 0 where no answer was to be had, None where it is no JSON object."""
    retries = urllib3.Retry(
        total=TRIES,
        read=0,
        redirect=0,
        backoff_factor=PAUSE,
        status_forcelist=BUSY,
        allowed_methods=None,
        raise_on_status=False,
        raise_on_redirect=False,
        respect_retry_after_header=False,  # a worker does not sleep for as long as a stranger says
    )
    try:
        response = _pool(place.ca).request(
            "POST",
            f"{place.url}/csc/v2/{method}",
            body=json.dumps(fields, default=Secret.text).encode(),
            headers={"Authorization": f"Bearer {token.text()}", "Content-Type": "application/json"},
            timeout=TIMEOUT,
            retries=retries,
            redirect=False,
            preload_content=False,
        )
        try:
            answer = json.loads(response.read(MAX_ANSWER))
        except ValueError:
            answer = None
        finally:
            response.close()
    except (urllib3.exceptions.HTTPError, OSError):
        return 0, None
    return response.status, answer if isinstance(answer, dict) else None


def _pool(ca: Path | None) -> urllib3.PoolManager:
    """A connection is opened for each seal: none is carried over a fork, and a new CA file counts at once."""
    return urllib3.PoolManager(cert_reqs="CERT_REQUIRED", ca_certs=str(ca) if ca else None)
