"""The archivist appraises and holds, the supervisor approves as well, and each is told what may not be done."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from archive.retention import DisposalList, Hold
from portal.pages.retention import retention_figures
from portal.roles import Role
from tests.portal import factories
from tests.workers.archived import CLOSED, DUE, archived
from tests.workers.casework import run
from workers import carry_out, prepare

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(CLOSED, tick=False) as traveller:
        yield traveller


def client(role: Role) -> Client:
    made = Client()
    made.force_login(factories.user(role))
    return made


def words(response: Any) -> str:
    return str(response.content.decode())


def test_a_list_goes_from_due_to_destroyed_on_the_pages(clock: Any) -> None:
    prepare()
    package = archived(factories.user(Role.CLERK), b"one")
    clock.move_to(DUE)
    archivist, supervisor = client(Role.ARCHIVIST), client(Role.SUPERVISOR)
    assert package.archive_number in words(archivist.get("/retention"))
    assert "/retention/draw" not in words(supervisor.get("/retention"))
    assert supervisor.post("/retention/draw").status_code == 403
    archivist.post("/retention/draw")
    drawn = DisposalList.objects.get()
    page, line = f"/retention/list/{drawn.number}", drawn.lines.get()
    assert "请逐件给出意见" in words(archivist.post(f"{page}/appraise", {}))
    said = {f"decision-{line.pk}": "destroy", f"reason-{line.pk}": "无保存价值"}
    assert "待批准" in words(archivist.post(f"{page}/appraise", said))
    assert archivist.post(f"{page}/supervisor").status_code == 403
    assert "档案部门已批准" in words(archivist.post(f"{page}/archivist"))
    assert "监察已批准" in words(supervisor.post(f"{page}/supervisor"))
    assert "不早于" in words(archivist.get(page))
    assert retention_figures(timezone.localdate())["waiting"] == [drawn]
    clock.shift(31 * 86400)
    carry_out()
    for kind in ("condemn", "destroy", "certify"):
        run(kind)
    archivist = client(Role.ARCHIVIST)  # the session of a month ago has ended
    assert "已销毁" in words(archivist.get(page))
    assert b"".join(archivist.get(f"{page}/certificate.pdf")).startswith(b"%PDF")
    assert "本档案已依法销毁" in words(archivist.get(f"/packages/{package.number}"))
    assert package.archive_number in words(archivist.get("/packages"))
    assert retention_figures(timezone.localdate())["destroyed"] == 1


def test_a_hold_is_set_refused_and_released_on_the_page(clock: Any) -> None:
    package = archived(factories.user(Role.CLERK), b"one")
    page = client(Role.ARCHIVIST)
    given = {"scope": "package", "target": package.archive_number, "reason": "诉讼", "authority": "法院函"}
    assert "没有这样的档案" in words(page.post("/retention/hold", given | {"target": "J9"}))
    assert "依据文书" in words(page.post("/retention/hold", given | {"authority": ""}))
    assert page.post("/retention/hold", given | {"scope": "world"}).status_code == 404
    assert "已冻结" in words(page.post("/retention/hold", given))
    hold = Hold.objects.get()
    assert hold.target in words(page.get("/retention"))
    assert "已解除冻结" in words(page.post(f"/retention/hold/{hold.number}/release", {"reason": "撤诉"}))
    assert "该冻结已经解除" in words(page.post(f"/retention/hold/{hold.number}/release", {"reason": "撤诉"}))


def test_a_list_is_withdrawn_with_its_reason(clock: Any) -> None:
    archived(factories.user(Role.CLERK), b"one")
    clock.move_to(DUE)
    page = client(Role.ARCHIVIST)
    page.post("/retention/draw")
    drawn = DisposalList.objects.get()
    page.post(f"/retention/list/{drawn.number}/withdraw", {"why": "重新鉴定"})
    assert "重新鉴定" in words(page.get(f"/retention/list/{drawn.number}"))
    assert "没有到期" in words(page.post("/retention/draw")) or DisposalList.objects.count() == 2
