"""A signing service that really signs, over TLS, after CSC API v2: what a remote key is tested against."""

import base64
import dataclasses
import datetime as dt
import ipaddress
import json
import ssl
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from signing import SealKey

BEARER = "planted-bearer-0815"
PIN = "planted-remote-pin-42"
_HASHES = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
_NAMES = {
    ("sha256", False): "1.2.840.113549.1.1.11",
    ("sha256", True): "1.2.840.10045.4.3.2",
    ("sha384", True): "1.2.840.10045.4.3.3",
}


@dataclasses.dataclass
class Service:
    """The service as a test sees it: what it was asked, and what is wrong with it."""

    key: SealKey
    url: str = ""
    with_pin: bool = False
    fault: Callable[[str], tuple[int, Any] | None] = lambda _: None
    asked: list[tuple[str, dict[str, Any]]] = dataclasses.field(default_factory=list)
    leaves: set[str] = dataclasses.field(default_factory=set)

    def answer(self, method: str, asked: dict[str, Any]) -> tuple[int, Any]:
        self.asked.append((method, asked))
        if asked.get("credentialID") != "seal-1":
            return 400, {"error": "invalid_request", "error_description": "no such credential"}
        if method == "credentials/info":
            chain = [self.key.certificate, *self.key.chain]
            encoded = [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in chain]
            return 200, {"key": {"status": "enabled"}, "cert": {"status": "valid", "certificates": encoded}}
        if method == "credentials/authorize":
            if asked["authData"] != [{"id": "PIN", "value": PIN}]:
                return 400, {"error": "invalid_pin", "error_description": f"{asked['authData']} is wrong"}
            leave = f"planted-sad-{asked['hashes'][0]}"
            self.leaves.add(leave)
            return 200, {"SAD": leave, "expiresIn": 60}
        if self.with_pin and asked.get("SAD") not in self.leaves:
            return 400, {"error": "invalid_request", "error_description": "SAD"}
        return 200, {"signatures": [base64.b64encode(self._sign(asked)).decode()]}

    def _sign(self, asked: dict[str, Any]) -> bytes:
        algorithm = _HASHES[asked["hashAlgorithmOID"]]
        elliptic = isinstance(self.key.key, ec.EllipticCurvePrivateKey)
        assert asked["signAlgo"] == _NAMES[algorithm.name, elliptic]
        digest = base64.b64decode(asked["hashes"][0])
        if isinstance(self.key.key, ec.EllipticCurvePrivateKey):
            return self.key.key.sign(digest, ec.ECDSA(utils.Prehashed(algorithm)))
        return self.key.key.sign(digest, padding.PKCS1v15(), utils.Prehashed(algorithm))


class _Server(ThreadingHTTPServer):
    service: Service


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        service, method = self.server.service, self.path.removeprefix("/csc/v2/")
        fault = service.fault(method)
        if fault is not None:
            status, answer = fault
        elif self.headers["Authorization"] != f"Bearer {BEARER}":
            status, answer = 401, {"error": "invalid_token", "error_description": self.headers["Authorization"]}
        else:
            status, answer = service.answer(method, body)
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        if status in (301, 307):
            self.send_header("Location", "http://127.0.0.1:9/stolen")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def start(service: Service, folder: Path, name: str = "ca") -> Callable[[], None]:
    """Serve, write `NAME.json`, `.token` and `.ca.pem` of the client into `folder`; returns what stops it."""
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "signing service of a test")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    pem = certificate.public_bytes(Encoding.PEM)
    (folder / f"{name}.ca.pem").write_bytes(pem)
    both = folder / "server.pem"
    both.write_bytes(pem + private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    both.unlink()
    server = _Server(("127.0.0.1", 0), _Handler)
    server.service = service
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    service.url = f"https://127.0.0.1:{server.server_port}"
    (folder / f"{name}.json").write_text(json.dumps({"url": service.url, "credential": "seal-1"}))
    (folder / f"{name}.token").write_text(BEARER + "\n")

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return stop


def slow(_: str) -> None:
    time.sleep(1.0)
