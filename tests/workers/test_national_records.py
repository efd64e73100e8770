"""A package holds its national records, they tell the case, and asked again they are the same."""

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import timezone

import archive
import ingest
from archive.records import check_eep, eep_files, premis_xml, read_record
from portal.roles import Role
from signing import Seal
from tests.portal import factories
from workers import authority, keeping, prepare, read_derivative
from workers.national_records import ARCHIVE_SEAL
from workers.stage import NotYetError

pytestmark = pytest.mark.django_db
Y = "{urn:yidang:records:1}"
NUMBER = "J001-XZ·2026-Y-SP-0001"


@pytest.fixture
def issued() -> ingest.Case:
    """A case with its permit, a file, a pause and two events by two people."""
    prepare()
    clerk, officer = factories.user(Role.CLERK), factories.user(Role.OFFICER)
    now = timezone.now()
    case = factories.case(
        clerk, state="issued", accepted_at=now, decided_at=now, issued_at=now, answers={},
        decision={"result": "granted"}, report=factories.report("complete"),
    )  # fmt: skip
    factories.upload(case, "承诺书.pdf", page_count=3, media_type="application/pdf")
    made = factories.certificate(case)
    made.seal.owner_uscc = "119901010000000001"
    facts = {"kind": "certificate", "certificate": made, "number": made.number, "used_at": now, "by": officer}
    factories.signing.SealUse.objects.create(
        seal=made.seal, before_sha256="1" * 64, after_sha256=made.sealed_sha256, **facts
    )
    ingest.Pause.objects.create(
        case=case, kind="special", reason="现场踏勘", evidence="踏勘记录", started_at=now, ended_at=now
    )
    for kind, actor in (("case-opened", clerk), ("case-decided", officer), ("certificate-valid", None)):
        archive.append_event(kind, case_number=case.number, actor=actor, now=now, details={"is": kind})
    return case


def packaged(case: ingest.Case) -> archive.Manifest:
    arguments: dict[str, Any] = {"case_id": case.pk, "package": "01JPACKAGE", "archive_number": NUMBER}
    return keeping.package(arguments)[1]


def data_of(manifest: archive.Manifest, name: str) -> bytes:
    return read_derivative(next(e.sha256 for e in manifest.elements if e.name == name))


def test_every_record_is_there_and_says_what_the_tables_say(issued: ingest.Case) -> None:
    manifest = packaged(issued)
    told = read_record(data_of(manifest, "基本信息.xml"), "case-metadata")
    assert told.findtext(f"{Y}办件编号") == issued.number
    assert told.findtext(f"{Y}办理结果") == "准予许可"
    assert told.findtext(f"{Y}特别程序/{Y}原因") == "现场踏勘"
    course = read_record(data_of(manifest, "办理过程.xml"), "process")
    assert [node.findtext(f"{Y}业务行为") for node in course.findall(f"{Y}业务实体")] == [
        "收件", "作出决定", "证照验证有效",
    ]  # fmt: skip
    posts = {node.findtext(f"{Y}机构人员名称") for node in course.findall(f"{Y}机构人员实体")}
    assert {"窗口人员", "审批人员", "一档"} <= posts
    listed = read_record(data_of(manifest, "材料目录.xml"), "file-list")
    names = {e.name for e in manifest.elements}
    assert {node.findtext(f"{Y}名称") for node in listed} == names - {"材料目录.xml", "eep.xml"}
    assert next(n.findtext(f"{Y}页数") for n in listed if n.findtext(f"{Y}名称") == "承诺书.pdf") == "3"
    events = json.loads(data_of(manifest, "保存记录.json"))["events"]
    assert [one["type"] for one in events] == ["digital signature validation"]
    assert read_record(premis_xml(data_of(manifest, "保存记录.json")), "premis") is not None


def test_the_encapsulation_is_over_every_other_file_and_is_signed_by_the_archive(issued: ingest.Case) -> None:
    manifest = packaged(issued)
    eep = data_of(manifest, "eep.xml")
    assert {one.path for one in eep_files(eep)} == {e.path for e in manifest.elements if e.name != "eep.xml"}
    assert check_eep(eep, manifest=manifest, roots=authority().roots) == []


def test_no_name_of_a_person_stands_in_a_record(issued: ingest.Case) -> None:
    manifest = packaged(issued)
    names = [str(account) for account in factories.User.objects.values_list("username", flat=True)]
    assert names
    for name in ("基本信息.xml", "办理过程.xml", "保存记录.json", "eep.xml"):
        assert not [one for one in names if one in data_of(manifest, name).decode()]


def test_the_same_case_gives_the_same_package_though_the_clock_went_on(
    issued: ingest.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = archive.manifest_bytes(packaged(issued))
    later = timezone.now() + dt.timedelta(days=3)
    monkeypatch.setattr("workers.national_records.timezone.now", lambda: later)
    assert archive.manifest_bytes(packaged(issued)) == first


def test_an_event_that_came_after_the_package_was_gathered_is_not_in_its_records(issued: ingest.Case) -> None:
    from workers.elements import gather
    from workers.national_records import with_national_records

    gathered = gather(issued, "01JPACKAGE", NUMBER)
    archive.append_event("package-waits", case_number=issued.number, now=timezone.now())
    assert b"package-waits" not in data_of(with_national_records(gathered, issued), "办理过程.xml")


def test_a_package_waits_while_the_seal_of_the_archive_is_out_of_use(issued: ingest.Case) -> None:
    seal = Seal.objects.exclude(label=ARCHIVE_SEAL).first()
    assert seal
    seal.pk, seal.label, seal.code, seal.state = None, ARCHIVE_SEAL, "", Seal.State.SUSPENDED
    seal.save()
    with pytest.raises(NotYetError, match="归档等待中"):
        packaged(issued)
