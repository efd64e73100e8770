"""Encapsulation (DA/T 48): files by digest, signed; a changed part is found and has a name."""

import base64
import datetime as dt
import re
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from archive import Manifest, build_manifest, digest_bytes
from archive.records import BadRecord, amend, check_eep, eep_files, encapsulate, read_record
from signing import SealKey
from signing.certificates import certify_seal, issue_authority, name
from tests.archive.records import sample
from tests.archive.sample_package import NOW

AT = NOW + dt.timedelta(hours=2)
E = "{http://www.saac.gov.cn/standards/ERM/encapsulation}"


@pytest.fixture(scope="module")
def eep() -> bytes:
    return encapsulate(sample.manifest(), sample.record(), sample.key(), at=AT)


def on_disk() -> dict[str, tuple[str, int]]:
    return {e.path: (e.sha256, e.size) for e in sample.manifest().elements}


def codes(data: bytes, **what: object) -> list[tuple[str, str]]:
    return [(one.code, one.part) for one in check_eep(data, **what)]  # type: ignore[arg-type]


def test_a_package_is_encapsulated_by_digest_and_its_signature_holds(eep: bytes):
    root = read_record(eep, "eep")
    assert root.findtext(f"{E}被签名对象/{E}封装包类型") == "原始型"
    code = next(root.iter(f"{E}编码"))
    assert code.findtext(f"{E}编码描述") == "仅提供SHA256摘要信息,文档数据在外部保存"
    assert code.findtext(f"{E}反编码关键字") == "sha256-base64Binary"
    first = sample.manifest().elements[0]
    assert base64.b64decode(code.findtext(f"{E}编码数据")).hex() == first.sha256
    mains = [d.findtext(f"{E}题名") for d in root.iter(f"{E}文档") if d.findtext(f"{E}文档主从声明") == "主文档"]
    assert mains == ["建筑工程施工许可证"]
    assert [one.path for one in eep_files(eep)] == [e.path for e in sample.manifest().elements]
    assert codes(eep, files=on_disk(), manifest=sample.manifest(), roots=sample.authority().roots) == []


def test_the_same_package_gives_the_same_bytes(eep: bytes):
    assert encapsulate(sample.manifest(), sample.record(), sample.key(), at=AT) == eep


def test_an_elliptic_key_signs_too():
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = sample.authority()._key("operating")
    certificate, *above = certify_seal(key.public_key(), name("江澜市", "档案签名章"), NOW, issuer)
    made = encapsulate(sample.manifest(), sample.record(), SealKey(key, certificate, tuple(above)), at=AT)
    assert codes(made, manifest=sample.manifest(), roots=sample.authority().roots) == []
    changed = made.replace("窗口人员".encode(), "窗口员人".encode(), 1)
    assert codes(changed)[0] == ("eep-signature", "被签名对象或修改0-签名1/签名结果")


CHANGES: list[tuple[str, Callable[[str], str], list[tuple[str, str]]]] = [
    (
        "a digest",
        lambda text: re.sub(r"(编码数据ID=\"修改0-文档2-编码数据1\">).", r"\1z", text),
        [("eep-signature", "被签名对象"), ("eep-document", "过程文件/003_办理过程.json")],
    ),
    (
        "the title",
        lambda text: text.replace("晨曦智能装备制造基地项目 建筑", "晨曦智能装备制造基地项目 装修"),
        [("eep-signature", "被签名对象"), ("eep-description", "题名")],
    ),
    (
        "the time of an act",
        lambda text: text.replace("2026-11-22T02:03:00.000000Z", "2026-11-22T02:03:00.000001Z"),
        [("eep-signature", "被签名对象"), ("eep-event", "E3"), ("eep-event", "case-accepted")],
    ),
    (
        "an act taken out",
        lambda text: re.sub(r"<业务实体><业务标识符>E4.*?</业务实体>", "", text),
        [("eep-signature", "被签名对象"), ("eep-event", "case-decided")],
    ),
    (
        "a file taken out",
        lambda text: re.sub(r"<文档><文档标识符>修改0-文档1<.*?</文档>", "", text),
        [("eep-signature", "被签名对象"), ("eep-document", "申报文件/001_申请表.pdf")],
    ),
    (
        "the signature",
        lambda text: re.sub(r"<签名结果>(.)", lambda found: f"<签名结果>{'B' if found[1] == 'A' else 'A'}", text),
        [("eep-signature", "修改0-签名1/签名结果")],
    ),
    ("the certificate", lambda text: re.sub(r"<证书>..", "<证书>AA", text), [("eep-certificate", "修改0-签名1")]),
    (
        "a weaker algorithm",
        lambda text: text.replace("xmldsig-more#rsa-sha256", "xmldsig-more#rsa-md5"),
        [("eep-algorithm", "修改0-签名1")],
    ),
]


