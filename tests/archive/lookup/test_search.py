"""Finding what is archived. The same tests run on PostgreSQL: tests/stack/test_search_postgres.py."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

import archive
from archive.lookup import (
    ArchivedText,
    NotIndexedError,
    PackageQuery,
    QueryTooShortError,
    forget_words,
    index_package,
    search_packages,
)
from archive.lookup.indexing import MAX_TEXT_CHARACTERS
from signing import render
from tests.archive.lookup.packages import NOW, Objects, manifest, reading, readings, row

CONTRACT = ("建设工程施工合同", "发包人 江澜晨曦智能装备", "有限公司", "工期 365 日")


def filed(*lines: str, **changes: Any) -> archive.Package:
    """A package with one scanned contract, made findable."""
    objects = Objects()
    scan = objects.element(9, "申报文件", "合同.jpg", "".join(lines).encode(), "image/jpeg", source="uploaded")
    made = manifest(
        objects,
        [scan, readings(objects, scan, reading(1, *lines, seal="江澜晨曦公章" if lines == CONTRACT else ""))],
        **changes,
    )
    package = row(made)
    assert index_package(package, made, objects.__getitem__).unread == ()
    return package


def found(words: str = "", **fields: Any) -> list[str]:
    return [hit.package.number for hit in search_packages(PackageQuery(words, **fields))]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "hit"),
    [
        ("施工合同", True),
        ("智能装备有限公司", True),
        ("晨曦公章", True),
        ("365", True),
        ("36", False),
        ("施工合同 1号厂房", True),
        ("合同施工", False),
        ("施工合同 中标", False),
        ("SGXK-1", True),
    ],
)
def test_a_package_is_found_by_what_was_read_of_it_and_by_what_it_is(words: str, hit: bool) -> None:  # noqa: FBT001
    package = filed(*CONTRACT, certificate="SGXK-1")
    filed("中标通知书", certificate="SGXK-2", works_name="", applicant_name="江澜市城建集团")
    assert found(words) == ([package.number] if hit else [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "hit"),
    [
        ({"project": "2603-990101-04-01-318264"}, True),
        ({"project": "晨曦智能"}, True),
        ({"project": "1号厂房"}, True),
        ({"project": "2603-990101-04-01-318265"}, False),
        ({"company": "91990101MA00000000"}, True),
        ({"company": "江澜晨曦"}, True),
        ({"company": "江澜市"}, False),
        ({"certificate": "SGXK-1"}, True),
        ({"certificate": "SGXK-2"}, False),
        ({"archive_number": "SP-0"}, False),
        ({"item": "S3-05"}, True),
        ({"item": "S3-06"}, False),
        ({"year_from": 2026, "year_to": 2026}, True),
        ({"year_from": 2027}, False),
        ({"year_to": 2025}, False),
        ({"retention": "Y"}, True),
        ({"retention": "D30"}, False),
        ({"state": "logged"}, True),
        ({"state": "stored"}, False),
        ({"case_number": "CASE-1"}, True),
        ({"case_number": "CASE"}, False),
        ({"company": "江澜晨曦", "certificate": "SGXK-2"}, False),
    ],
)
def test_a_package_is_found_by_its_description(fields: dict[str, Any], hit: bool) -> None:  # noqa: FBT001
    package = filed(*CONTRACT, number="CASE-1", certificate="SGXK-1", delivered_at=NOW)
    assert found(**fields) == ([package.number] if hit else [])
    assert found(archive_number=package.archive_number) == [package.number]


@pytest.mark.django_db
def test_a_hit_tells_in_which_file_and_on_which_page_with_the_words_around() -> None:
    filed(*CONTRACT)
    (hit,) = search_packages(PackageQuery("智能装备有限公司 工期"))
    (place,) = hit.places
    assert (place.name, place.page, place.path) == ("合同.jpg", 1, "申报文件/009_合同.jpg")
    assert place.snippet.hit == "智能装备 有限公司"
    (hit,) = search_packages(PackageQuery("施工许可证核发"))
    assert [(place.path, place.name) for place in hit.places] == [("", "")]


@pytest.mark.django_db
def test_what_this_system_wrote_is_found_by_its_words_too() -> None:
    objects = Objects()
    permit = render("construction_permit", {"编号": "990101202611220101", "建设地址": "朝晖路 8 号"}, created=NOW)
    sealed = objects.element(23, "结果文件", "施工许可证.pdf", permit, "application/pdf")
    decision = objects.element(21, "过程文件", "审批决定.json", '{"opinion": "同意按图施工"}'.encode())
    made = manifest(objects, [sealed, decision])
    index_package(row(made), made, objects.__getitem__)
    assert found("朝晖路") == found("同意按图施工") == [made.package]


@pytest.mark.django_db
def test_what_follows_a_package_is_found_under_it_and_its_certificates_with_it() -> None:
    package = filed(*CONTRACT, certificate="SGXK-1")
    objects = Objects()
    before = (package.number, package.manifest_sha256)
    later = manifest(objects, number=package.case_number, certificate="SGXK-9", previous=before, item_name="变更")
    index_package(package, later, objects.__getitem__)
    assert found(certificate="SGXK-9") == found(certificate="SGXK-1") == found("施工合同") == [package.number]
    package.refresh_from_db()
    assert package.entry.item_name == "建筑工程施工许可证核发"


@pytest.mark.django_db
def test_indexing_again_in_any_order_gives_the_same_rows() -> None:
    objects = Objects()
    scan = objects.element(9, "申报文件", "合同.jpg", b"scan", "image/jpeg", source="uploaded")
    first = manifest(objects, [scan, readings(objects, scan, None, reading(2, *CONTRACT))], certificate="A-1")
    package = row(first)
    before = (package.number, package.manifest_sha256)
    later = manifest(objects, certificate="A-2", previous=before, number=first.case.number)

    def rows() -> list[Any]:
        texts = ArchivedText.objects.order_by("source", "path", "page").values_list("source", "path", "page", "bigrams")
        package.refresh_from_db()
        return [*texts, package.entry.numbers, package.entry.certificates, package.entry.filed_at]

    for one in (first, later):
        index_package(package, one, objects.__getitem__)
    as_it_was = rows()
    forget_words(package)
    assert found("施工合同") == []
    assert found(certificate="A-2") == [package.number]  # that it was here is found
    package.entry.delete()
    package = archive.Package.objects.get(pk=package.pk)
    with pytest.raises(NotIndexedError):
        index_package(package, later, objects.__getitem__)
    for one in (first, later, first):
        index_package(package, one, objects.__getitem__)
    assert rows() == as_it_was
    assert found("施工合同") == [package.number]


@pytest.mark.django_db
def test_a_text_in_another_shape_is_named_and_does_not_keep_the_rest_from_being_found() -> None:
    objects = Objects()
    broken = objects.element(12, "元数据", "识别结果.json", b'{"pages": 3}')
    torn = objects.element(14, "过程文件", "通知书.pdf", b"no pdf", "application/pdf")
    made = manifest(objects, [broken, torn])
    words = index_package(row(made), made, objects.__getitem__)
    assert set(words.unread) == {broken.path, torn.path}
    assert found("晨曦智能") == [made.package]


@pytest.mark.django_db
def test_the_package_filed_last_comes_first_whatever_row_it_is() -> None:
    packages = [filed(*CONTRACT, delivered_at=NOW + dt.timedelta(days=day)).number for day in (3, 1, 2)]
    assert found("合同") == found() == [packages[0], packages[2], packages[1]]
    page = search_packages(PackageQuery("合同"), limit=1, offset=1)
    assert [hit.package.number for hit in page] == [packages[2]]


@pytest.mark.django_db
def test_one_character_is_answered_with_what_to_do() -> None:
    for query in (PackageQuery("合"), PackageQuery(company="江")):
        with pytest.raises(QueryTooShortError, match="至少输入两个"):
            search_packages(query)


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["'or", '"合同" OR', "合同* NOT", "100%_", "合同:*", "NEAR(合同", "-- 合同"])
def test_signs_that_mean_something_to_a_database_mean_nothing(words: str) -> None:
    package = filed("100 元 施工合同 or not near")
    assert found(words) in ([], [package.number])


@pytest.mark.django_db
def test_a_page_of_any_content_can_be_indexed() -> None:
    filed("".join(map(chr, range(0x4E00, 0x9FFF))) * 5 + "\x00 施工合同")
    assert ArchivedText.objects.get(page=1).text.__len__() == MAX_TEXT_CHARACTERS


class AnyTexts(TestCase):
    """Against the plain rule on generated pages: what is found has every term, in whatever text."""

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        texts=st.lists(st.text(alphabet="施工合同1号a- \n。é", max_size=20), min_size=1, max_size=3),
        query=st.text(alphabet="施工合同1号a-é ", min_size=2, max_size=6),
    )
    def test_the_index_finds_exactly_the_packages_that_hold_the_query(self, texts: list[str], query: str) -> None:
        from archive.lookup import phrases
        from archive.lookup.passages import find_in_text

        packages = [filed(text, works_name="", delivered_at=NOW) for text in texts]
        try:
            wanted = phrases(query)
        except QueryTooShortError:
            return
        held = {
            package.number: [text.text for text in ArchivedText.objects.filter(package=package)] for package in packages
        }
        expected = [
            number for number, held_texts in held.items()
            if all(any(find_in_text(text, one) for text in held_texts) for one in wanted)
        ]  # fmt: skip
        if query.strip():
            assert found(query) == sorted(expected, reverse=True)
