"""Rows go to the province parents first, are answered, put right, and archived with their case."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone

import archive
import ingest
from archive.rebuilding import JournalMark
from exchange import BadAnswers, ExchangeBatch, ExchangeFact, ExchangeRow, read_answers, send_again
from portal.cli import cli
from portal.roles import Role
from tests.portal import factories
from tests.workers.casework import kinds, run
from workers import BadFactError, check_exchange, export_exchange, prepare, receive_exchange, set_exchange_fact, zone
from workers.exchanging import archive_exchange

pytestmark = pytest.mark.django_db
BY_HAND = {
    "XMTZLY": "2", "TDHQFS": "2", "TDSFDSJFA": "0", "SFWCQYPG": "1", "SPLCLX": "3", "LXLX": "3", "GCFL": "1",
    "JSXZ": "1", "GBHY": "3411", "NKGSJ": "2026-12-01", "NJCSJ": "2027-12-01", "ZTZE": "12000", "JSDD": "晨曦路88号",
    "YDMJ": "28600", "JZMJ": "9800", "SPLCBM": "L1", "SPLCBBH": "1",
}  # fmt: skip


@pytest.fixture
def issued() -> ingest.Case:
    """A granted case with one material, gaps for the rest of its list, a site visit and a permit."""
    clerk, officer = factories.user(Role.CLERK), factories.user(Role.OFFICER)
    now = timezone.now()
    case = factories.case(
        clerk, state="issued", opened_at=now, accepted_at=now, decided_at=now, issued_at=now,
        decision={"result": "granted"}, answers={},
    )  # fmt: skip
    upload = factories.upload(case, "申请表.pdf", media_type="application/pdf")
    material = factories.material(upload, "M-SQB")
    ingest.MaterialUse.objects.create(case=case, entry="M-SQB", how="uploaded", material=material, used_at=now)
    from exchange.rows import listed_materials

    for entry, name in listed_materials(case).items():
        if entry != "M-SQB":
            ingest.Promise.objects.create(
                case=case, entry=entry, entry_name=name, kind="promise", text="", given_at=now, given_by=clerk
            )
    factories.certificate(case, identifier=identifier())
    ingest.Pause.objects.create(
        case=case, kind="special", reason="现场踏勘", evidence="通知", approved_by=officer, started_at=now,
        ended_at=now, ended_by=officer,
    )  # fmt: skip
    for kind, actor in (("case-opened", clerk), ("case-accepted", clerk), ("case-decided", officer)):
        archive.append_event(kind, case_number=case.number, actor=actor, now=now, details={})
    case.project.parties.create(role="construction", name="宏远建设", uscc=case.project.owner_uscc)
    return case


def identifier() -> str:
    from catalogue import make_licence_identifier

    return make_licence_identifier("11100000000013338W011", "119901010000000001", "990101202611220101")


def filled(case: ingest.Case) -> None:
    """What no document tells, by hand."""
    facts = {"project_code": case.project.code, "set_by": case.opened_by, "set_at": timezone.now()}
    ExchangeFact.objects.bulk_create(ExchangeFact(field=code, value=told, **facts) for code, told in BY_HAND.items())


def answered(tmp_path: Path, state: int = 3, reason: str = "", **only: Any) -> Any:
    """The province's answer to everything under way, as a file."""
    rows = [row for row in ExchangeRow.objects.filter(**only) if row.under_way]
    path = tmp_path / "answers.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["LSH", "SJSCZT", "SBYY"])
        writer.writerows([row.serial, state, reason] for row in rows)
    return receive_exchange(path)


def through(case: ingest.Case, tmp_path: Path) -> list[list[str]]:
    """Export and accept until nothing is left; the tables of each batch."""
    tables = []
    while paths := export_exchange(tmp_path / "out", "csv", everything=True):
        index = json.loads((paths[0] / "批次.json").read_text())
        tables.append([one["table"] for one in index["files"]])
        answered(tmp_path)
    return tables


