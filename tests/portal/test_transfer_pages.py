"""The archivist sees batches and does the next step; the clerk sees what the builder still owes the archive."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from archive import Package
from archive.transfer import Accession, AccessionItem, Handover
from portal.roles import Role
from tests.archive.transfer import deliveries
from tests.workers import transfer_samples as samples
from tests.workers.casework import run
from tests.workers.test_transferring import receipt_of

pytestmark = pytest.mark.django_db
AsRole = Callable[..., Client]


@pytest.fixture
def package() -> Package:
    samples.keys()
    made = samples.manifest()
    kinds = {"建设工程施工合同.pdf": "M-SGHT", "建筑工程施工许可证.txt": "OUT-SGXK"}
    elements = tuple(one.model_copy(update={"material_type": kinds.get(one.name, "")}) for one in made.elements)
    return samples.archived(made.model_copy(update={"elements": elements}))


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_batch_goes_from_the_form_to_its_receipt(as_role: AsRole, package: Package, tmp_path: Path) -> None:
    client, partner = as_role(Role.ARCHIVIST), samples.partner()
    assert partner.name in text(client, "/transfers")
    opened = client.post("/transfers/prepare", {"project": package.project_code, "partner": partner.pk})
    address = opened["Location"]
    assert "准备中" in text(client, address)
    run("handover-bag")
    run("handover-list")
    assert "登记移交" in text(client, address)
    refused = client.post(f"{address}/do/send", {"how": " "})
    assert "请写明移交方式" in refused.content.decode()
    client.post(f"{address}/do/send", {"how": "专线"})
    assert client.get(f"{address}/letter").content.startswith(b"%PDF")
    batch = Handover.objects.get()
    folder = samples.answered(batch, tmp_path, receipt_of(batch))
    files = [(folder / name).open("rb") for name in ("接收回执.json", "接收回执.pdf")]
    short = client.post(f"{address}/do/receipt", {"files": files})
    assert "三个文件" in short.content.decode()
    files = [path.open("rb") for path in sorted(folder.iterdir())]
    client.post(f"{address}/do/receipt", {"files": files})
    shown = text(client, address)
    assert "已办结" in shown
    assert "C001-GC·2026-Y-YJ-0001" in shown
    assert "移交批次办结" in shown
    again = client.post("/transfers/prepare", {"project": package.project_code, "partner": partner.pk})
    assert "没有选定档案" in again.content.decode()


def test_what_was_taken_in_is_shown_with_its_reasons(as_role: AsRole) -> None:
    row = Accession.objects.create(
        partner=samples.partner(), batch="B1", list_sha256="0" * 64, began_at=deliveries.sample.NOW
    )
    AccessionItem.objects.create(
        accession=row,
        order=1,
        foreign_package="P1",
        title="厂房",
        state="refused",
        faults=[{"code": "YJ-1-14", "object": "图", "what": "摘要不符"}],
        settled_at=deliveries.sample.NOW,
    )
    client = as_role(Role.ARCHIVIST)
    assert f"/transfers/in/{row.pk}" in text(client, "/transfers")
    shown = text(client, f"/transfers/in/{row.pk}")
    assert "YJ-1-14" in shown
    assert "摘要不符" in shown


def test_the_tree_of_a_project_is_shown_and_given_out(as_role: AsRole, package: Package) -> None:
    client = as_role(Role.ARCHIVIST)
    shown = text(client, f"/construction/{package.project_code}")
    assert package.archive_number in shown
    for words in ("岩土工程勘察报告", "勘察单位", "尚无竣工验收日期", "GB/T 50328 A5-2"):
        assert words in shown
    table = client.get(f"/construction/{package.project_code}/index.csv").content.decode("utf-8-sig")
    assert package.archive_number in table
    assert client.get(f"/construction/{package.project_code}/index.xml").content.startswith(b"<?xml")
    assert client.get("/construction/2603-990101-04-01-000000").status_code == 404
    assert client.get("/construction/2603-990101-04-01-000000/index.csv").status_code == 404
