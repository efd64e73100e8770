"""What the seal bench stands on: an authority, keys in a file and in a token, a permit, and a judge."""

import dataclasses
import datetime as dt
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from signing import (
    LocalTimestampAuthority,
    SealKey,
    Secret,
    Signer,
    TestAuthority,
    certificate_request,
    close_sessions,
    draw_seal,
    install_certificates,
    make_key,
    open_key,
    render,
    token_line,
    token_place,
    validate_pdf,
)

PLACES = ("PKCS#12", "SoftHSM2")
KINDS = ("rsa-3072", "p-256")
MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
TOKEN_LABEL = "bench"  # noqa: S105  a label
PIN = "bench-only"
"""Of a token and files that are deleted at the end of the run."""
OWNER = "江澜市行政审批局"
CODE = "9901010000018"


class NotHere(Exception):  # noqa: N818
    """A contender cannot run on this machine."""


@dataclasses.dataclass(frozen=True, slots=True)
class Ground:
    """A folder with all of it; opened anew in each contender's process."""

    folder: Path
    has_token: bool

    @property
    def permit(self) -> Path:
        """The file that is sealed."""
        return self.folder / "permit.pdf"

    def authority(self) -> TestAuthority:
        """The authority all keys are certified by."""
        return TestAuthority.ensure(self.folder / "authority", dt.datetime.now(dt.UTC))

    def tsa(self) -> LocalTimestampAuthority:
        """The timestamp authority, in this process."""
        return LocalTimestampAuthority(self.authority().timestamp_key, lambda: dt.datetime.now(dt.UTC))

    def roots(self) -> tuple[x509.Certificate, ...]:
        """What is trusted."""
        return self.authority().roots

    def crls(self) -> tuple[bytes, ...]:
        """The revocation lists, DER."""
        return self.authority().crls()

    def key(self, place: str, kind: str) -> Signer:
        """The key of a kind at a place, opened. Raises NotHere where there is no such token."""
        if place == "PKCS#12":
            return open_key(f"pkcs12:{kind}", self.folder, MODULE)
        self.enter_token()
        return open_key(token_line(TOKEN_LABEL, kind), self.folder, MODULE)

    def enter_token(self) -> None:
        """Let this process see the bench's own token. Raises NotHere."""
        if not self.has_token:
            raise NotHere("install softhsm2 and pip install 'yidang[token]'")
        os.environ["SOFTHSM2_CONF"] = str(self.folder / "softhsm2.conf")

    def order(self) -> dict[str, Any]:
        """What a seal is made of beside key, time and timestamp."""
        return {
            "image": draw_seal(OWNER, CODE),
            "approved_sha256": hashlib.sha256(self.permit.read_bytes()).hexdigest(),
            "reason": "签发建筑工程施工许可证",
            "location": OWNER,
        }

    def check(self, sealed: bytes, level: str) -> None:
        """See that a file is what it is counted as. Raises RuntimeError where it is not."""
        found = validate_pdf(sealed, self.roots(), crls=self.crls())
        codes = {reason.code for reason in found.reasons}
        expected = {"no-timestamp"} if level == "B-B" else set()
        if codes != expected or [seal.level for seal in found.seals] != [level]:
            raise RuntimeError(f"not the seal it should be: {level}, {found}")


def prepare_ground(folder: Path) -> Ground:
    """Make everything in an empty folder."""
    now = dt.datetime.now(dt.UTC)
    ground = Ground(folder, _make_token(folder))
    authority = ground.authority()
    (folder / "pkcs12").mkdir()
    for kind in KINDS:
        made = rsa.generate_private_key(65537, 3072) if kind == "rsa-3072" else ec.generate_private_key(ec.SECP256R1())
        asked = x509.CertificateSigningRequestBuilder(x509.Name([])).sign(made, hashes.SHA256())
        first, *above = authority.certify(asked.public_bytes(Encoding.DER), OWNER, f"{kind}章", now)
        SealKey(made, first, tuple(above)).save(folder / "pkcs12" / f"{kind}.p12", Secret(PIN.encode()))
        (folder / "pkcs12" / f"{kind}.passphrase").write_text(PIN)
        if ground.has_token:
            ground.enter_token()
            place = token_place(token_line(TOKEN_LABEL, kind), folder, MODULE)
            make_key(place, kind)
            request = certificate_request(place, OWNER, f"{kind}令牌章")
            install_certificates(place, authority.certify(request, OWNER, f"{kind}令牌章", now))
    close_sessions()  # of this process: each contender opens its own, and the next run has another token
    ground.permit.write_bytes(render("construction_permit", _LINES, created=now))
    return ground


def _make_token(folder: Path) -> bool:
    try:
        import PyKCS11  # noqa: F401  only asked for
    except ImportError:
        return False
    tool = shutil.which("softhsm2-util")
    if tool is None or not MODULE.exists():
        return False
    for name in ("token", "tokens"):
        (folder / name).mkdir()
    (folder / "tokens" / f"{TOKEN_LABEL}.pin").write_text(PIN)
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {folder / 'token'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    command = [tool, "--init-token", "--free", "--label", TOKEN_LABEL, "--pin", PIN, "--so-pin", PIN]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "SOFTHSM2_CONF": str(conf)})
    return True


_LINES = {
    "编号": "990101202611220101",
    "证照标识": "1.2.156.3005.2.11100000000013338W011.990101.20261122001.001.X",
    "建设单位": "江澜晨曦智能装备有限公司",
    "工程名称": "晨曦智能装备制造基地项目1号厂房",
    "建设地址": "江澜市高新区晨曦路1号",
    "建设规模": "12345.67平方米",
    "合同价格": "3680.00万元",
    "设计单位": "江澜市建筑设计研究院有限公司",
    "施工单位": "江澜宏远建设集团有限公司",
    "发证机关": OWNER,
    "发证日期": "2026年11月22日",
    "查验地址": "https://yidang.example/v/abcdefghijklmnopqrstuv",
}
