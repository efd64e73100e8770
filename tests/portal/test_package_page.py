"""The pages of packages: finding them, their files, life, score and proof."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

import archive
from archive import LogProof, leaf_hash
from portal.proof_picture import draw
from portal.roles import Role
from tests.archive.whole_tree import WholeTree
from tests.portal import factories
from tests.workers.retrieval_cases import IDENTITY, kept_package
from workers import prepare, zone
from workers.draws import sign_head

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_package_is_found_by_its_words_with_personal_identifiers_hidden(as_role: Callable[..., Client]) -> None:
    package, _ = kept_package()
    other = factories.package(factories.case(factories.user(Role.CLERK)))
    archivist = as_role(Role.ARCHIVIST)
    everything = text(archivist.get("/packages"))
    assert package.archive_number in everything
    assert other.archive_number in everything
    shown = text(archivist.get("/packages", {"words": "授权委托书"}))
    assert package.archive_number in shown
    assert other.archive_number not in shown
    assert "<mark>授权委托书</mark>" in shown
    assert "委托书.png" in shown
    assert IDENTITY not in shown
    assert "***" in shown
    by_number = text(archivist.get("/packages", {"words": IDENTITY}))  # who types one learns no other
    assert "<mark>***</mark>" in by_number
    assert "没有找到" in text(archivist.get("/packages", {"company": "无此单位"}))
    assert archivist.get("/packages", {"words": "合"}).status_code == 422
    found = text(archivist.get("/packages", {"certificate": "990101202611220101", "year_from": "2026"}))
    assert package.archive_number in found


def test_a_package_shows_its_files_score_course_and_life(as_role: Callable[..., Client]) -> None:
    case = factories.case(factories.user(Role.CLERK), state="archived")
    of = factories.upload(case, "申请表.jpg", sha256=factories.digest("form"))
    page = factories.page(of)
    page.thumb_sha256 = page.picture_sha256
    page.save()
    package = factories.package(case)
    before, after = package.built_at - dt.timedelta(days=1), package.built_at + dt.timedelta(hours=1)
    for kind, at, sha256, number in (
        ("case-accepted", before, "", case.number),
        ("package-stored", after, package.manifest_sha256, case.number),
        ("certificate-suspended", after, "", case.number),
        ("object-healed", after, factories.digest("form"), ""),
        ("object-healed", after, factories.digest("of another"), ""),
    ):
        archive.append_event(kind, case_number=number, object_sha256=sha256, now=at)
    checked = {"sha256": factories.digest("form"), "size": 1, "kept_since": before, "checked_at": after}
    archive.KeptObject.objects.create(**checked)
    by = factories.user(Role.OFFICER, name="jingban")
    archive.Access.objects.create(package=package, user=by, purpose="工作查考：核对", accessed_at=timezone.now())
    shown = text(as_role(Role.ARCHIVIST).get(f"/packages/{package.number}"))
    for words in (f"/case/{case.number}/page/{page.pk}/thumb.jpg", "全要素", "材料清单", "受理", "档案入库"):
        assert words in shown
    for words in ("证照暂停", "已从第二存储修复", "jingban", "工作查考：核对", "1/1 个对象，均完好", "1 次利用"):
        assert words in shown
    assert shown.count("已从第二存储修复") == 1
    manifest = archive.parse_manifest(zone("archive").read(archive.object_key(package.manifest_sha256)))
    score = archive.score_of([manifest])
    assert f"{score.satisfied}/{len(score.applicable)}" in shown
    for one in score.missing:
        assert one.name in shown


def test_the_proof_is_verified_and_drawn_from_the_published_log(as_role: Callable[..., Client]) -> None:
    prepare()
    case = factories.case(factories.user(Role.CLERK), state="archived")
    package = factories.package(case)
    archivist = as_role(Role.ARCHIVIST)
    assert "尚未入库" in text(archivist.get(f"/packages/{package.number}"))
    for n in range(9):
        sha256 = package.manifest_sha256 if n == 5 else ""
        archive.append_event("package-stored", case_number=case.number, object_sha256=sha256, now=timezone.now())
    head = sign_head()
    assert "尚未发布" in text(archivist.get(f"/packages/{package.number}"))
    size = archive.publish_log(zone("archive"), timezone.now() + dt.timedelta(days=1))
    archive.record_publication(size)
    shown = text(archivist.get(f"/packages/{package.number}"))
    event = archive.Event.objects.get(object_sha256=package.manifest_sha256)
    for words in (event.leaf_hash, head.root, 'class="node node-leaf" tabindex="0"', head.checkpoint.splitlines()[0]):
        assert words in shown
    assert shown.count("node-sibling") == len(archive.prove_event(event, zone("archive"))[0].hashes)
    archive.Event.objects.filter(pk=event.pk).update(kind="package-stored", details={"x": 1})
    assert "存证核对未通过" in text(archivist.get(f"/packages/{package.number}"))


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 2), (3, 7), (6, 7), (4, 5), (77, 100), (99, 100)])
def test_the_picture_leads_step_by_step_to_the_root(index: int, size: int) -> None:
    leaves = [b"entry %d" % n for n in range(size)]
    tree = WholeTree(leaf_hash(entry) for entry in leaves)
    picture = draw(LogProof(leaves[index], index, size, tuple(tree.inclusion_proof(index))), "note")
    path = [node for node in picture.nodes if node.kind != "sibling"]
    assert path[0].hash == leaf_hash(leaves[index]).hex()
    assert path[-1].hash == tree.root().hex()
    assert picture.steps == len(tree.inclusion_proof(index))
    assert all(0 <= node.y <= picture.height for node in picture.nodes)


def test_a_log_of_ten_million_entries_is_drawn_in_24_rows() -> None:
    size = 10_000_000
    hashes = tuple(bytes([n]) * 32 for n in range((size - 1).bit_length()))
    picture = draw(LogProof(b"leaf", 1, size, hashes), "note")
    assert picture.steps == 24
    assert len(picture.lines) == 48
    assert picture.height < 1300


@pytest.mark.parametrize("role", list(Role))
def test_a_package_is_for_archivist_and_office(as_role: Callable[..., Client], role: Role) -> None:
    package = factories.package(factories.case(factories.user(Role.CLERK)))
    allowed = role in {Role.ARCHIVIST, Role.OFFICER}
    assert as_role(role).get(f"/packages/{package.number}").status_code == (200 if allowed else 403)