def test_what_no_document_tells_is_asked_for_in_the_words_found_and_nothing_of_the_project_goes(
    issued: ingest.Case, tmp_path: Path
) -> None:
    failed = {row.table: row.failure for row in check_exchange()}
    assert "总投资额为空！" in failed["SPGL_XMJBXXB"]
    assert "对应的项目校验失败" in failed["SPGL_XMSPSXBLXXB"]
    [batch] = export_exchange(tmp_path, "csv")
    assert [path.name for path in sorted(batch.iterdir())] == ["01_SPGL_SPJDXXB.csv", "批次.json"]


def test_children_follow_when_their_parents_are_accepted(issued: ingest.Case, tmp_path: Path) -> None:
    filled(issued)
    assert check_exchange() == []
    assert through(issued, tmp_path) == [
        ["SPGL_XMJBXXB", "SPGL_SPJDXXB"],
        ["SPGL_ZRZTXXB", "SPGL_XMSPSXBLXXB"],
        ["SPGL_XMSPSXBLXXXXB", "SPGL_XMSQCLJQTFJXXB", "SPGL_XMSPSXBLTBCXXXB", "SPGL_XMSPSXPFWJXXB"],
    ]
    assert set(ExchangeRow.objects.values_list("state", flat=True)) == {3}
    steps = ExchangeRow.objects.filter(table="SPGL_XMSPSXBLXXXXB")
    assert sorted(int(row.data["BLZT"]) for row in steps) == [1, 3, 8, 9, 10, 11]
    assert "exchange-answered" in kinds(issued)
    before = list(ExchangeRow.objects.order_by("pk").values_list("serial", "valid", "state"))
    assert export_exchange(tmp_path / "out", "csv", everything=True) == []  # nothing happened since
    assert list(ExchangeRow.objects.order_by("pk").values_list("serial", "valid", "state")) == before


def test_a_correction_ends_the_row_that_was_sent_and_puts_another_in_its_place(
    issued: ingest.Case, tmp_path: Path
) -> None:
    filled(issued)
    through(issued, tmp_path)
    set_exchange_fact(issued.project.code, "ZTZE", "13000", by=issued.opened_by)
    old, new = ExchangeRow.objects.filter(table="SPGL_XMJBXXB").order_by("pk")
    assert (old.valid, old.invalid_why, old.data["ZTZE"], new.data["ZTZE"]) == (False, "数据已更正", "12000", "13000")
    assert old.ended_at == new.recorded_at or old.ended_at
    assert old.key == new.key
    assert old.serial != new.serial
    [batch] = export_exchange(tmp_path / "out", "csv", everything=True)
    rows = list(csv.DictReader((batch / "01_SPGL_XMJBXXB.csv").open(newline="")))
    assert [(row["LSH"], row["SJYXBS"], row["SJWXYY"]) for row in rows] == [
        (old.serial, "0", "数据已更正"), (new.serial, "1", ""),
    ]  # fmt: skip


def test_a_correction_of_what_was_never_sent_leaves_nothing_to_tell(issued: ingest.Case, tmp_path: Path) -> None:
    filled(issued)
    set_exchange_fact(issued.project.code, "ZTZE", "13000", by=issued.opened_by)
    [batch] = export_exchange(tmp_path, "json")
    [row] = json.loads((batch / "01_SPGL_XMJBXXB.json").read_text())
    assert (row["ZTZE"], row["SJYXBS"], row["SJSCZT"]) == ("13000", "1", "0")


