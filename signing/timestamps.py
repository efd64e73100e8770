"""Timestamps (RFC 3161): ask an authority for a token over a digest, or be one for tests and demonstrations."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable
from typing import Protocol

import urllib3
from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding

from signing.errors import TimestampUnavailable
from signing.keys import Signer, fitting_digest, signature_label

DIGEST_SIZES = {"sha256": 32, "sha384": 48, "sha512": 64}
"""Algorithms a token is made for, with their size in bytes; the older ones are broken."""
POLICY = "1.3.6.1.4.1.32473.1.1"
"""The policy of the test authority, under the number RFC 5612 sets aside for examples."""
ACCURACY_SECONDS = 1
TIMEOUT_SECONDS = 10.0
"""Sealing happens while an officer waits."""
MAX_RESPONSE = 64 * 1024
"""A token with its certificates takes about 5 kB; more is no answer."""
SERIAL_BITS = 127
"""Random, so unique without a counter to keep; RFC 3161 allows 160 bits."""


class TimestampAuthority(Protocol):
    """Whoever can say when a digest existed."""

    def token(self, digest: bytes, algorithm: str) -> bytes:
        """A TimeStampToken (DER) over this digest of the named algorithm, such as "sha256".

        Raises:
            TimestampUnavailable: no usable token was to be had.
        """


class _Refusal(core.Sequence):  # type: ignore[misc]  # untyped library
    """A TimeStampResp without a token, which the library's own type cannot write."""

    _fields = [("status", tsp.PKIStatusInfo)]


class LocalTimestampAuthority:
    """A timestamp authority in this process. What it says is only as good as this machine's clock: 测试 use."""

    def __init__(self, key: Signer, clock: Callable[[], dt.datetime]) -> None:
        """Sign with a key whose certificate is for time stamping; `clock` gives aware times."""
        self._key = key
        self._clock = clock
        self._digest = fitting_digest(key.certificate)
        self._certificate = _asn1(key.certificate.public_bytes(Encoding.DER))

    def token(self, digest: bytes, algorithm: str) -> bytes:
        """A token over this digest. See `TimestampAuthority.token`."""
        if DIGEST_SIZES.get(algorithm) != len(digest):
            raise TimestampUnavailable(f"时间戳不支持该摘要：请使用 {'、'.join(DIGEST_SIZES)} (digest not accepted)")
        made: bytes = self._token(_imprint(digest, algorithm), None, with_certificate=True).dump()
        return made

    def respond(self, request: bytes) -> bytes:
        """Answer a TimeStampReq with a TimeStampResp, both DER: what an HTTP server in front of it passes through."""
        try:
            asked = tsp.TimeStampReq.load(request, strict=True)
            imprint = asked["message_imprint"]
            algorithm = imprint["hash_algorithm"]["algorithm"].native
            digest = imprint["hashed_message"].native
            policy, nonce = asked["req_policy"].native, asked["nonce"].native
            with_certificate = bool(asked["cert_req"].native)
            version = asked["version"].native
        except (ValueError, TypeError, KeyError):
            return _refusal("bad_data_format")
        if version != "v1":
            return _refusal("bad_request")
        if DIGEST_SIZES.get(algorithm) is None:
            return _refusal("bad_alg")
        if DIGEST_SIZES[algorithm] != len(digest):
            return _refusal("bad_data_format")
        if policy not in (None, POLICY):
            return _refusal("unaccepted_policy")
        token = self._token(_imprint(digest, algorithm), nonce, with_certificate=with_certificate)
        granted = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token})
        response: bytes = granted.dump()
        return response

    def _token(self, imprint: tsp.MessageImprint, nonce: int | None, *, with_certificate: bool) -> cms.ContentInfo:
        now = self._clock().astimezone(dt.UTC).replace(microsecond=0)
        info: dict[str, object] = {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": imprint,
            "serial_number": secrets.randbits(SERIAL_BITS) | 1,
            "gen_time": now,
            "accuracy": {"seconds": ACCURACY_SECONDS},
            "tsa": asn1_x509.GeneralName(name="directory_name", value=self._certificate.subject),
        }
        if nonce is not None:
            info["nonce"] = nonce
        content = tsp.TSTInfo(info).dump()
        attributes = _signed_attributes(content, self._certificate, now, self._digest)
        signer = {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": {
                        "issuer": self._certificate.issuer,
                        "serial_number": self._certificate.serial_number,
                    }
                }
            ),
            "digest_algorithm": {"algorithm": self._digest},
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": signature_label(self._key.certificate, self._digest)},
            "signature": self._key.sign(attributes.dump(), self._digest),
        }
        data: dict[str, object] = {
            "version": "v3",  # because the content is no plain data (RFC 5652, section 5.1)
            "digest_algorithms": [{"algorithm": self._digest}],
            "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(content)},
            "signer_infos": [signer],
        }
        if with_certificate:
            chain = (_asn1(certificate.public_bytes(Encoding.DER)) for certificate in self._key.chain)
            data["certificates"] = [self._certificate, *chain]
        return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(data)})


