"""Files with one seal, with two, and renewed: what the tests of lasting seals are about."""

import contextlib
import dataclasses
import datetime as dt
import hashlib
import io
import sys
from collections.abc import Iterator
from unittest import mock

from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESSubIndic
from pyhanko.sign.validation import ades
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    FreshnessReqType,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleTrustManager

from signing import (
    LocalTimestampAuthority,
    SealOrder,
    TestAuthority,
    draw_seal,
    preserve_pdf,
    render,
    renew_pdf,
    seal_all,
)

LEAD, FIRE = "江澜市住房和城乡建设局", "江澜市消防救援支队"
OPINION = {
    "编号": "联验〔2026〕990101-0001号",
    "建设单位": "江澜晨曦智能装备有限公司",
    "工程名称": "晨曦智能装备制造基地项目1号厂房",
    "单项意见": [["消防验收", FIRE, "符合要求", "合格", "2026-11-20"]],
    "结论": "经联合验收，1 项单项验收均为合格，同意通过竣工联合验收。",
    "发证机关": LEAD,
    "发证日期": "2026年11月22日",
    "会签单位": [FIRE],
}


def later(now: dt.datetime, years: int) -> dt.datetime:
    return now + dt.timedelta(days=365.25 * years)


@dataclasses.dataclass(frozen=True)
class Office:
    """A test authority, whose clock stands still, and what it seals."""

    authority: TestAuthority
    now: dt.datetime

    @property
    def tsa(self) -> LocalTimestampAuthority:
        return LocalTimestampAuthority(self.authority.timestamp_key, lambda: self.now)

    def order(self, owner: str, pdf: bytes, near: str = "") -> SealOrder:
        key = self.authority.seal_key(owner, "验收专用章")
        digest = hashlib.sha256(pdf).hexdigest()
        return SealOrder(key, draw_seal(owner, "9901010000018"), digest, "出具意见书", owner, near)

    def opinion(self) -> bytes:
        return render("joint_acceptance", OPINION, created=self.now)

    def sealed(self, seals: int) -> bytes:
        pdf = self.opinion()
        orders = [self.order(LEAD, pdf), self.order(FIRE, pdf, FIRE)][:seals]
        return seal_all(pdf, orders, tsa=self.tsa, now=self.now)

    def kept(self, seals: int) -> bytes:
        trust = self.authority
        return preserve_pdf(self.sealed(seals), trust.roots, trust.crls(), tsa=self.tsa, now=self.now)

    def after(self, years: int) -> "Office":
        """The same office years later, with whatever keys its authority has turned over by then."""
        moment = later(self.now, years)
        return Office(TestAuthority.ensure(self.authority.directory, moment), moment)

    def renewed(self, pdf: bytes) -> bytes:
        return renew_pdf(pdf, self.authority.roots, self.authority.crls(self.now), tsa=self.tsa, now=self.now).pdf


async def ades_lta(
    pdf: bytes, authority: TestAuthority, at: dt.datetime, list_age: dt.timedelta | None = None
) -> list[AdESSubIndic]:
    """What pyHanko's AdES validation (ETSI EN 319 102-1, 5.6.3) says of each seal at a moment, with nothing fetched.

    `list_age`: how old a revocation list may be; by default it counts until its own end. Needed while the seal's
    certificate is in force and the list of the day of sealing has ended: the library does not find, for a moment in
    the past, a list that the certificate's issuer signed itself (0.38; docs/adr/0027).
    """
    root = asn1_x509.Certificate.load(authority.roots[0].public_bytes(Encoding.DER))
    needed = RevocationCheckingRule.CRL_OR_OCSP_REQUIRED
    checking = RevocationCheckingPolicy(ee_certificate_rule=needed, intermediate_ca_cert_rule=needed)
    fresh = FreshnessReqType.MAX_DIFF_REVOCATION_VALIDATION if list_age else FreshnessReqType.DEFAULT
    revocation = CertRevTrustPolicy(checking, freshness=list_age, freshness_req_type=fresh)
    spec = PdfSignatureValidationSpec(
        SignatureValidationSpec(
            cert_validation_policy=CertValidationPolicySpec(
                trust_manager=SimpleTrustManager.build([root]), revinfo_policy=revocation
            ),
            revinfo_gathering_policy=RevocationInfoGatheringSpec(
                online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY
            ),
        )
    )
    timing = ValidationTimingInfo(validation_time=at, best_signature_time=at, point_in_time_validation=False)
    seals = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    with clock_at(at):
        found = [await ades.ades_lta_validation(seal, spec, timing_info=timing) for seal in seals]
    return [one.ades_subindic for one in found]


@contextlib.contextmanager
def clock_at(at: dt.datetime) -> Iterator[None]:
    """The library's clock, which it asks beside the moment it is given, at that moment."""

    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return at.astimezone(tz)

    with contextlib.ExitStack() as stack:
        for name, module in list(sys.modules.items()):
            if name.startswith("pyhanko") and getattr(module, "datetime", None) is dt.datetime:
                stack.enter_context(mock.patch.object(module, "datetime", Clock))
        yield
