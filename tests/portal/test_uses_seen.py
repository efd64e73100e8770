"""What a case has of the archive is shown with the case while it stands there, and no longer than its owner agrees."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from archive import HeldMaterial
from archive.holdings import Consent
from ingest import Case
from portal.repeats_sight import known_for
from portal.roles import Role
from tests.portal import factories
from tests.workers.held_samples import held, open_case
from workers import record_consent, reuse, take_back_consent

pytestmark = pytest.mark.django_db
OTHER = "91990101MA00000001"


def used() -> tuple[Case, HeldMaterial, list[str]]:
    """A case that uses another company's paper on its consent, and the addresses of the paper's picture."""
    case, letter = open_case(), held("M-SQWT", collected_from=OTHER)
    page = factories.page(factories.upload(factories.case(case.opened_by), sha256=letter.sha256))
    record_consent(case, letter, by=case.opened_by, spoken_by="王经理")
    reuse(case, letter, by=case.opened_by)
    return case, letter, [f"/case/{case.number}/page/{page.pk}{end}" for end in ("", ".jpg", "/thumb.jpg")]


def test_a_picture_is_closed_with_the_consent_that_opened_it(as_role: Callable[..., Client]) -> None:
    case, letter, pictures = used()
    window = as_role(Role.CLERK)
    sees = User.objects.get(pk=int(window.session["_auth_user_id"]))
    assert [window.get(path).status_code for path in pictures] == [200, 200, 200]
    assert known_for(case, [letter.pk], sees) == {letter.pk}
    take_back_consent(case, Consent.objects.get(), by=case.opened_by)
    assert [window.get(path).status_code for path in pictures] == [404, 404, 404]
    assert known_for(case, [letter.pk], sees) == frozenset()


@pytest.mark.parametrize(("checked", "status"), [({"acceptance": {"holds": True}}, 200), ({}, 404)])
def test_a_closed_case_keeps_what_it_was_accepted_on_and_nothing_else_that_is_gone(
    as_role: Callable[..., Client], checked: dict[str, object], status: int
) -> None:
    case, _, pictures = used()
    archivist = as_role(Role.ARCHIVIST)
    take_back_consent(case, Consent.objects.get(), by=case.opened_by)  # or the paper would be on offer
    case.uses.update(checked=checked)
    assert archivist.get(pictures[0]).status_code == 404
    Case.objects.filter(pk=case.pk).update(state=Case.State.ARCHIVED)
    assert archivist.get(pictures[0]).status_code == status


def test_a_consent_noted_elsewhere_is_withdrawn_and_renewed_here_and_a_closed_case_of_others_is_not_named(
    as_role: Callable[..., Client],
) -> None:
    first, _, _ = used()
    second, given = open_case(), Consent.objects.get()
    window = as_role(Role.CLERK)
    shown = window.get(f"/case/{second.number}").content.decode()
    assert f'<a href="/case/{first.number}">' in shown
    assert "当面同意：王经理" in shown
    Case.objects.filter(pk=first.pk).update(state=Case.State.ARCHIVED)
    shown = window.get(f"/case/{second.number}").content.decode()
    assert "在另一办件登记" in shown
    for hidden in (first.number, "王经理", str(first.opened_by)):
        assert hidden not in shown
    here = f"/case/{second.number}/consent/{given.number}"
    assert f'hx-post="{here}/renew"' in window.post(f"{here}/withdraw").content.decode()
    told = window.post(f"{here}/renew", {"spoken_by": "李工", "confirmed": "1"}).content.decode()
    assert "李工" in told
    assert f'hx-post="{here}/renew"' not in told  # agreed again: nothing to renew
    assert list(Consent.objects.filter(withdrawn_at=None).values_list("case_number", flat=True)) == [second.number]
    other = open_case(applicant_uscc="91990101MA00000000")
    assert window.post(f"/case/{other.number}/consent/{given.number}/withdraw").status_code == 404
