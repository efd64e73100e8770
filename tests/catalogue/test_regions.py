"""A county may differ from the city's list, and what differs is named."""

from pathlib import Path
from typing import Any

import pytest

from catalogue import CatalogueError, load_catalogue
from tests.catalogue.editing import changed, shipped

OVERRIDE = {
    "source": "海城市事项配置明细表", "source_date": "2026-11-24", "verified": False,
    "limits": {"promised": {"n": 5, "unit": "工作日"}},
    "materials": [
        {"material": "M-SQWT", "deficiency_days": 10},
        {"material": "M-CNS", "drop": True},
        {"material": "M-SFZ", "name": "经办人身份证", "form": "copy"},
    ],
}  # fmt: skip
HERE = "regions/210381/S3-05.v1.yaml"


def _with(tmp_path: Path, change: dict[str, Any], where: str = HERE) -> Path:
    return changed(tmp_path, files={where: change})


def test_a_region_differs_only_where_its_file_says_so_and_the_places_are_named(tmp_path: Path) -> None:
    book = load_catalogue(_with(tmp_path, OVERRIDE))
    city, county = book.item("S3-05"), book.item("S3-05", region="210381")
    assert county.limits.promised
    assert (county.limits.promised.n, county.limits.statutory) == (5, city.limits.statutory)
    materials = [r.material for r in city.materials if r.material != "M-CNS"]
    assert [r.material for r in county.materials] == [*materials, "M-SFZ"]
    letter = county.requirement("M-SQWT")
    assert letter
    assert (letter.deficiency, letter.deficiency_days) == ("later", 10)
    assert county.region == "210381"
    assert county.overrides == ("limits.promised", "materials[M-SQWT].deficiency_days", "materials[M-CNS]",
                                "materials[M-SFZ]")  # fmt: skip
    assert (city.region, city.overrides) == ("", ())
    assert city == load_catalogue().item("S3-05")


def test_a_region_without_a_list_of_its_own_has_the_citys(tmp_path: Path) -> None:
    book = load_catalogue(_with(tmp_path, OVERRIDE))
    assert book.item("S3-05", region="210321") == book.item("S3-05")
    assert book.item("S2-02", region="210381") == book.item("S2-02")
    assert [i.region for i in book.items(region="210381") if i.code == "S3-05"] == ["210381"]
    assert [i.region for i in book.regions("S3-05", 1)] == ["210381"]


def test_a_new_version_of_the_city_is_not_bent_by_an_override_of_the_old_one(tmp_path: Path) -> None:
    second = shipped("S3-05.v1.yaml") | {"version": 2, "valid_from": "2027-01-01"}
    book = load_catalogue(changed(tmp_path, files={HERE: OVERRIDE, "S3-05.v2.yaml": second}))
    assert book.item("S3-05", 1, "210381").region == "210381"
    assert book.item("S3-05", region="210381").region == ""


@pytest.mark.parametrize(
    ("change", "where", "code"),
    [
        ({**OVERRIDE, "valid_from": "2026-05-01"}, HERE, "override-fixed"),
        ({k: v for k, v in OVERRIDE.items() if k != "source"}, HERE, "override-unsourced"),
        ({**OVERRIDE, "materials": [{"material": "M-SFZ", "drop": True}]}, HERE, "override-unknown"),
        ({**OVERRIDE, "materials": {"M-SFZ": 1}}, HERE, "wrong-shape"),
        ({**OVERRIDE, "materials": [{"material": "M-NONE", "name": "无"}]}, HERE, "unknown-material"),
        ({**OVERRIDE, "limits": {"promised": {"n": 5}}}, HERE, "wrong-shape"),
        (OVERRIDE, "regions/210381/S3-05.v9.yaml", "unknown-version"),
        (OVERRIDE, "regions/2103/S3-05.v1.yaml", "file-name"),
        (OVERRIDE, "regions/210381/S3-05.yaml", "file-name"),
    ],
)
def test_a_wrong_override_is_refused_with_its_file(
    tmp_path: Path, change: dict[str, Any], where: str, code: str
) -> None:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(_with(tmp_path, change, where))
    assert (caught.value.code, caught.value.file) == (code, where)
