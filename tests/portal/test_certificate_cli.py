"""`yidang certificate` and `yidang verify`: what an officer and anybody type, and the codes they end with."""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from ingest import Upload
from portal.cli import certificates, verifying
from portal.roles import Role
from signing import Certificate, judge_incoming, new_token, verification_url
from tests.portal import factories
from tests.portal.test_verification import forged, permit  # noqa: F401 - a fixture
from tests.workers.test_certificate_life import register
from workers import authority, prepare, read_derivative

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(90)]


@pytest.fixture
def issued() -> Certificate:
    """A certificate in force whose file is no real one."""
    prepare()
    register()
    case = factories.case(factories.user(Role.CLERK))
    return factories.certificate(case, data={"建设规模": "9800㎡"}, verify_token=new_token())


def run(*words: str) -> Result:
    return CliRunner().invoke(certificates.certificate, words, standalone_mode=False, catch_exceptions=False)


def verified(*words: str) -> tuple[int, dict[str, Any]]:
    made = CliRunner().invoke(verifying.verify, [*words, "--json"], standalone_mode=False, catch_exceptions=False)
    return made.return_value, json.loads(made.output)


def test_a_certificate_is_changed_and_its_history_told(issued: Certificate) -> None:
    made = run("change", issued.number, "--reason", "规划调整", "--set", "建设规模=12000㎡", "--basis", "江规核8号")
    assert (made.return_value, "第2版已起草" in made.output) == (0, True)
    again = run("reissue", issued.number, "--reason", "原件损毁")
    assert (again.return_value, "[version-under-way]" in again.output) == (1, True)
    shown = run("show", issued.number).output
    for words in ("第1版 有效", "第2版 待生成", "变更：规划调整（江规核8号）", "建设规模：9800㎡ → 12000㎡"):
        assert words in shown
    assert "已放弃" in run("discard", issued.number, "--reason", "申请人撤回").output
    assert run("list", "--state", "valid").output.count(issued.number) == 1


def test_decisions_end_with_codes_and_say_what_came_of_it(issued: Certificate) -> None:
    assert "已暂停" in run("suspend", issued.number, "--reason", "停工", "--basis", "停字3号").output
    assert verified(issued.number)[0] == 1
    assert run("restore", issued.number, "--reason", "整改完成").return_value == 0
    assert run("cancel", issued.identifier, "--reason", "工程终止", "--basis", "行政许可法第七十条").return_value == 0
    told = json.loads(run("show", issued.number, "--json").output)
    assert [act["act"] for act in told[0]["acts"]] == ["suspend", "restore", "cancel"]
    assert (told[0]["state"], told[0]["acts"][2]["basis"]) == ("cancelled", "行政许可法第七十条")


def test_a_certificate_is_verified_by_its_number_identifier_or_address(issued: Certificate) -> None:
    address = verification_url("https://anywhere.example", issued.verify_token)
    for name in (issued.number, issued.identifier, address):
        code, found = verified(name)
        assert (code, found["verdict"], found["certificate"]["number"]) == (0, "valid", issued.number)
    code, found = verified(address[:-3] + "AAA")
    assert (code, found["verdict"], found["certificate"]) == (1, "unknown", None)
    assert found["reasons"][0]["code"] == "not-registered"
    wrong = CliRunner().invoke(verifying.verify, ["no-such-thing"])
    assert wrong.exit_code == 2
    assert CliRunner().invoke(verifying.verify, []).exit_code == 2


def test_a_file_is_judged_by_its_seals_and_by_what_became_of_it(
    permit: Certificate,  # noqa: F811
    tmp_path: Path,
    settings: Any,
) -> None:
    path = tmp_path / "permit.pdf"
    path.write_bytes(read_derivative(permit.sealed_sha256))
    code, found = verified(str(path))
    assert (code, found["verdict"], found["certificate"]["state"]) == (0, "valid", "valid")
    assert found["seals"][0]["level"] == "B-LTA"
    Certificate.objects.filter(pk=permit.pk).update(state="revoked")
    code, found = verified(str(path))
    assert (code, found["verdict"], found["certificate"]["state"]) == (1, "invalid", "revoked")
    assert [reason["code"] for reason in found["reasons"]] == ["register-revoked"]
    path.write_bytes(forged(permit))
    assert verified(str(path))[1]["verdict"] == "unknown"  # no seal at all
    # handed in by an applicant, the judgement of then is repeated by what was kept
    path.write_bytes(read_derivative(permit.sealed_sha256))
    trust = authority()
    kept = judge_incoming(path, trust.roots, trust.crls(), at=permit.seal_use.used_at)
    case = factories.case(factories.user(Role.CLERK))
    sha256 = factories.kept(path.read_bytes(), "inbox")
    upload = factories.upload(case, "许可证.pdf", sha256=sha256, inspection={"validation": kept})
    code, found = verified("--again", upload.number)
    assert (code, found["verdict"], found["same"], found["then"]["policy"]["name"]) == (0, "valid", True, "incoming")
    Upload.objects.filter(pk=upload.pk).update(inspection={"validation": kept | {"verdict": "unknown"}})
    code, found = verified("--again", upload.number)
    assert (code, found["same"]) == (1, False)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def test_who_names_no_line_or_no_certificate_is_told_what_is_wrong(issued: Certificate) -> None:
    wrong: list[Callable[[], Result]] = [
        lambda: CliRunner().invoke(certificates.certificate, ["show", "404"]),
        lambda: CliRunner().invoke(
            certificates.certificate, ["change", issued.number, "--reason", "x", "--set", "建设规模"]
        ),
        lambda: CliRunner().invoke(certificates.certificate, ["revoke", issued.number, "--reason", "x"]),
    ]
    assert [one().exit_code for one in wrong] == [2, 2, 2]
