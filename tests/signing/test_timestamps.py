import hashlib
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import rfc3161_client
from asn1crypto import tsp
from hypothesis import given, settings
from hypothesis import strategies as st

from signing import HttpTimestampAuthority, LocalTimestampAuthority, TestAuthority, TimestampUnavailable
from signing.timestamps import token_info
from tests.signing.conftest import NOW

DIGEST = hashlib.sha256(b"sealed").digest()


@pytest.fixture
def tsa(authority: TestAuthority) -> LocalTimestampAuthority:
    return LocalTimestampAuthority(authority.timestamp_key, lambda: NOW)


@pytest.fixture
def server(tsa: LocalTimestampAuthority) -> Iterator[HTTPServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(500 if self.path == "/down" else 200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            replies = {"/": lambda: tsa.respond(request), "/refuse": lambda: tsa.respond(b"?")}
            self.wfile.write(replies.get(self.path, lambda: b"no token")())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield http
        http.shutdown()
        thread.join()


def test_openssl_accepts_our_answer(tsa: LocalTimestampAuthority, authority: TestAuthority, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"sealed")
    query, reply = tmp_path / "q", tmp_path / "r"
    subprocess.run(
        ["openssl", "ts", "-query", "-data", tmp_path / "data", "-sha256", "-cert", "-out", query], check=True
    )
    reply.write_bytes(tsa.respond(query.read_bytes()))
    root = authority.directory / "root.pem"
    verify = ["openssl", "ts", "-verify", "-in", reply, "-queryfile", query, "-CAfile", root]
    assert subprocess.run(verify, check=False, capture_output=True).returncode == 0


def test_another_implementation_verifies_our_answer(tsa: LocalTimestampAuthority, authority: TestAuthority) -> None:
    request = (
        rfc3161_client.TimestampRequestBuilder().data(b"sealed").hash_algorithm(rfc3161_client.HashAlgorithm.SHA256)
    )
    asked = request.build()
    response = rfc3161_client.decode_timestamp_response(tsa.respond(asked.as_bytes()))
    verifier = rfc3161_client.VerifierBuilder.from_request(asked).add_root_certificate(authority.roots[0]).build()
    assert verifier.verify_message(response, b"sealed")


def test_tokens_state_time_and_policy_and_never_share_a_number(tsa: LocalTimestampAuthority) -> None:
    infos = [token_info(tsa.token(DIGEST, "sha256")) for _ in range(5)]
    assert {info["gen_time"].native for info in infos} == {NOW}
    assert len({info["serial_number"].native for info in infos}) == 5
    assert infos[0]["policy"].native == "1.3.6.1.4.1.32473.1.1"


def test_a_digest_of_the_wrong_size_gets_no_token(tsa: LocalTimestampAuthority) -> None:
    with pytest.raises(TimestampUnavailable):
        tsa.token(DIGEST[:-1], "sha256")


@given(st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_bytes_get_an_answer(request_bytes: bytes) -> None:
    # a refusal needs no key, so none is made
    answer = LocalTimestampAuthority.__new__(LocalTimestampAuthority).respond(request_bytes)
    assert tsp.PKIStatusInfo.load(answer[2:])["status"].native == "rejection"


def test_a_token_comes_over_http(server: HTTPServer) -> None:
    token = HttpTimestampAuthority(f"http://127.0.0.1:{server.server_port}/").token(DIGEST, "sha256")
    assert token_info(token)["message_imprint"]["hashed_message"].native == DIGEST


@pytest.mark.parametrize("path", ["down", "refuse", "junk"])
def test_a_bad_answer_is_a_typed_failure(server: HTTPServer, path: str) -> None:
    with pytest.raises(TimestampUnavailable):
        HttpTimestampAuthority(f"http://127.0.0.1:{server.server_port}/{path}").token(DIGEST, "sha256")


def test_an_authority_that_is_down_is_a_typed_failure() -> None:
    with pytest.raises(TimestampUnavailable) as caught:
        HttpTimestampAuthority("http://127.0.0.1:9", timeout=1).token(DIGEST, "sha256")
    assert caught.value.code == "timestamp-unavailable"
