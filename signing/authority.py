"""The test authority: made on first start, so that a demonstration seals for real, and marked 测试 everywhere.

Production uses the certificates of an accredited authority instead; only the paths in the settings change.
One directory holds it all: `root.p12`, `operating.p12`, `tsa.p12` and its successors, `seals/*.p12`, `*.crl`,
`revoked.json`, and the passphrase of the key files in `passphrase`, each readable by the owner only.
"""

import contextlib
import datetime as dt
import fcntl
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, get_args

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from signing import certificates
from signing.errors import CertificateUnknown, KeyUnusable
from signing.keys import SealKey, passphrase_at, write_private

CRL_LIFE = {"root": 10 * certificates.YEAR, "operating": dt.timedelta(days=180)}
"""How long a list holds. The root's, on which timestamps rest, serves those who verify an archive offline years later;
that of the seals must not hide a revocation for long. Re-issued when half of it is over."""
TIMESTAMP_TURN = certificates.TIMESTAMP_LIFE / 2
"""A timestamp certificate with less than this left stamps nothing new: its successor does, and can renew old stamps."""
OWNER = "测试证书机构（不得用于正式业务）"
MARK = "（测试）"
COMMON_NAME_BYTES = 64
"""As `cryptography` takes the bound of RFC 5280 (ub-common-name), in UTF-8: twenty-one Chinese characters."""

RevocationReason = Literal["key_compromise", "affiliation_changed", "superseded", "cessation_of_operation"]
"""Why a certificate ends. After a key compromise nothing it sealed is believed any more; after the three orderly
reasons, what a trusted timestamp proves to be older stays valid."""


