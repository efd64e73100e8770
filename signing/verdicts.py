"""The answer of a validation: verdict, one entry per seal, and reasons a person can read."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Literal

Verdict = Literal["valid", "invalid", "unknown"]
Level = Literal["B-B", "B-T", "B-LT", "B-LTA"]
"""PAdES levels (ETSI EN 319 142-1): signature; with timestamp; with validation data; with archive timestamp."""

_TEXTS: dict[str, tuple[Verdict, str, str]] = {
    "changed": ("invalid", "盖章后文件内容被改动", "the file was changed after it was sealed"),
    "signature-broken": ("invalid", "签章数据损坏或被改动", "the signature itself is damaged or was changed"),
    "revoked": ("invalid", "印章证书已被吊销", "the seal's certificate is revoked"),
    "timestamp-broken": ("invalid", "时间戳损坏或与签章不符", "the timestamp is damaged or belongs to something else"),
    "seal-forged": ("invalid", "电子印章本身与制章人的签名不符", "the electronic seal is not as its maker signed it"),
    "signer-not-listed": (
        "invalid",
        "签章人的证书不在这枚电子印章的使用名单中",
        "the signer's certificate is not among those that may use this electronic seal",
    ),
    "seal-missing": ("invalid", "缺少应有的印章", "a seal that must be there is missing"),
    "seal-unexpected": ("invalid", "有登记之外的印章", "a seal that does not belong there"),
    "other-file": ("invalid", "不是登记的那份文件", "this is not the file in the register"),
    "register-superseded": ("invalid", "证照已换发，这一版不再有效", "superseded by a newer version"),
    "register-suspended": ("invalid", "证照已暂停，恢复前不能使用", "suspended by the authority"),
    "register-revoked": ("invalid", "证照已撤销", "revoked by the authority"),
    "register-cancelled": ("invalid", "证照已注销", "cancelled by the authority"),
    "register-expired": ("invalid", "证照已过有效期", "past its last day"),
    "content-differs": (
        "invalid",
        "文件内容与登记的证照不同",
        "what the file says is not what the certificate in the register says",
    ),
    "not-original": (
        "unknown",
        "不是签章的原件，可能经过打印、扫描或另存",
        "not the sealed original; it may have been scanned or saved again",
    ),
    "not-registered": ("unknown", "登记簿中没有这份文件", "the register does not know this file"),
    "two-indexes": (
        "unknown",
        "文件含有两套对象索引，不同软件显示的内容可能不同",
        "the file has two tables of its objects; programs may show different things",
    ),
    "level-too-low": (
        "unknown",
        "签章缺少长期验证所需的时间戳或吊销信息",
        "the seal lacks the timestamps or validation data asked for",
    ),
    "wrong-purpose": ("unknown", "证书的用途不是签章", "the certificate is not made for sealing"),
    "hidden-content": (
        "unknown",
        "文件中有隐藏或可变的内容，盖章者看到的可能不同",
        "the file holds what may have shown otherwise to the sealer",
    ),
    "not-judged": ("unknown", "签章验证没有完成", "judging the seals did not come to an end"),
    "unsigned": ("unknown", "文件没有电子签章", "the file carries no electronic seal"),
    "unreadable": ("unknown", "文件无法读取", "the file cannot be read"),
    "encrypted": ("unknown", "文件已加密，无法验证", "the file is encrypted and cannot be judged"),
    "signature-unsupported": ("unknown", "签章格式不受支持", "a signature is in a format we cannot judge"),
    "uncovered": (
        "unknown",
        "文件包中有签章没有覆盖的内容",
        "the package holds files that the seal does not cover",
    ),
    "seal-unproven": (
        "unknown",
        "电子印章本身的制章签名无法核验",
        "the maker's signature of the seal cannot be checked",
    ),
    "seal-expired": ("unknown", "盖章时间不在电子印章的有效期内", "the seal was used outside of its own validity"),
    "untrusted": (
        "unknown",
        "印章证书不是由受信任的机构签发",
        "the seal's certificate comes from no authority we trust",
    ),
    "expired": ("unknown", "印章证书不在有效期内，且没有可信时间戳证明盖章时有效", "the certificate is not in force"),
    "revocation-unknown": ("unknown", "没有可用的吊销信息", "no usable revocation information"),
    "no-timestamp": ("unknown", "没有时间戳，盖章时间无法证明", "no timestamp: the time of sealing is not proven"),
    "timestamp-untrusted": (
        "unknown",
        "时间戳不是由受信任的机构签发",
        "the timestamp comes from no authority we trust",
    ),
    "hidden-layers": (
        "valid",
        "文件有关闭的或打印时才变化的图层",
        "some layers are off or change in print",
    ),
    "hidden-objects": ("valid", "文件中藏有没有显示的页面或对象", "the file holds pages or objects that are not shown"),
    "hidden-annotations": ("valid", "文件有不显示的批注", "the file has annotations that are not shown"),
    "active-content": ("valid", "文件含有脚本或自动执行的动作", "the file has scripts or actions of its own"),
    "fillable-form": ("valid", "文件含有可填写的表单域", "the file has form fields that can be filled in"),
    "seal-covers-page": ("valid", "签章图样盖住了页面的大部分内容", "a seal's picture covers much of the page"),
    "revoked-later": (
        "valid",
        "印章证书在盖章之后停用，不影响此前的签章",
        "the certificate was withdrawn after sealing",
    ),
    "expired-later": (
        "valid",
        "印章证书现已到期，时间戳证明盖章时有效",
        "the certificate has ended since; it held then",
    ),
}
"""Code: what it makes of the verdict at least, Chinese, English. "valid" marks a remark that changes nothing."""

_REMEDIES: dict[str, str] = {
    "changed": "请提交盖章后未再改动的原件",
    "signature-broken": "请提交盖章后未再改动的原件",
    "revoked": "请用有效的印章重新盖章",
    "untrusted": "请核对出具单位；确为应信任的机构的，请管理员登记其根证书",
    "timestamp-untrusted": "请核对出具单位；确为应信任的机构的，请管理员登记其时间戳根证书",
    "revocation-unknown": "请管理员补充该机构最新的吊销清单后重新提交",
    "expired": "请用有效的印章重新盖章",
    "no-timestamp": "请要求出具单位盖章时加时间戳，或核对纸质原件",
    "encrypted": "请提交未加密的文件",
    "unreadable": "请重新导出后提交，不要另存",
    "signature-unsupported": "请改用通用的 PDF 签章，或核对纸质原件",
    "register-superseded": "请使用新版证照",
    "register-suspended": "请向发证机关核实何时恢复",
    "register-revoked": "请勿采信，并向发证机关核实",
    "register-cancelled": "请勿采信，并向发证机关核实",
    "register-expired": "请使用有效期内的证照",
    "content-differs": "请勿采信；以登记影像为准，并向发证机关核实",
    "not-original": "请与登记影像逐项核对，或使用电子原件",
    "not-registered": "请扫描证照上的二维码查验；仍查不到的，请向发证机关核实",
    "two-indexes": "请由出具单位重新导出并盖章",
    "wrong-purpose": "请用签章证书盖章",
    "not-judged": "请核对纸质原件，或由出具单位重新出具",
    "hidden-layers": "请对照页面核实",
    "hidden-objects": "请对照页面核实",
    "hidden-annotations": "请对照页面核实",
    "active-content": "请对照页面核实",
    "fillable-form": "请对照页面核实",
    "seal-covers-page": "请对照页面核实",
}
"""What the clerk can do, where there is something."""

_ORDER: dict[Verdict, int] = {"valid": 0, "unknown": 1, "invalid": 2}


@dataclasses.dataclass(frozen=True)
class Reason:
    """Why: a stable code, the sentence in Chinese and English, and the field of the seal it speaks of ("" for none)."""

    code: str
    text: str
    text_en: str
    field: str = ""

    @classmethod
    def of(cls, code: str, field: str = "") -> "Reason":
        """The reason with this code."""
        _, text, text_en = _TEXTS[code]
        return cls(code, text, text_en, field)

    @property
    def remedy(self) -> str:
        """What can be done about it, in Chinese; "" for nothing."""
        return _REMEDIES.get(self.code, "")

    @property
    def verdict(self) -> Verdict:
        """The best verdict that is possible with this reason."""
        return _TEXTS[self.code][0]


@dataclasses.dataclass(frozen=True)
class SealVerdict:
    """One seal: form field, common name of its certificate, time of sealing (proven when level is B-T or above).

    `intact`: what was sealed is what is there. `trusted`: a chain to our roots that held at the time of sealing.
    `revoked`: the certificate, or one above it, was withdrawn so that the seal no longer counts.
    `changed_after`: something was added that a sealed file must not get. `fingerprint`: SHA-256 of the certificate.
    `name`: what an electronic seal in an OFD calls itself. `algorithm`: what signed, such as "sha384_ecdsa", as the
    file says.
    """

    field: str
    signer: str = ""
    time: dt.datetime | None = None
    level: Level = "B-B"
    intact: bool = False
    trusted: bool = False
    revoked: bool = False
    changed_after: bool = False
    fingerprint: str = ""
    name: str = ""
    algorithm: str = ""


@dataclasses.dataclass(frozen=True)
class Validation:
    """The verdict on a file. "valid" only if every seal in it is; "unknown" is never to be shown as valid."""

    verdict: Verdict
    seals: tuple[SealVerdict, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @classmethod
    def of(cls, reasons: Iterable[Reason], seals: Iterable[SealVerdict] = ()) -> "Validation":
        """The verdict that follows from the reasons: the worst of them; "unknown" where there is no seal."""
        unique, found = tuple(dict.fromkeys(reasons)), tuple(seals)
        worst: Verdict = "valid" if found else "unknown"
        for reason in unique:
            worst = max(worst, reason.verdict, key=_ORDER.__getitem__)
        return cls(worst, found, unique)

    def to_json(self, file: str = "", certificate: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What `yidang verify --json` prints; times in ISO 8601, UTC."""
        seals = []
        for seal in self.seals:
            entry = dataclasses.asdict(seal)
            entry["time"] = seal.time.astimezone(dt.UTC).isoformat() if seal.time else None
            seals.append(entry)
        return {
            "file": file,
            "verdict": self.verdict,
            "seals": seals,
            "certificate": dict(certificate) if certificate is not None else None,
            "reasons": [{**dataclasses.asdict(reason), "remedy": reason.remedy} for reason in self.reasons],
        }