@pytest.mark.parametrize(("change", "found"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_a_changed_part_is_found_and_named(eep: bytes, change: Callable[[str], str], found: list[tuple[str, str]]):
    changed = change(eep.decode()).encode()
    assert changed != eep
    seen = [
        (code, part.split()[0] if code == "eep-event" else part)
        for code, part in codes(changed, manifest=sample.manifest())
    ]
    assert seen == found


def test_a_changed_a_missing_and_a_foreign_file_are_told_apart(eep: bytes):
    files = on_disk()
    files["申报文件/001_申请表.pdf"] = ("0" * 64, 9)
    del files["结果文件/004_施工许可证.pdf"]
    assert codes(eep, files=files) == [
        ("eep-file-changed", "申报文件/001_申请表.pdf"),
        ("eep-file-missing", "结果文件/004_施工许可证.pdf"),
    ]


def test_a_certificate_of_an_unknown_authority_or_of_another_time_is_not_trusted(eep: bytes):
    other = issue_authority(name("别的机构", "别的根证书"), NOW)
    assert codes(eep, roots=[other.certificate]) == [("eep-trust", "修改0-签名1")]
    made = encapsulate(sample.manifest(), sample.record(), sample.key(), at=NOW - dt.timedelta(days=900))
    assert codes(made, roots=sample.authority().roots) == [("eep-trust", "修改0-签名1")]


def follow_up(before: Manifest, order: int) -> Manifest:
    return build_manifest(
        package=f"01JFOLLOW{order}",
        archive_number=before.archive_number,
        created_at=NOW + dt.timedelta(days=order),
        case=before.case,
        list_sha256=before.list_sha256,
        retention=before.retention,
        elements=sample.elements()[:order],
        events=before.events,
        previous=(before.package, digest_bytes(before.package.encode()).sha256),
    )


def test_an_amendment_holds_the_one_before_it_and_both_signatures_hold(eep: bytes):
    first = follow_up(sample.manifest(), 1)
    second = follow_up(first, 2)
    once = amend(first, sample.record(), eep, sample.key(), at=AT)
    twice = amend(second, sample.record(), once, sample.key(), at=AT)
    root = read_record(twice, "eep")
    assert root.findtext(f"{E}被签名对象/{E}封装包类型") == "修改型"
    assert [node.text for node in root.iter(f"{E}签名标识符")] == ["修改0-签名1", "修改1-签名1", "修改2-签名1"]
    assert [one.path for one in eep_files(twice)] == [e.path for e in second.elements]
    assert codes(twice, manifest=second, roots=sample.authority().roots) == []
    changed = twice.replace("修改0-文档1".encode(), "修改0-文档9".encode())
    found = {(one.layer, one.code) for one in check_eep(changed)}
    assert found == {(layer, "eep-signature") for layer in (0, 1, 2)}
    newest = twice.replace(b"01JFOLLOW2", b"01JFOLLOW3")
    assert {one.layer for one in check_eep(newest)} == {2}


def test_amendments_end_before_they_cannot_be_read(eep: bytes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("archive.records.eep_writing.MOST_AMENDMENTS", 1)
    once = amend(follow_up(sample.manifest(), 1), sample.record(), eep, sample.key(), at=AT)
    with pytest.raises(BadRecord, match="不能再嵌套"):
        amend(follow_up(sample.manifest(), 2), sample.record(), once, sample.key(), at=AT)


def test_the_deepest_amendment_can_still_be_read(eep: bytes):
    newest, by = eep, sample.key()
    for _ in range(40):
        newest = amend(follow_up(sample.manifest(), 1), sample.record(), newest, by, at=AT)
    assert {one.code for one in check_eep(newest)} == set()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<a/>",
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    ],
)
def test_what_is_no_encapsulation_is_said_to_be_none(data: bytes):
    assert [one.code for one in check_eep(data)] == ["eep-form"]
    with pytest.raises(BadRecord):
        eep_files(data)


def test_sizes_and_orders_that_no_number_holds_are_refused(eep: bytes):
    text = eep.decode()
    for changed in (
        re.sub(r"<计算机文件大小>\d+", "<计算机文件大小>" + "9" * 5000, text),
        text.replace("2026-11-22T04:00:00.000000Z", "99999999-01-01T00:00:00Z"),
    ):
        assert changed != text
        assert check_eep(changed.encode(), roots=sample.authority().roots)