class TestAuthority:
    """Root, operating authority below it, timestamp certificate, seal certificates, and both revocation lists."""

    __test__ = False  # no test case, whatever its name begins with

    def __init__(self, directory: Path, now: dt.datetime) -> None:
        """Use `ensure` instead: it makes what is missing."""
        self.directory = directory
        self._now = now
        self._opened: dict[str, SealKey] = {}

    @classmethod
    def ensure(cls, directory: Path, now: dt.datetime) -> "TestAuthority":
        """Open the authority in this directory; make what is missing, renew revocation lists near their end.

        Safe when several processes start at once. `now` (aware, UTC) dates the certificates.
        """
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        (directory / "seals").mkdir(exist_ok=True, mode=0o700)
        authority = cls(directory, now)
        with authority._locked():
            # each step is whole or absent, so a start that died half way is simply continued
            root = authority._keep("root", lambda: certificates.issue_authority(_subject("测试根证书"), now))
            authority._keep(
                "operating", lambda: certificates.issue_authority(_subject("测试签发证书"), now, issuer=root)
            )
            authority._keep_timestamper(now, root)
            write_private(directory / "root.pem", root.certificate.public_bytes(Encoding.PEM))
            authority._renew_lists(now)
        return authority

    @property
    def roots(self) -> tuple[x509.Certificate, ...]:
        """What a validator has to trust: the root alone."""
        return (self._key("root").certificate,)

    @property
    def timestamp_key(self) -> SealKey:
        """Key and certificate for a `LocalTimestampAuthority`: the newest."""
        return self._key(self._timestampers()[-1])

    def crls(self, now: dt.datetime | None = None) -> tuple[bytes, ...]:
        """The revocation lists of root and operating authority, DER; renewed first when `now` is near their end."""
        if now is not None:
            with self._locked():
                self._renew_lists(now)
        return tuple((self.directory / f"{issuer}.crl").read_bytes() for issuer in ("root", "operating"))

    def seal_key(self, owner: str, label: str, now: dt.datetime | None = None) -> SealKey:
        """The seal certificate of an owner, such as ("江澜市行政审批局", "行政审批专用章"); issued at first call."""
        name = hashlib.sha256(f"{owner}\0{label}".encode()).hexdigest()[:24]
        issued = now or self._now
        subject = _seal_subject(owner, label)
        with self._locked():
            issuer = self._key("operating")
            return self._keep(f"seals/{name}", lambda: certificates.issue_seal(subject, issued, issuer))

    def certify(self, request: bytes, owner: str, label: str, now: dt.datetime) -> tuple[x509.Certificate, ...]:
        """Certify a seal key that is elsewhere, from its request (PKCS#10, DER): the certificate, then those above it.

        What the request says of names is not asked: they are the register's.

        Raises:
            KeyUnusable: the request is not signed by its own key, or that is no key for seals.
        """
        try:
            asked = x509.load_der_x509_csr(request)
            public, proven = asked.public_key(), asked.is_signature_valid
        except (ValueError, UnsupportedAlgorithm) as error:
            raise KeyUnusable("证书请求无法读取：请重新生成 (the request cannot be read)") from error
        if not proven or not isinstance(public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise KeyUnusable("证书请求未由其密钥签名：请重新生成 (the request does not prove its key)")
        subject = _seal_subject(owner, label)
        with self._locked():
            made = certificates.certify_seal(public, subject, now, self._key("operating"))
            pem = made[0].public_bytes(Encoding.PEM)
            write_private(self.directory / "seals" / f"{made[0].serial_number:x}.pem", pem)
        return made

    def revoke(self, serial: int, now: dt.datetime, reason: RevocationReason = "key_compromise") -> None:
        """Put a certificate on the revocation list; the first entry for a serial number stands.

        Raises:
            CertificateUnknown: this authority issued no seal or timestamp certificate with that serial number.
        """
        if reason not in get_args(RevocationReason):
            raise ValueError(f"reason must be one of {', '.join(get_args(RevocationReason))}")
        with self._locked():
            if serial not in self._issued():
                raise CertificateUnknown(f"没有序列号为 {serial:x} 的证书：请核对印章登记 (no such certificate)")
            entries = self._revoked()
            if str(serial) not in entries:
                entries[str(serial)] = {"at": now.isoformat(), "reason": reason}
                write_private(self.directory / "revoked.json", json.dumps(entries, indent=1).encode())
            self._renew_lists(now, force=True)

    def _key(self, name: str) -> SealKey:
        if name not in self._opened:  # opening costs about 0.1 s
            passphrase = passphrase_at(self.directory / "passphrase")
            self._opened[name] = SealKey.load(self.directory / f"{name}.p12", passphrase)
        return self._opened[name]

    def _keep(self, name: str, make: Callable[[], SealKey]) -> SealKey:
        path = self.directory / f"{name}.p12"
        if not path.exists():
            make().save(path, passphrase_at(self.directory / "passphrase"))
        return self._key(name)

    def _timestampers(self) -> list[str]:
        """The names of the timestamp keys, oldest first: `tsa`, then `tsa-2` and so on."""
        later = sorted(int(path.stem.removeprefix("tsa-")) for path in self.directory.glob("tsa-*.p12"))
        return ["tsa", *(f"tsa-{number}" for number in later)]

    def _keep_timestamper(self, now: dt.datetime, root: SealKey) -> None:
        def make() -> SealKey:
            return certificates.issue_timestamper(_subject("测试时间戳服务"), now, root)

        self._keep("tsa", make)
        names = self._timestampers()
        if self._key(names[-1]).certificate.not_valid_after_utc - now < TIMESTAMP_TURN:
            self._keep(f"tsa-{len(names) + 1}", make)

    def _issued(self) -> set[int]:
        """Serial numbers of all that was certified here, the root left out."""
        seals = self.directory / "seals"
        names = (*self._timestampers(), "operating", *(f"seals/{path.stem}" for path in seals.glob("*.p12")))
        elsewhere = (x509.load_pem_x509_certificate(path.read_bytes()) for path in seals.glob("*.pem"))
        return {self._key(name).serial for name in names} | {one.serial_number for one in elsewhere}

    def _revoked(self) -> dict[str, dict[str, str]]:
        path = self.directory / "revoked.json"
        entries: dict[str, dict[str, str]] = json.loads(path.read_bytes()) if path.exists() else {}
        return entries

    def _renew_lists(self, now: dt.datetime, *, force: bool = False) -> None:
        entries = [
            (int(serial), dt.datetime.fromisoformat(entry["at"]), x509.ReasonFlags[entry["reason"]])
            for serial, entry in self._revoked().items()
        ]
        below_root = {self._key(name).serial for name in (*self._timestampers(), "operating")}
        for issuer in ("root", "operating"):
            path = self.directory / f"{issuer}.crl"
            number = 1
            if path.exists():
                current = x509.load_der_x509_crl(path.read_bytes())
                end = current.next_update_utc
                # a list dated later than now was made while the clock was wrong: no judge would take it as of today
                ahead = current.last_update_utc > now
                if not force and not ahead and end is not None and end - now > CRL_LIFE[issuer] / 2:
                    continue
                number += current.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
            mine = [entry for entry in entries if (entry[0] in below_root) == (issuer == "root")]
            made = certificates.issue_crl(self._key(issuer), mine, number=number, now=now, life=CRL_LIFE[issuer])
            write_private(path, made.public_bytes(Encoding.DER))

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.directory / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # released when the file closes, also when the process dies
            yield


def _seal_subject(owner: str, label: str) -> x509.Name:
    """Owner and label as the common name; the label alone where both do not fit, as the owner stands beside it."""
    both = f"{owner}{label}"
    fits = len(f"{both}{MARK}".encode()) <= COMMON_NAME_BYTES
    room = COMMON_NAME_BYTES - len(MARK.encode())
    return certificates.name(
        owner, (both if fits else label).encode()[:room].decode(errors="ignore") + MARK, unit="测试"
    )


def _subject(common: str) -> x509.Name:
    return certificates.name(OWNER, common, unit="测试")
