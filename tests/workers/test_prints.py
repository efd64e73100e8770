"""Fingerprints of what came before there were any are made in batches, and all again when the secret changed."""

import pytest

from ingest import resemblance
from tests.ingest.resemblance.sheets import licence
from tests.ingest.resemblance.test_candidates import archived, handed_in
from workers import make_prints

pytestmark = pytest.mark.django_db


def test_what_is_missing_is_made_once():
    handed_in(licence())
    handed_in(licence(moved=5))
    assert list(make_prints(anew=False, at_once=1)) == [1, 2]
    assert list(make_prints(anew=False, at_once=1)) == []


def test_archived_materials_that_no_upload_tells_of_are_entered_too():
    held = archived(licence())
    type(held.package).objects.filter(pk=held.package_id).update(state="logged")
    assert list(make_prints(anew=False)) == [1]
    assert resemblance.PrintRow.objects.get().held == held


def test_anew_makes_all_of_them_again():
    handed_in(licence())
    list(make_prints(anew=False))
    before = resemblance.PrintRow.objects.get().pk
    assert list(make_prints(anew=True)) == [1]
    assert resemblance.PrintRow.objects.get().pk != before
