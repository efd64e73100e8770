"""PREMIS 3: preservation events of a package, in JSON and, on export, in XML."""

import datetime as dt
import json

import pytest

from archive import canonical_json
from archive.records import BadRecord, PreservationEvent, premis_record, premis_xml, read_record
from tests.archive.records import sample
from tests.archive.sample_package import NOW

P = "{http://www.loc.gov/premis/v3}"
CHECK = PreservationEvent(
    "F1", "fixity check", NOW + dt.timedelta(days=30), sample.SYSTEM, "固化核验", "pass", (sample.elements()[3].sha256,)
)


def test_only_what_was_done_to_an_object_is_a_preservation_event():
    told = json.loads(premis_record(sample.manifest(), sample.record()))
    assert [one["type"] for one in told["events"]] == [
        "capture", "digital signature generation", "digital signature validation",
    ]  # fmt: skip
    assert told["events"][0]["objects"] == [sample.elements()[0].sha256]
    assert told["events"][2]["outcome"] == "pass"
    assert {agent["type"] for agent in told["agents"]} == {"person", "software"}
    assert "case-opened" not in str(told)


def test_the_xml_holds_objects_events_and_agents_and_every_link_leads_somewhere():
    root = read_record(premis_xml(premis_record(sample.manifest(), sample.record(), [CHECK])), "premis")
    objects = root.findall(f"{P}object")
    assert [one.get("{http://www.w3.org/2001/XMLSchema-instance}type") for one in objects] == [
        "intellectualEntity", *["file"] * 4,
    ]  # fmt: skip
    assert root.findall(f"{P}event")[-1].findtext(f"{P}eventType") == "fixity check"
    assert root.findtext(f".//{P}messageDigestAlgorithm") == "SHA-256"
    assert root.findtext(f"{P}agent/{P}agentName")


def test_the_same_package_gives_the_same_record():
    assert premis_record(sample.manifest(), sample.record()) == premis_record(sample.manifest(), sample.record())


def test_equal_bytes_under_two_names_are_one_object():
    first = sample.elements()[0]
    twin = first.model_copy(update={"path": "申报文件/009_又一份.pdf"})
    told = json.loads(premis_record(sample.manifest((twin,)), sample.record()))
    assert len({one["id"] for one in told["objects"]}) == len(told["objects"]) == 5


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told["events"][0].update(objects=["f" * 64]),
        lambda told: told["events"][0].update(agent="nobody"),
        lambda told: told["events"][0].update(type="hocus pocus"),
        lambda told: told["events"][0].pop("at"),
        lambda told: told.update(format="other"),
        lambda told: told.update(agents=[None]),
        lambda told: told["objects"][1].update(sha256="AB"),
    ],
)
def test_a_record_that_does_not_hold_together_is_not_handed_out(change):
    told = json.loads(premis_record(sample.manifest(), sample.record()))
    change(told)
    with pytest.raises(BadRecord):
        premis_xml(canonical_json(told))


def test_what_is_no_record_is_refused():
    for data in (b"", b"[]", b'{"format": 1}'):
        with pytest.raises(BadRecord):
            premis_xml(data)