def test_a_refused_row_stops_its_children_until_it_is_sent_again_and_accepted(
    issued: ingest.Case, tmp_path: Path
) -> None:
    filled(issued)
    export_exchange(tmp_path / "out", "csv")
    report = answered(tmp_path, 2, "前置库繁忙", table="SPGL_XMJBXXB")
    assert (report.refused, report.accepted) == (1, 0)
    answered(tmp_path)
    assert {row.table for row in check_exchange(everything=True)} >= {"SPGL_XMSPSXBLXXB"}
    row = ExchangeRow.objects.get(table="SPGL_XMJBXXB")
    assert row.failure == "前置库繁忙"
    send_again(row)
    with pytest.raises(ValueError, match="没有被退回"):
        send_again(row)
    assert through(issued, tmp_path)[0] == ["SPGL_XMJBXXB"]


def test_the_same_answer_twice_changes_nothing_and_a_strange_one_is_named(issued: ingest.Case, tmp_path: Path) -> None:
    filled(issued)
    export_exchange(tmp_path / "out", "csv")
    assert answered(tmp_path).accepted == 2
    again = receive_exchange(tmp_path / "answers.csv")
    assert (again.accepted, again.known) == (0, 2)
    waiting = ExchangeRow.objects.filter(sent=False).first()
    assert waiting
    other = tmp_path / "other.json"
    other.write_text(json.dumps([{"LSH": waiting.serial, "SJSCZT": 3}, {"LSH": "X", "SJSCZT": "2"}]))
    assert receive_exchange(other).strange == [waiting.serial, "X"]


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe",
        b"[1]",
        b"[" * 100_000,
        b"LSH,SJSCZT\nA,7\n",
        b"LSH\nA\n",
        b'[{"LSH": "A"}]',
        b'[{"LSH"',
        b"",
        b"nonsense",
    ],
)
def test_what_is_no_file_of_answers_is_refused_whole(data: bytes) -> None:
    with pytest.raises(BadAnswers):
        read_answers(data)


