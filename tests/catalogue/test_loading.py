"""The shipped catalogue holds what the rooms rely on, and a wrong file is refused with its place."""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import catalogue
from catalogue import CatalogueError, load_catalogue

SHIPPED = Path(catalogue.__file__).parent / "data"
PILOT = {
    "M-SQB": ("建设单位",), "M-YYZZ": ("登记机关",), "M-SQWT": ("委托单位",), "OUT-LX": ("备案机关",),
    "OUT-YDGH": ("发证机关",), "OUT-GCGH": ("发证机关",), "OUT-ST": ("审查机构",), "M-SGHT": ("发包人", "承包人"),
    "OUT-ZB": ("招标人",), "M-CNS": ("承诺单位",), "OUT-SGXK": ("发证机关",),
}  # fmt: skip
"""The materials of the pilot's cases with the seals that they must carry."""
OF_OTHERS = {"M-WZZC", "M-ZXZM", "M-CWBB", "M-AQXK"}
"""Papers of an investor or a contractor: the applicant's name does not stand on them."""

Edit = Callable[[str, Callable[[dict[str, Any]], None]], Path]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """A copy of the shipped catalogue with one file changed."""

    def change(name: str, edit: Callable[[dict[str, Any]], None]) -> Path:
        folder = tmp_path / "data"
        shutil.copytree(SHIPPED, folder)
        data = yaml.safe_load((folder / name).read_text("utf-8"))
        edit(data)
        (folder / name).write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
        return folder

    return change


def test_every_material_type_of_the_pilot_is_there_with_its_seals() -> None:
    types = load_catalogue().material_types()
    assert {t.code: t.seals for t in types if t.code in PILOT} == PILOT
    assert all(t.titles and t.cues and any(f.required for f in t.fields) for t in types)


def test_the_four_stages_name_at_least_thirty_types_each_title_belonging_to_one_of_them() -> None:
    types = load_catalogue().material_types()
    assert len(types) >= 30
    titles = [title for kind in types for title in kind.titles]
    assert len(titles) == len(set(titles))
    assert len({kind.name for kind in types}) == len(types)


def test_every_type_says_which_field_names_the_applicant_and_its_subject() -> None:
    for kind in load_catalogue().material_types():
        names = {f.name: f.kind for f in kind.fields}
        if kind.subject not in {"person", "area"} and kind.code not in OF_OTHERS:
            assert names[kind.applicant_field] == "company"
        assert bool(kind.works_field) == (kind.subject == "works")
        assert kind.project_field or kind.subject != "project" or kind.code in {"M-SQWT", "M-AQXK"}


def test_the_licence_and_the_power_of_attorney_expire_by_their_own_field() -> None:
    book = load_catalogue()
    assert (book.material_type("M-YYZZ").validity.kind, book.material_type("M-YYZZ").validity.field) == (
        "until",
        "营业期限",
    )
    assert book.material_type("M-SQWT").validity.field == "有效期至"


def test_the_construction_permit_list_is_the_agreed_one() -> None:
    item = load_catalogue().item("S3-05")
    assert [(r.material, r.deficiency, r.deficiency_days) for r in item.materials[:9]] == [
        ("M-SQB", "none", 0),
        ("M-YYZZ", "none", 0),
        ("M-SQWT", "later", 5),
        ("OUT-YDGH", "none", 0),
        ("OUT-GCGH", "none", 0),
        ("OUT-ST", "none", 0),
        ("OUT-ZB", "none", 0),
        ("M-SGHT", "none", 0),
        ("M-CNS", "commit", 5),
    ]
    # what the law demands in some situations, and does not say that it may come later
    prerequisites = {"OUT-CRHT", "OUT-HBJD", "OUT-BDC", "OUT-XFSJ", "OUT-RF"}
    assert {r.material for r in item.materials[9:] if r.demanded} == prerequisites
    assert all(r.when and r.deficiency == "none" for r in item.materials if r.material in prerequisites)
    licence = item.requirement("M-YYZZ")
    assert licence is not None
    assert (licence.demanded, licence.share_from) == (False, ("市场监管登记",))
    (output,) = item.outputs
    assert (output.material, output.template, output.number_rule) == ("OUT-SGXK", "construction_permit", "permit18")
    assert output.licence_type == "11100000000013338W011"
    assert any(entry.startswith("资金到位证明：") for entry in item.withdrawn)


def test_only_the_filing_may_be_decided_at_once() -> None:
    assert [i.code for i in load_catalogue().items() if i.limits.instant_ok] == ["S1-01"]


def test_nothing_unconfirmed_is_called_verified() -> None:
    assert not any(i.verified for i in load_catalogue().items())


