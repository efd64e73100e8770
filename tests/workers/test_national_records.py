"""A package holds its national records, they tell the case, and asked again they are the same."""

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone

import archive
import ingest
from archive.records import check_eep, eep_files, premis_xml, read_record
from portal.cli import cli
from portal.roles import Role
from signing import Act, Certificate, Decision, Seal
from tests.portal import factories
from tests.workers.casework import run
from workers import (
    authority,
    check_archive,
    decide_on,
    export,
    keeping,
    prepare,
    preservation_record,
    read_derivative,
    zone,
)
from workers.national_records import ARCHIVE_SEAL
from workers.stage import NotYetError

pytestmark = pytest.mark.django_db
Y = "{urn:yidang:records:1}"
NUMBER = "J001-XZ·2026-Y-SP-0001"


@pytest.fixture
def issued() -> ingest.Case:
    """A case with its permit, a file, a pause and two events by two people."""
    clerk, officer = factories.user(Role.CLERK), factories.user(Role.OFFICER)
    now = timezone.now()
    case = factories.case(
        clerk, state="issued", accepted_at=now, decided_at=now, issued_at=now, answers={},
        decision={"result": "granted"}, report=factories.report("complete"),
    )  # fmt: skip
    paper = b"%PDF-1.7 promise"
    told = dataclasses.asdict(archive.digest_bytes(paper)) | {"page_count": 3, "media_type": "application/pdf"}
    factories.kept(paper, "inbox")
    factories.material(factories.upload(case, "申请表.pdf", **told), "M-SQB")
    ingest.Notice.objects.create(
        case=case, kind="acceptance", content={}, made_at=now, sha256=factories.kept(b"%PDF-1.7 notice")
    )
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
    assert next(n.findtext(f"{Y}页数") for n in listed if n.findtext(f"{Y}名称") == "申请表.pdf") == "3"
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


def archived(case: ingest.Case) -> archive.Package:
    """The package as the archive has it, without the rest of the way there."""
    prepare()  # the log has a key
    made = packaged(case)
    keeping.record_package({}, (archive.digest_bytes(archive.manifest_bytes(made)), made))
    row = archive.Package.objects.get()
    keeping.record_stored({"package": row.pk}, keeping.store({"package": row.pk}))
    return row


def test_acts_on_the_certificate_amend_the_encapsulation_one_inside_the_other(issued: ingest.Case) -> None:
    package = archived(issued)
    certificate, by = Certificate.objects.get(), factories.user(Role.OFFICER)
    why = Decision("建设规模经规划调整", "江规核〔2026〕8号")
    for act in (Act.SUSPEND, Act.RESTORE):
        decide_on(certificate, act, why, by=by)
        run("follow-up")
    last = package.follow_ups.order_by("order").last()
    assert last
    manifest = archive.parse_manifest(zone("archive").read(archive.object_key(last.manifest_sha256)))
    eep = data_of(manifest, "eep.xml")
    assert [line.split("<")[0] for line in eep.decode().split("<签名标识符>")[1:]] == [
        "修改0-签名1", "修改1-签名1", "修改2-签名1",
    ]  # fmt: skip
    assert check_eep(eep, manifest=manifest, roots=authority().roots) == []


def test_the_premis_record_of_today_holds_what_was_done_since(issued: ingest.Case) -> None:
    package = archived(issued)
    assert check_archive(seconds=60).damaged == []
    root = read_record(preservation_record(package), "premis")
    kinds = [node.text for node in root.iter("{http://www.loc.gov/premis/v3}eventType")]
    assert {"ingestion", "fixity check"} <= set(kinds)
    assert {node.text for node in root.iter("{http://www.loc.gov/premis/v3}eventOutcome")} == {"pass"}


def test_an_exported_package_is_held_against_its_encapsulation_on_the_command_line(
    issued: ingest.Case, tmp_path: Path
) -> None:
    package = archived(issued)
    folder, root = export(issued.number, tmp_path), tmp_path / "root.pem"
    root.write_bytes(authority().roots[0].public_bytes(Encoding.PEM))
    check = ["records", "check-eep", str(folder), "--root", str(root), "--json"]
    whole = CliRunner().invoke(cli, check, standalone_mode=False)
    assert (json.loads(whole.output), whole.return_value) == ([], 0)
    assert read_record((folder / "data/校验信息/premis.xml").read_bytes(), "premis") is not None
    (folder / "data/申报文件/001_申请表.pdf").write_bytes(b"another")
    spoilt = CliRunner().invoke(cli, check, standalone_mode=False)
    assert [one["part"] for one in json.loads(spoilt.output)] == ["申报文件/001_申请表.pdf"]
    assert spoilt.return_value == 1
    told = CliRunner().invoke(cli, ["records", "premis", package.archive_number], standalone_mode=False)
    assert told.output.startswith("<premis")
