"""The register of seals on its pages: read by officers and supervisors, worked on by its keeper alone."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from archive import Event
from portal.roles import Role
from signing import Seal, SealGrant, SealUse, draw_seal
from tests.portal import factories
from tests.workers.seal_cases import main_seal, rendered, run_once
from workers import approve, prepare, put_seal, set_two_person

pytestmark = pytest.mark.django_db


def page_of(client: Client, seal: Seal, query: str = "") -> str:
    response = client.get(f"/seals/{seal.pk}{query}")
    assert response.status_code == 200
    return response.content.decode()


def act(client: Client, seal: Seal, work: str, **data: Any) -> tuple[int, str]:
    response = client.post(f"/seals/{seal.pk}/do/{work}", data, follow=True)
    return response.status_code, response.content.decode()


@pytest.fixture
def seal(db: None) -> Seal:
    prepare()
    return main_seal()


def test_the_list_and_the_page_show_what_the_register_knows(as_role: Callable[..., Client], seal: Seal) -> None:
    for role in (Role.KEEPER, Role.OFFICER, Role.SUPERVISOR):
        client = as_role(role)
        listed = client.get("/seals").content.decode()
        assert "行政审批专用章" in listed
        assert seal.code in listed
        assert len(seal.code) == 13
        shown = page_of(client, seal)
        for fact in (seal.owner, seal.certificate_sha256, "test-authority", "登记", "建筑工程施工许可证核发"):
            assert fact in shown
        picture = client.get(f"/seals/{seal.pk}/picture.png")
        with Image.open(io.BytesIO(picture.content)) as opened:
            assert (opened.format, opened.mode) == ("PNG", "RGBA")
        assert (f"/seals/{seal.pk}/do/" in shown) is (role is Role.KEEPER)


def test_only_the_keeper_changes_anything(as_role: Callable[..., Client], seal: Seal) -> None:
    for role in Role:
        if role is Role.KEEPER:
            continue
        for work in ("suspended", "grant", "withdraw", "picture", "two-person"):
            assert act(as_role(role), seal, work, reason="x")[0] == 403
    seal.refresh_from_db()
    assert (seal.state, seal.changes.count()) == ("active", 1)
    assert as_role(Role.KEEPER).get("/case/X").status_code == 403  # and no case is the keeper's business
    assert as_role(Role.KEEPER).get("/", follow=True).redirect_chain[-1][0] == "/seals"


def test_each_change_of_state_asks_for_a_reason_and_is_in_history_and_log(
    as_role: Callable[..., Client], seal: Seal
) -> None:
    keeper = as_role(Role.KEEPER)
    status, said = act(keeper, seal, "suspended", reason="  ")
    assert (status, "请写明原因" in said) == (422, True)
    for state, reason, word in (
        ("suspended", "印章核查", "已停用"),
        ("active", "核查完毕", "已恢复"),
        ("lost", "介质遗失", "已挂失"),
    ):
        status, said = act(keeper, seal, state, reason=reason)
        assert status == 200
        assert word in said
        assert reason in said
    status, said = act(keeper, seal, "active", reason="找到了")
    assert (status, "不能改为有效" in said) == (422, True)
    act(keeper, seal, "destroyed", reason="换章")
    assert "已销毁，不能再变更" in page_of(keeper, seal)
    kinds = Event.objects.filter(kind__startswith="seal-").order_by("pk").values_list("kind", flat=True)
    assert list(kinds)[-4:] == ["seal-suspended", "seal-restored", "seal-lost", "seal-destroyed"]
    assert act(keeper, seal, "nonsense")[0] == 404


def test_a_grant_is_given_for_an_item_and_a_term_and_taken_back(as_role: Callable[..., Client], seal: Seal) -> None:
    keeper, officer = as_role(Role.KEEPER), factories.user(Role.OFFICER, name="lixia")
    assert "没有设置授权" in page_of(keeper, seal)
    assert "lixia" in page_of(keeper, seal)
    assert act(keeper, seal, "grant", whom="user:nobody")[0] == 422
    assert act(keeper, seal, "grant", whom="user:lixia", item="S9-99")[0] == 422
    assert act(keeper, seal, "grant", whom="user:lixia", until="31.12.2030")[0] == 422
    assert act(keeper, seal, "grant", whom="user:lixia", until="2020-01-01")[0] == 422
    status, said = act(keeper, seal, "grant", whom="user:lixia", item="S3-05", until="2090-12-31")
    assert (status, "已授权" in said) == (200, True)
    given = SealGrant.objects.get()
    assert (given.user, given.item, given.ends_at and given.ends_at.isoformat()) == (
        officer,
        "S3-05",
        "2090-12-31T16:00:00+00:00",
    )
    status, said = act(keeper, seal, "withdraw", grant=given.pk)
    assert (status, "已撤回" in said) == (200, True)
    assert act(keeper, seal, "withdraw", grant=given.pk)[0] == 422


def test_an_uploaded_picture_is_checked_kept_and_used(as_role: Callable[..., Client], seal: Seal) -> None:
    keeper = as_role(Role.KEEPER)
    wrong = SimpleUploadedFile("seal.png", b"no picture", "image/png")
    assert act(keeper, seal, "picture", picture=wrong)[0] == 422
    other = draw_seal("江澜市行政审批局", "9901019999999")
    status, _ = act(keeper, seal, "picture", picture=SimpleUploadedFile("seal.png", other, "image/png"))
    assert status == 200
    shown = keeper.get(f"/seals/{seal.pk}/picture.png").content
    with Image.open(io.BytesIO(other)) as wanted, Image.open(io.BytesIO(shown)) as found:
        assert wanted.tobytes() == found.tobytes()
    seal.refresh_from_db()
    assert seal.picture_kind == "uploaded"
    drawn = keeper.get(f"/seals/{seal.pk}/picture.png?drawn").content
    assert act(keeper, seal, "picture", draw="1")[0] == 200
    assert keeper.get(f"/seals/{seal.pk}/picture.png").content == drawn


def test_uses_are_listed_with_their_results_and_can_be_narrowed(as_role: Callable[..., Client], seal: Seal) -> None:
    certificate, by = rendered(), factories.user(Role.OFFICER, name="wangqiang")
    approve(certificate, certificate.rendered_sha256, by=by)
    put_seal(seal, "suspended", reason="核查", by=by)
    run_once("seal")
    keeper = as_role(Role.KEEPER)
    shown = page_of(keeper, seal, "?result=failed&kind=certificate")
    for fact in (certificate.number, "wangqiang", "未盖成", "已停用：由印章管理员恢复后自动继续"):
        assert fact in shown
    assert "没有用印记录" in page_of(keeper, seal, "?result=valid")
    assert "没有用印记录" in page_of(keeper, seal, "?kind=notice")
    assert certificate.number in page_of(keeper, seal, "?result=no-such")
    assert SealUse.objects.count() == 1


def test_a_release_is_shown_to_another_officer_only_and_seals(seal: Seal) -> None:
    set_two_person(seal, two_person=True, by=factories.user(Role.KEEPER))
    certificate = rendered()
    first, second = Client(), Client()
    approver = factories.user(Role.OFFICER, name="zhangsan")
    first.force_login(approver)
    second.force_login(factories.user(Role.OFFICER))
    address = f"/case/{certificate.case_number}"
    assert "待复核用印" not in second.get("/officer").content.decode()
    first.post(f"{address}/certificate/{certificate.pk}/approve", {"sha256": certificate.rendered_sha256})
    assert "待复核用印" not in first.get("/officer").content.decode()
    assert "等待另一人复核" in first.get(address).content.decode()
    assert "待复核用印" in second.get("/officer").content.decode()
    assert f'id="release-{seal.pk}"' in second.get(address).content.decode()
    release = f"{address}/certificate/{certificate.pk}/release"
    given = {"sha256": certificate.rendered_sha256, "seal": seal.pk}
    assert "复核须由另一人进行" in first.post(release, given).content.decode()
    assert "已复核放行" in second.post(release, given).content.decode()
    job = run_once("seal")
    assert job.state == "done"
    assert SealUse.objects.get().by == approver


def test_notices_cannot_ask_for_two_persons(as_role: Callable[..., Client], seal: Seal) -> None:
    keeper, notices = as_role(Role.KEEPER), Seal.objects.get(label="行政审批受理专用章")
    assert act(keeper, notices, "two-person", two_person="1")[0] == 422
    assert act(keeper, seal, "two-person", two_person="1")[0] == 200
    seal.refresh_from_db()
    assert seal.two_person


def test_every_word_of_the_pages_has_its_english(as_role: Callable[..., Client], seal: Seal) -> None:
    keeper = as_role(Role.KEEPER)
    keeper.cookies["yidang_language"] = "en"
    for word in ("Register of seals", "Who may use it", "History", "Place of the key", "Ask for two persons"):
        assert word in page_of(keeper, seal)
