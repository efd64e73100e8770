"""Who may see what of closed cases."""

import pytest

from archive import HeldMaterial, Package
from archive.sharing import (
    SharingError,
    decide_rule,
    department_of,
    join_department,
    leave_department,
    may_see,
    of_category,
    rule_of,
    seed_departments,
    visible_held,
    visible_packages,
)
from catalogue import department_names
from tests.archive.sharing import rows
from tests.archive.sharing.rows import BUILDING, LAND, LAND_PERMIT, NOW

pytestmark = pytest.mark.django_db


def test_departments_are_those_of_the_lists_and_nobody_is_in_two() -> None:
    seed_departments()
    seed_departments()
    officer = rows.person("officer", department=LAND)
    join_department(officer, BUILDING)
    assert department_of(officer) == BUILDING
    with pytest.raises(SharingError) as caught:
        join_department(officer, "天文台")
    assert caught.value.code == "unknown-department"
    leave_department(officer)
    assert department_of(officer) == ""
    assert "行政审批局" in department_names()


def test_a_department_opens_its_own_packages_only() -> None:
    mine, other = rows.package(), rows.package(LAND_PERMIT)
    officer, alone = rows.person("officer", department=BUILDING), rows.person("officer")
    assert list(Package.objects.filter(visible_packages(officer))) == [mine]
    assert not Package.objects.filter(visible_packages(alone)).exists()
    assert (may_see(officer, mine).answer, may_see(officer, other).answer) == ("open", "never")
    assert (may_see(alone, mine).answer, may_see(alone, other).answer) == ("never", "never")


@pytest.mark.parametrize("role", ["archivist", "supervisor"])
def test_who_keeps_and_who_supervises_see_everything(role: str) -> None:
    packages = [rows.package(), rows.package(LAND_PERMIT)]
    person = rows.person(role)
    assert list(Package.objects.filter(visible_packages(person)).order_by("pk")) == packages
    assert may_see(person, rows.held("M-SFZ")).answer == "open"


def test_of_other_departments_one_sees_what_the_rule_of_its_type_gives() -> None:
    officer = rows.person("officer", department=LAND)
    permit, contract, card = rows.held("OUT-SGXK"), rows.held("M-SGHT"), rows.held("M-SFZ")
    own = rows.held("M-SFZ", LAND_PERMIT)
    answers = [may_see(officer, one).answer for one in (permit, contract, card, own)]
    assert answers == ["open", "on-request", "never", "open"]
    assert set(HeldMaterial.objects.filter(visible_held(officer))) == {permit, own}
    assert set(HeldMaterial.objects.filter(visible_held(rows.person("officer")))) == {permit}


def test_a_package_that_is_not_entered_yet_belongs_to_nobody() -> None:
    package = rows.package()
    package.entry.delete()
    package.refresh_from_db()
    assert may_see(rows.person("officer", department=BUILDING), package).answer == "never"


def test_the_owner_decides_otherwise_for_what_it_holds_itself() -> None:
    building, land = rows.held("M-SGHT"), rows.held("M-SGHT", LAND_PERMIT)
    by, other = rows.person("officer", department=BUILDING), rows.person("officer", department="水利局")
    decide_rule(BUILDING, "M-SGHT", "open", "市级共享目录列为无条件共享", by=by, now=NOW)
    assert (may_see(other, building).answer, may_see(other, land).answer) == ("open", "on-request")
    assert list(HeldMaterial.objects.filter(of_category("open"))) == [building]
    assert list(HeldMaterial.objects.filter(of_category("on-request"))) == [land]
    decide_rule(BUILDING, "M-SGHT", "never", "经复核含有商业秘密", by=by, now=NOW)
    assert may_see(other, building).answer == "never"
    assert list(HeldMaterial.objects.filter(of_category("never"))) == [building]
    rule = rule_of("M-SGHT", [BUILDING])
    assert (rule.name, rule.reason, rule.decided_by) == ("不予共享", "经复核含有商业秘密", BUILDING)


@pytest.mark.parametrize(
    ("kind", "category", "reason", "code"),
    [
        ("M-SFZ", "open", "为了方便办理", "personal-paper"),
        ("M-SGHT", "open", "好", "no-reason"),
        ("M-SGHT", "maybe", "市级目录如此规定", "unknown-category"),
    ],
)
def test_what_no_department_can_decide_is_refused(kind: str, category: str, reason: str, code: str) -> None:
    by = rows.person("officer", department=BUILDING)
    with pytest.raises(SharingError) as caught:
        decide_rule(BUILDING, kind, category, reason, by=by, now=NOW)
    assert caught.value.code == code
