"""A package's objects are noted when it is stored and read again on a schedule; the archivist sees how they stand."""

import hashlib
import json

import pytest
from click.testing import CliRunner
from django.test import Client

from archive import KeptObject, object_key
from portal.cli.keeping import fixity
from portal.roles import Role
from tests.portal import factories
from workers import check_archive, tasks, zone
from workers.app import app

pytestmark = pytest.mark.django_db


def kept(data: bytes) -> str:
    sha256 = factories.kept(data, "archive")
    KeptObject.objects.create(sha256=sha256, size=len(data), kept_since=factories.NOW)
    return sha256


def archivist() -> Client:
    client = Client()
    client.force_login(factories.user(Role.ARCHIVIST))
    return client


def test_damage_is_on_the_page_and_in_the_exit_status() -> None:
    sound, lost = kept(b"one"), hashlib.sha256(b"two").hexdigest()
    KeptObject.objects.create(sha256=lost, size=3, kept_since=factories.NOW)
    assert "个尚未核验" in archivist().get("/archive").content.decode()
    done = CliRunner().invoke(fixity, ["--json"], standalone_mode=False, catch_exceptions=False)
    said = json.loads(done.output)
    assert (done.return_value, said["checked"], said["damaged"], said["whole"]) == (1, 2, [lost], True)
    page = archivist().get("/archive").content.decode()
    assert lost in page
    assert sound not in page
    zone("archive").put(object_key(lost), b"two")
    done = CliRunner().invoke(fixity, [], standalone_mode=False, catch_exceptions=False)
    assert (done.return_value, "核验 2 个对象" in done.output) == (0, True)
    assert "均完好" in archivist().get("/archive").content.decode()


def test_a_package_from_before_objects_were_noted_is_noted_and_a_lost_manifest_is_told() -> None:
    package = factories.package(factories.case(factories.user(Role.CLERK)))
    package.state, package.manifest_sha256 = "stored", hashlib.sha256(b"gone").hexdigest()
    package.save()
    assert check_archive().damaged == [package.manifest_sha256]
    assert KeptObject.objects.get().state == "missing"


def test_a_lost_manifest_that_was_restored_is_sound_and_what_it_names_is_noted() -> None:
    package = factories.package(factories.case(factories.user(Role.CLERK)))
    package.state = "stored"
    package.save()
    data = zone("archive").read(object_key(package.manifest_sha256))
    KeptObject.objects.create(sha256=package.manifest_sha256, size=0, kept_since=factories.NOW, state="missing")
    check_archive()
    row = KeptObject.objects.get(sha256=package.manifest_sha256)
    assert (row.state, row.size) == ("sound", len(data))
    assert KeptObject.objects.count() > 1


def test_it_runs_every_hour() -> None:
    app.loader.import_default_modules()
    assert app.conf.beat_schedule["fixity"]["task"] in app.tasks
    kept(b"one")
    tasks.check_archive()
    assert KeptObject.objects.get().checked_at