def test_a_catalogue_is_read_once() -> None:
    assert load_catalogue() is load_catalogue()


def test_an_unknown_item_version_or_material_is_named() -> None:
    book = load_catalogue()
    for ask, code in (
        (lambda: book.item("S9-99"), "unknown-item"),
        (lambda: book.item("S3-05", version=99), "unknown-version"),
        (lambda: book.item("S3-05", on=dt.date(2020, 1, 1)), "not-yet-valid"),
        (lambda: book.material_type("M-NONE"), "unknown-material"),
    ):
        with pytest.raises(CatalogueError) as caught:
            ask()
        assert caught.value.code == code


def test_a_case_keeps_its_version_and_a_new_one_gets_the_newest_valid_that_day(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(SHIPPED, folder)
    data = yaml.safe_load((folder / "S3-05.v1.yaml").read_text("utf-8"))
    data |= {"version": 2, "valid_from": dt.date(2027, 1, 1), "withdrawn": []}
    (folder / "S3-05.v2.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    book = load_catalogue(folder)
    assert [i.version for i in book.versions("S3-05")] == [1, 2]
    assert book.item("S3-05").version == 2
    assert book.item("S3-05", on=dt.date(2026, 11, 22)).version == 1
    assert book.item("S3-05", version=1).withdrawn
    assert [i.code for i in book.items()] == sorted({i.code for i in book.items()})
    assert book.items(on=dt.date(2020, 1, 1)) == ()


def _set(*path: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    def edit(data: dict[str, Any]) -> None:
        place: Any = data
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return edit


def _again(key: str) -> Callable[[dict[str, Any]], None]:
    return lambda data: data[key].append(data[key][0])


TYPES, ITEM = "types-1-applicant.yaml", "S3-05.v1.yaml"


@pytest.mark.parametrize(
    ("file", "edit", "code", "field"),
    [
        (ITEM, _set("materials", 3, "material", to="M-NONE"), "unknown-material", "materials[3].material"),
        (ITEM, _set("materials", 3, "share_from", to=["OUT-NONE"]), "unknown-material", "materials[3].share_from"),
        (ITEM, _set("outputs", 0, "material", to="OUT-NONE"), "unknown-material", "outputs[0].material"),
        (ITEM, _set("prerequisites", to=["S9-99"]), "unknown-item", "prerequisites[0]"),
        (ITEM, _set("limits", "statutory", to={"n": 7}), "wrong-shape", "limits.statutory.unit"),
        (ITEM, _set("limits", "statutory", to={"n": 7, "unit": "周"}), "wrong-shape", "limits.statutory.unit"),
        (ITEM, _set("materials", 2, "deficiency_days", to=0), "deficiency-days", "materials[2].deficiency_days"),
        (ITEM, _set("surprise", to=1), "wrong-shape", "surprise"),
        (ITEM, _set("code", to="S3-06"), "file-name", "code"),
        (ITEM, _set("version", to=7), "file-name", "code"),
        (ITEM, _again("materials"), "duplicate", "materials"),
        (TYPES, _again("material_types"), "duplicate", "material_types"),
        (TYPES, _set("material_types", 0, "number_field", to="无"), "unknown-field", "material_types[0].number_field"),
        (TYPES, _set("material_types", 0, "works_field", to="无"), "unknown-field", "material_types[0].works_field"),
        (
            TYPES,
            _set("material_types", 1, "validity", "field", to="无"),
            "unknown-field",
            "material_types[1].validity.field",
        ),
        (TYPES, _set("material_types", 0, "subject", to="planet"), "wrong-shape", "material_types[0].subject"),
        (TYPES, _set("material_types", to=None), "wrong-shape", "material_types"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_file_and_field(
    edited: Edit, file: str, edit: Callable[[dict[str, Any]], None], code: str, field: str
) -> None:
    folder = edited(file, edit)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    assert (caught.value.code, caught.value.file, caught.value.field) == (code, file, field)
    assert file in str(caught.value)


def test_a_type_that_two_files_list_is_refused(edited: Edit) -> None:
    again = yaml.safe_load((SHIPPED / TYPES).read_text("utf-8"))["material_types"][0]
    folder = edited("types-6-acceptance.yaml", lambda data: data["material_types"].append(again))
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    assert (caught.value.code, caught.value.file) == ("duplicate", "types-6-acceptance.yaml")


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path)
    assert caught.value.code == "missing-file"
    (tmp_path / TYPES).write_text("a: [", "utf-8")
    load_catalogue.cache_clear()
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path)
    assert caught.value.code == "not-yaml"
