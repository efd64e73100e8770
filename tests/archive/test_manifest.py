"""Manifests: one spelling, nothing hidden, and the four-property checks that say what is wrong with which element."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import (
    BadManifest,
    Element,
    Filing,
    LocalStore,
    Manifest,
    Retention,
    build_manifest,
    check_manifest,
    manifest_bytes,
    missing_elements,
    object_key,
    parse_manifest,
)
from tests.archive import sample_package as sample


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path)


@pytest.fixture
def manifest(store: LocalStore) -> Manifest:
    return sample.make_manifest(store)


def failed(manifest: Manifest, store: LocalStore) -> list[tuple[str, str]]:
    return [(line.code, line.object) for line in check_manifest(manifest, store) if not line.passed]


def test_a_manifest_is_read_back_from_its_bytes(manifest: Manifest):
    raw = manifest_bytes(manifest)
    assert parse_manifest(raw) == manifest
    assert manifest_bytes(parse_manifest(raw)) == raw


def test_a_manifest_written_before_version_2_is_read_and_written_byte_for_byte():
    raw = (Path(__file__).parent / "samples/manifest.v1.json").read_bytes()
    found = parse_manifest(raw)
    assert (found.schema_version, found.filing, found.matter, found.children) == (1, None, None, ())
    assert manifest_bytes(found) == raw
    with pytest.raises(BadManifest):
        parse_manifest(raw.replace(b'"archive_number":"","case"', b'"applies":[],"archive_number":"","case"'))
    with pytest.raises(ValueError, match="version 1 knows no"):
        Manifest.model_validate({**found.model_dump(), "applies": [{"element": 5, "why": "施工许可"}]})


def test_the_parts_of_the_number_are_the_number(manifest: Manifest):
    filing = Filing(
        fonds="J001", category="XZ", year=2026, organ="SP", item=7,
        secrecy="限制级", openness="控制", department="住房和城乡建设局",
    )  # fmt: skip
    options = {
        "package": "p", "created_at": sample.NOW, "case": manifest.case, "list_sha256": manifest.list_sha256,
        "elements": manifest.elements, "filing": filing,
    }  # fmt: skip
    made = build_manifest(**options, archive_number="J001-XZ·2026-Y-SP-0007", retention=Retention(code="Y"))
    assert parse_manifest(manifest_bytes(made)).filing == filing
    ten_years = Retention(code="D10", until=dt.date(2036, 12, 31))
    for number, retention in (("J001-XZ·2026-Y-SP-0008", made.retention), (made.archive_number, ten_years)):
        with pytest.raises(BadManifest, match="its parts"):
            build_manifest(**options, archive_number=number, retention=retention)


def test_the_order_of_building_and_the_zone_of_a_time_do_not_matter(manifest: Manifest):
    shanghai = dt.timezone(dt.timedelta(hours=8))
    again = build_manifest(
        package=manifest.package,
        created_at=manifest.created_at.astimezone(shanghai),
        case=manifest.case,
        list_sha256=manifest.list_sha256,
        retention=manifest.retention,
        elements=reversed(manifest.elements),
        events=manifest.events,
    )
    assert manifest_bytes(again) == manifest_bytes(manifest)


def test_elements_stand_in_the_order_of_the_groups(manifest: Manifest):
    groups = [element.group for element in manifest.elements]
    assert list(dict.fromkeys(groups)) == ["申报文件", "过程文件", "结果文件", "共享材料", "元数据"]


def test_another_spelling_of_the_same_manifest_is_refused(manifest: Manifest):
    raw = manifest_bytes(manifest)
    changed = [
        raw + b"\n",
        raw.replace(b'"size":', b'"size": ', 1),
        raw.replace(b'"schema_version":2', b'"schema_version":3'),
        raw.replace(b'"schema_version":2', b'"schema_version":1'),
        raw.replace(b'"schema_version":2', b'"schema_version":2.0'),
        raw.replace(b'{"applies"', b'{"aaa":1,"applies"'),
        raw.replace(b"2026-11-22T02:00:00Z", b"2026-11-22T10:00:00+08:00"),
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
    ]
    for bad in changed:
        with pytest.raises(BadManifest):
            parse_manifest(bad)


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_answered_with_the_one_error(data: bytes):
    with pytest.raises(BadManifest):
        parse_manifest(data)


@pytest.mark.parametrize(
    "change",
    [
        {"path": "申报文件/../../etc/passwd"},
        {"path": "/申报文件/x.pdf"},
        {"path": "结果文件/x.pdf"},
        {"path": "申报文件/a:b.pdf"},
        {"path": "申报文件/con.pdf"},
        {"sha256": "AB" * 32},
        {"sha256": "ab" * 32 + "\n"},
        {"size": -1},
        {"element": 36},
        {"group": "其他"},
        {"source": "reused"},
        {"unknown": "x"},
    ],
)
def test_an_element_that_would_leave_its_place_is_refused(manifest: Manifest, change: dict[str, object]):
    with pytest.raises(ValueError, match=r"\w"):
        Element.model_validate({**manifest.elements[0].model_dump(), **change})


def test_two_elements_cannot_share_a_path_even_in_another_case(manifest: Manifest):
    one = manifest.elements[0]
    twin = one.model_copy(update={"path": one.path.replace(".pdf", ".PDF")})
    options = {"package": "p", "created_at": sample.NOW, "case": manifest.case, "list_sha256": manifest.list_sha256}
    with pytest.raises(BadManifest, match="two files"):
        build_manifest(**options, retention=Retention(code="Y"), elements=[one, twin])
    taken = manifest.elements[-1].model_copy(update={"path": "元数据/manifest.json"})
    with pytest.raises(BadManifest, match="two files"):
        build_manifest(**options, retention=Retention(code="Y"), elements=[taken])


def test_permanent_has_no_end_and_thirty_years_has_one():
    for code, until in (("Y", dt.date(2056, 1, 1)), ("D30", None)):
        with pytest.raises(ValueError, match="永久"):
            Retention.model_validate({"code": code, "until": until})


def test_a_full_package_passes_every_check(manifest: Manifest, store: LocalStore):
    lines = check_manifest(manifest, store)
    assert [line for line in lines if not line.passed] == []
    assert {line.code for line in lines} == {
        "GD-1-1", "GD-1-5", "GD-1-6", "GD-1-10", "GD-1-11", "GD-2-2", "GD-2-5", "GD-2-9", "GD-3-4",
    }  # fmt: skip
    assert {line.name for line in lines if line.code == "GD-1-1"} == {"固化信息有效性"}


def test_a_missing_and_a_damaged_object_are_named(manifest: Manifest, store: LocalStore):
    first, second = manifest.elements[:2]
    store.delete(object_key(first.sha256))
    key = object_key(second.sha256)
    path = store._folder(key) / f"{store.stat(key).version}.bin"
    path.chmod(0o640)
    path.write_bytes(b"?" * second.size)
    assert failed(manifest, store)[:4] == [
        ("GD-3-4", first.path),
        ("GD-1-1", first.path),
        ("GD-3-4", second.path),
        ("GD-1-1", second.path),
    ]


def with_first(manifest: Manifest, **changes: object) -> Manifest:
    first = manifest.elements[0].model_copy(update=changes)
    return manifest.model_copy(update={"elements": (first, *manifest.elements[1:])})


def test_what_the_manifest_tells_wrongly_is_named(manifest: Manifest, store: LocalStore):
    first, package = manifest.elements[0], manifest.package
    assert failed(with_first(manifest, sm3="ab" * 32), store) == [("GD-1-1", first.path)]
    assert failed(with_first(manifest, size=3), store) == [("GD-1-10", first.path), ("GD-2-2", package)]
    assert failed(with_first(manifest, media_type="image/png"), store) == [("GD-1-10", first.path)]
    assert failed(with_first(manifest, fields={"名称": "江澜\ufffd\x00"}), store) == [("GD-1-6", package)]
    late = manifest.case.model_copy(update={"accepted_at": sample.NOW + dt.timedelta(days=9)})
    assert failed(manifest.model_copy(update={"case": late}), store) == [("GD-1-5", package)]
    assert failed(manifest.model_copy(update={"list_sha256": "ab" * 32}), store) == [("GD-1-11", package)]


def test_missing_elements_are_counted_by_their_numbers(manifest: Manifest, store: LocalStore):
    assert missing_elements(manifest) == ()
    kept = tuple(e for e in manifest.elements if e.element not in {21, 15})
    bare = manifest.model_copy(update={"elements": kept, "events": ()})
    assert missing_elements(bare) == (15, 21)
    assert failed(bare, store) == [("GD-2-5", manifest.package), ("GD-2-9", manifest.package)]