def test_a_batch_that_a_dead_process_left_unwritten_is_written_by_the_next(
    issued: ingest.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(issued)
    with monkeypatch.context() as dying:
        dying.setattr("workers.exchanging.write_batch", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            export_exchange(tmp_path, "csv")
    assert ExchangeBatch.objects.get().written_at is None
    [path] = export_exchange(tmp_path, "csv")
    assert sorted(one.name for one in path.iterdir()) == ["01_SPGL_XMJBXXB.csv", "02_SPGL_SPJDXXB.csv", "批次.json"]
    assert ExchangeBatch.objects.get().written_at


def test_sql_means_the_same_to_every_server(issued: ingest.Case, tmp_path: Path) -> None:
    filled(issued)
    set_exchange_fact(issued.project.code, "GCFW", "O'Brien \\'; DROP TABLE x", by=issued.opened_by)
    set_exchange_fact(issued.project.code, "JSGMJNR", "1号厂房 'A'", by=issued.opened_by)
    [batch] = export_exchange(tmp_path, "sql")
    text = (batch / "01_SPGL_XMJBXXB.sql").read_text()
    assert "DROP" not in text
    as_hex = b"O'Brien".hex()
    assert f"X'{as_hex}" in text
    assert "'1号厂房 ''A'''" in text
    assert text.count("INSERT INTO SPGL_XMJBXXB (LSH, DFSJZJ, XZQHDM, GCDM, XMDM") == 1


def test_rows_of_an_archived_case_become_element_29_once_all_are_accepted(issued: ingest.Case, tmp_path: Path) -> None:
    prepare()  # the log has a key
    package = factories.package(issued)
    filled(issued)
    through(issued, tmp_path)
    run("supplement")
    [link] = package.follow_ups.all()
    assert link.kind == "exchange"
    manifest = archive.parse_manifest(zone("archive").read(archive.object_key(link.manifest_sha256)))
    [element] = [one for one in manifest.elements if one.element == 29]
    rows = json.loads(zone("archive").read(archive.object_key(element.sha256)))
    assert {row["table"] for row in rows} >= {"SPGL_XMJBXXB", "SPGL_XMSPSXBLXXB", "SPGL_XMSPSXPFWJXXB"}
    assert {row["state"] for row in rows} == {3}
    archive.append_event("certificate-revoked", case_number=issued.number, now=timezone.now())
    through(issued, tmp_path)
    run("supplement")
    assert package.follow_ups.count() == 2


def test_a_fact_by_hand_is_held_to_the_fields_and_codes_of_the_table(issued: ingest.Case) -> None:
    for field, value, why in (("NOPE", "1", "没有字段"), ("XMTZLY", "9", "可用：1 政府投资")):
        with pytest.raises(BadFactError, match=why):
            set_exchange_fact(issued.project.code, field, value, by=issued.opened_by)
    with pytest.raises(BadFactError, match="没有项目代码"):
        set_exchange_fact("x", "XMTZLY", "1", by=issued.opened_by)
    assert not ExchangeFact.objects.exists()


def test_the_command_line_tells_what_is_wrong_and_how_rows_stand(issued: ingest.Case, tmp_path: Path) -> None:
    def said(*words: str) -> Any:
        found = CliRunner().invoke(cli, ["exchange", *words], standalone_mode=False)
        assert found.exception is None, found.exception
        return found

    checked = said("check", "--json")
    assert checked.return_value == 1
    assert {row["state"] for row in json.loads(checked.output)} == {"本地校验失败"}
    filled(issued)
    said("set", issued.project.code, "ZTZE", "13000", "--by", issued.opened_by.username)
    assert said("export", "-o", str(tmp_path / "out")).return_value == 0
    listed = json.loads(said("list", "--json").output)
    assert {row["state"] for row in listed if row["table"] == "SPGL_XMJBXXB" and row["valid"]} == {"已上报，待回执"}
    answers = tmp_path / "a.csv"
    answers.write_text(
        "LSH,SJSCZT,SBYY\n" + "".join(f"{row['serial']},3,\n" for row in listed if "待回执" in row["state"])
    )
    assert json.loads(said("receive", str(answers), "--json").output)["accepted"] == 2


def test_a_round_takes_the_answers_laid_down_and_writes_what_may_go(
    issued: ingest.Case, tmp_path: Path, settings: Any
) -> None:
    from workers.tasks import exchange

    filled(issued)
    settings.EXCHANGE_DIR = str(tmp_path)
    exchange()
    rows = [row for row in ExchangeRow.objects.all() if row.under_way]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "1.json").write_text(json.dumps([{"LSH": row.serial, "SJSCZT": 3} for row in rows]))
    (tmp_path / "in" / "2.csv").write_text("nonsense")
    exchange()
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["1.json"]
    assert [path.name for path in (tmp_path / "refused").iterdir()] == ["2.csv"]
    assert len(list((tmp_path / "out").iterdir())) == 2
    settings.EXCHANGE_DIR = ""
    exchange()
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_what_was_told_of_an_archived_case_is_in_the_journal(issued: ingest.Case, tmp_path: Path) -> None:
    filled(issued)
    through(issued, tmp_path)
    marked = JournalMark.objects.filter(model="exchange.exchangerow")
    assert not ExchangeRow.objects.filter(pk__in=marked.values("row")).exclude(case_number="").exists()
    factories.package(issued)
    archive_exchange(issued.number)
    told = ExchangeRow.objects.filter(pk__in=marked.values("row"))
    assert {row.table for row in told} >= {"SPGL_XMJBXXB", "SPGL_XMSPSXBLXXB"}


def test_the_page_shows_what_does_not_go_and_why(issued: ingest.Case, client: Client) -> None:
    check_exchange()
    client.force_login(factories.user(Role.SUPERVISOR))
    shown = client.get("/exchange").content.decode()
    for words in ("总投资额为空！", "项目基本信息表", issued.number, "本地校验失败"):
        assert words in shown
    client.force_login(factories.user(Role.KEEPER))
    assert client.get("/exchange").status_code == 403