class HttpTimestampAuthority:
    """A timestamp authority reached by URL (RFC 3161, section 3.4)."""

    def __init__(self, url: str, timeout: float = TIMEOUT_SECONDS) -> None:
        """`timeout` in seconds, for connecting and for each read."""
        self._url = url
        self._timeout = timeout
        self._pool = urllib3.PoolManager(retries=False)

    def token(self, digest: bytes, algorithm: str) -> bytes:
        """A token over this digest. See `TimestampAuthority.token`."""
        nonce = secrets.randbits(63)
        request = tsp.TimeStampReq(
            {"version": 1, "message_imprint": _imprint(digest, algorithm), "nonce": nonce, "cert_req": True}
        )
        answer = self._post(request.dump())
        try:
            response = tsp.TimeStampResp.load(answer)
            status = response["status"]["status"].native
            token = response["time_stamp_token"]
            if status not in ("granted", "granted_with_mods") or not isinstance(token, cms.ContentInfo):
                raise TimestampUnavailable(f"时间戳服务拒绝了请求（{status}）：请联系服务方 (refused by the authority)")
            der: bytes = token.dump()
            info = token_info(der)
            if info["nonce"].native != nonce:
                raise TimestampUnavailable("时间戳应答与请求不符：请检查服务地址 (nonce differs)")
        except (ValueError, TypeError, KeyError) as error:
            raise TimestampUnavailable("时间戳应答无法读取：请检查服务地址 (unreadable answer)") from error
        check_token(der, digest, algorithm)
        return der

    def _post(self, body: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            response = self._pool.request(
                "POST", self._url, body=body, headers=headers, timeout=self._timeout, preload_content=False
            )
            try:
                data: bytes = response.read(MAX_RESPONSE + 1)
            finally:
                response.close()
        except urllib3.exceptions.HTTPError as error:
            raise TimestampUnavailable("时间戳服务无法连接：未盖章，请稍后重试 (authority not reached)") from error
        if response.status != 200 or len(data) > MAX_RESPONSE:  # noqa: PLR2004  HTTP's own number
            raise TimestampUnavailable(f"时间戳服务应答异常（HTTP {response.status}）：未盖章，请稍后重试 (bad answer)")
        return data


def token_info(token: bytes) -> tsp.TSTInfo:
    """What a TimeStampToken (DER) says. Raises ValueError, TypeError or KeyError where it is none."""
    content = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"]
    info = content.parsed
    if not isinstance(info, tsp.TSTInfo):
        raise TypeError("the token holds no TSTInfo")
    return info


def check_token(token: bytes, digest: bytes, algorithm: str) -> None:
    """See that a token is over this very digest. Whether its signer is trusted is the validator's question.

    Raises:
        TimestampUnavailable: it is not a token, or over something else.
    """
    try:
        imprint = token_info(token)["message_imprint"]
        same = imprint["hashed_message"].native == digest and imprint["hash_algorithm"]["algorithm"].native == algorithm
    except (ValueError, TypeError, KeyError) as error:
        raise TimestampUnavailable("时间戳无法读取：未盖章，请检查时间戳服务 (unreadable token)") from error
    if not same:
        raise TimestampUnavailable("时间戳与所盖内容不符：未盖章，请检查时间戳服务 (token over other data)")


def _imprint(digest: bytes, algorithm: str) -> tsp.MessageImprint:
    return tsp.MessageImprint({"hash_algorithm": {"algorithm": algorithm}, "hashed_message": digest})


def _signed_attributes(
    content: bytes, certificate: asn1_x509.Certificate, now: dt.datetime, digest: str
) -> cms.CMSAttributes:
    identifier = tsp.ESSCertIDv2(
        {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "cert_hash": hashlib.sha256(certificate.dump()).digest(),
            "issuer_serial": {
                "issuer": [asn1_x509.GeneralName(name="directory_name", value=certificate.issuer)],
                "serial_number": certificate.serial_number,
            },
        }
    )
    return cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "signing_time", "values": [cms.Time({"utc_time": core.UTCTime(now)})]}),
            cms.CMSAttribute({"type": "message_digest", "values": [hashlib.new(digest, content).digest()]}),
            cms.CMSAttribute(
                {"type": "signing_certificate_v2", "values": [tsp.SigningCertificateV2({"certs": [identifier]})]}
            ),
        ]
    )


def _refusal(failure: str) -> bytes:
    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {failure}})
    answer: bytes = _Refusal({"status": status}).dump()
    return answer


def _asn1(der: bytes) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(der)
