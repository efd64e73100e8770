"""Handing over and the construction archive from the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.transfer import Handover
from portal.cli import construction, transfers
from tests.archive.transfer import deliveries
from tests.workers import transfer_samples as samples
from tests.workers.test_transferring import receipt_of

pytestmark = pytest.mark.django_db


COMMANDS = {"transfer": transfers.transfer, "receive": transfers.receive, "tree": construction.tree}
COMMANDS |= {"as-received": transfers.as_received}


def run(command: str, *words: object) -> Result:
    return CliRunner().invoke(COMMANDS[command], list(map(str, words)), standalone_mode=False)


def test_a_project_is_handed_over_and_receipted_by_commands(tmp_path: Path) -> None:
    samples.keys()
    package = samples.archived(samples.manifest())
    card = json.loads(run("transfer", "card").output)
    other = card | {"name": deliveries.RECEIVER, "key": deliveries.public("receiver")}
    (tmp_path / "card.json").write_text(json.dumps(other))
    assert "已登记" in run("transfer", "partner", tmp_path / "card.json").output
    words = ("transfer", "prepare", "--to", deliveries.RECEIVER, "--project", package.project_code)
    assert "已检测" in run(*words).output
    assert "没有选定档案" in str(run(*words).exception)  # nothing is left of the project
    batch = Handover.objects.get()
    assert batch.number in run("transfer", "send", batch, "--how", "硬盘").output
    forged = samples.answered(batch, tmp_path / "forged", receipt_of(batch), key="stranger")
    refused = run("transfer", "receipt", forged)
    assert (refused.return_value, "receipt-wrong-key" in refused.output) == (1, True)
    right = samples.answered(batch, tmp_path / "right", receipt_of(batch))
    assert "已办结" in run("transfer", "receipt", right).output
    [row] = json.loads(run("transfer", "list", "--json").output)
    assert row == {"way": "移交", "batch": batch.number, "partner": deliveries.RECEIVER, "state": "已办结"}
    assert "不是移交进馆" in str(run("as-received", package.archive_number).exception)
    told = json.loads(run("tree", "--project", package.project_code, "--json", "-o", tmp_path / "tree").output)
    assert [group["code"] for group in told["groups"]] == list("123456")
    assert (tmp_path / "tree" / "归档目录.csv").exists()
    assert "缺" in run("tree", "--project", package.project_code).output


def test_a_folder_that_is_no_delivery_is_refused_with_a_reason(tmp_path: Path) -> None:
    samples.keys()
    refused = run("receive", tmp_path)
    assert (refused.return_value, "移交清单.json" in refused.output) == (1, True)
