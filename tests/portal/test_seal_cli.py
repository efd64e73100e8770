"""`yidang seals` and `yidang seal`: the register and a single file from the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive import Event
from portal.cli.sealing import seal as seal_command
from portal.cli.seals import seals
from portal.roles import Role
from samples.world import BUILDER_OWNER
from signing import SealGrant, SealUse, draw_seal, render
from tests.portal import factories
from tests.signing.conftest import NOW, PERMIT
from tests.workers.seal_cases import main_seal
from workers import prepare

pytestmark = pytest.mark.django_db
LABEL = "行政审批专用章"


def run(*words: str) -> Result:
    result = CliRunner().invoke(seals, words, standalone_mode=False)
    assert result.exception is None, result.exception
    return result


def read(*words: str) -> Any:
    return json.loads(run(*words, "--json").output)


def test_the_register_is_listed_shown_and_changed() -> None:
    found = {row["label"]: row for row in read("list")}
    assert [found[label]["items"] for label in ("行政审批受理专用章", "档案查询专用章")] == [["通知书"], ["盖章副本"]]
    assert LABEL in found
    assert len({row["code"] for row in found.values()}) == len(found) == 3
    for work in ("suspend", "restore", "lost", "destroy"):
        assert run(work, LABEL, "--reason", f"演练 {work}").return_value == 0
    again = run("restore", LABEL, "--reason", "反悔")
    assert again.return_value == 1
    assert "seal-change-refused" in again.output
    found = read("show", LABEL)
    assert found["state"] == "destroyed"
    assert [row["after"] for row in found["history"]] == ["active", "suspended", "active", "lost", "destroyed"]
    assert found["history"][-1]["by"] == "yinzhang"
    assert "CN=" in found["certificate"]["issuer"]
    assert "销毁" in run("show", LABEL).output


def test_only_an_account_of_a_keeper_changes_the_register() -> None:
    prepare()
    factories.user(Role.OFFICER, name="lisi")
    result = CliRunner().invoke(seals, ["suspend", LABEL, "--reason", "x", "--as", "lisi"], standalone_mode=False)
    assert "不是印章管理员" in str(result.exception)
    assert main_seal().state == "active"


def test_grants_are_given_and_withdrawn_and_the_picture_is_changed(tmp_path: Path) -> None:
    assert run("grant", LABEL, "--group", "officer", "--item", "S3-05", "--until", "2099-12-31").return_value == 0
    assert run("grant", LABEL, "--user", "bumen", "--item", "S9-99").return_value == 1
    given = SealGrant.objects.get()
    assert read("show", LABEL)["grants"][0]["to"] == "岗位 officer"
    assert run("withdraw", LABEL, str(given.pk)).return_value == 0
    assert run("two-person", LABEL, "on").return_value == 0
    file, out = tmp_path / "章.png", tmp_path / "now.png"
    file.write_bytes(draw_seal("江澜市行政审批局", "9901019999999"))
    before = read("show", LABEL)["picture"]
    assert run("picture", LABEL, str(file)).return_value == 0
    assert read("show", LABEL)["picture"]["kind"] == "uploaded"
    run("picture", LABEL, "--out", str(out))
    assert out.read_bytes().startswith(b"\x89PNG")
    assert run("picture", LABEL).return_value == 0
    assert read("show", LABEL)["picture"] == before
    file.write_bytes(b"no picture")
    assert run("picture", LABEL, str(file)).return_value == 1


def test_a_file_is_sealed_with_a_record_and_not_by_whom_has_no_right(tmp_path: Path) -> None:
    prepare()
    source, target = tmp_path / "决定书.pdf", tmp_path / "sealed.pdf"
    source.write_bytes(render("construction_permit", PERMIT, created=NOW))

    def sealed(*more: str) -> Result:
        words = [str(source), "--seal", LABEL, "-o", str(target), *more]
        result = CliRunner().invoke(seal_command, words, standalone_mode=False)
        assert result.exception is None, result.exception
        return result

    for _ in range(2):  # the same file twice is two uses
        assert sealed().return_value == 0
    assert [(use.kind, use.number, use.result, use.by) for use in SealUse.objects.all()] == [
        ("file", "决定书.pdf", "valid", None)
    ] * 2
    event = Event.objects.filter(kind="file-sealed").last()
    assert event
    assert event.object_sha256 == SealUse.objects.order_by("-pk")[0].after_sha256
    target.unlink()
    run("grant", LABEL, "--user", "bumen", "--item", "S3-05")
    for words, code in (
        ((), "seal-not-granted"),
        (("--as", "chuangkou", "--item", "S3-05"), "seal-not-granted"),
        (("--as", "bumen"), "seal-not-granted"),
    ):
        refused = sealed(*words)
        assert (refused.return_value, code in refused.output) == (1, True)
    assert sealed("--as", "bumen", "--item", "S3-05").return_value == 0
    target.unlink()
    run("two-person", LABEL, "on")
    assert "seal-not-released" in sealed("--as", "bumen", "--item", "S3-05").output
    run("two-person", LABEL, "off")
    run("suspend", LABEL, "--reason", "核查")
    assert "seal-suspended" in sealed("--as", "bumen", "--item", "S3-05").output
    assert not target.exists()
    listed = read("uses", LABEL, "--result", "failed")
    assert [row["failures"][-1]["code"] for row in listed] == ["seal-suspended", "seal-not-granted", "seal-not-granted"]
    assert "未盖成" in run("uses", LABEL).output


def test_a_new_seal_is_registered_with_its_code_and_can_be_used_at_once(tmp_path: Path) -> None:
    words = ["new", "消防验收专用章", "--owner", "江澜市消防救援支队", "--item", "会签：S4-01", "--uscc"]
    assert run(*words, "1199010100").return_value == 1
    assert run(*words, BUILDER_OWNER.code).return_value == 0
    again = run(*words, BUILDER_OWNER.code)
    assert (again.return_value, "已有名为" in again.output) == (1, True)
    found = read("show", "消防验收专用章")
    assert found["code"] == f"{BUILDER_OWNER.code[2:8]}0000004"
    assert found["items"] == ["会签：S4-01"]
    missing = run("new", "x", "--owner", "x", "--item", "S3-05", "--uscc", BUILDER_OWNER.code, "--place", "pkcs12:none")
    assert (missing.return_value, "key-unusable" in missing.output) == (1, True)
    assert len(read("list")) == 4
    event = Event.objects.filter(kind="seal-registered").last()
    assert event
    assert event.details["code"] == found["code"]
