"""PREMIS 3.0: what was done to the objects of a package, by whom, with what outcome.

The record in the package is canonical JSON; the XML is made from it where a package is handed out, when later events
(fixity, replication, recovery) can stand in it too. Terms: the preservation vocabulary of the Library of Congress.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from lxml import etree

from archive.canonical import NotCanonical, canonical_json, parse_canonical
from archive.manifest import Element, Manifest
from archive.records.case_files import moment
from archive.records.event_words import event_word
from archive.records.facts import Agent, CaseRecord
from archive.records.safe_xml import BadRecord, add, write_record

NAMESPACE: Final = "http://www.loc.gov/premis/v3"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
PREMIS_NAME: Final = "保存记录.json"
PREMIS_XML_NAME: Final = "premis.xml"
RECORD_FORMAT: Final = "yidang.premis/1"
IDENTIFIER: Final = "yidang"
AGENT_TYPES: Final = {"单位": "organization", "内设机构": "organization", "个人": "person", "系统": "software"}
_KEYS: Final = {"format", "objects", "events", "agents"}


@dataclasses.dataclass(frozen=True, slots=True)
class PreservationEvent:
    """Something done to objects that the case's own events do not tell, such as a fixity check after filing.

    `type` is a term of the vocabulary; `objects` are SHA-256 of files, none for the package as a whole.
    """

    number: str
    type: str
    at: dt.datetime
    agent: Agent
    detail: str = ""
    outcome: str = ""
    objects: tuple[str, ...] = ()


def premis_record(manifest: Manifest, record: CaseRecord, later: Iterable[PreservationEvent] = ()) -> bytes:
    """The record as canonical JSON: objects of the manifest, preservation events, agents."""
    later, held = tuple(later), {element.sha256 for element in manifest.elements}
    agents = {agent.number: agent for agent in (*record.agents, *(event.agent for event in later))}
    events = [*_case_events(manifest, record, held), *(_later(manifest, event, held) for event in later)]
    acting = {event["agent"] for event in events}
    return canonical_json(
        {
            "format": RECORD_FORMAT,
            "objects": [_package(manifest), *(_file(element) for element in _once(manifest.elements))],
            "events": sorted(events, key=lambda event: (event["at"], event["number"])),
            "agents": [_agent(agents[number]) for number in sorted(acting)],
        }
    )


def premis_xml(record: bytes) -> bytes:
    """A record as PREMIS 3.0 XML.

    Raises:
        BadRecord: the bytes are no such record, or it links to what it does not hold.
    """
    try:
        told = parse_canonical(record)
    except NotCanonical as error:
        raise BadRecord(str(error)) from error
    if not isinstance(told, Mapping) or set(told) != _KEYS or told["format"] != RECORD_FORMAT:
        raise BadRecord(f"不是 {RECORD_FORMAT} 记录")
    root = etree.Element(f"{{{NAMESPACE}}}premis", nsmap={None: NAMESPACE, "xsi": XSI}, version="3.0")
    try:
        for one in told["objects"]:
            _object_xml(root, one)
        for one in told["events"]:
            _event_xml(root, one)
        for one in told["agents"]:
            _agent_xml(root, one)
    except (KeyError, TypeError, AttributeError) as error:
        raise BadRecord(f"保存记录缺少或错写了 {error}") from error
    return write_record(root, "premis")


def _once(elements: Iterable[Element]) -> Iterator[Element]:
    """One object a content: equal bytes under two names are one file in the archive."""
    seen = set()
    for element in elements:
        if element.sha256 not in seen:
            seen.add(element.sha256)
            yield element


def _case_events(manifest: Manifest, record: CaseRecord, held: set[str]) -> Iterator[dict[str, Any]]:
    for event in record.events:
        word = event_word(event.kind)
        if word.premis:
            about = [event.object_sha256] if event.object_sha256 in held else [manifest.package]
            yield _event(event.number, word.premis, event.at, event.actor, word.act, word.outcome, about)


def _later(manifest: Manifest, event: PreservationEvent, held: set[str]) -> dict[str, Any]:
    about = [sha256 for sha256 in event.objects if sha256 in held] or [manifest.package]
    return _event(event.number, event.type, event.at, event.agent.number, event.detail, event.outcome, about)


def _event(  # noqa: PLR0913, PLR0917 - the semantic units of an event
    number: str, kind: str, at: dt.datetime, agent: str, detail: str, outcome: str, objects: list[str]
) -> dict[str, Any]:
    return {
        "number": number,
        "type": kind,
        "at": moment(at),
        "agent": agent,
        "detail": detail,
        "outcome": outcome,
        "objects": objects,
    }


def _package(manifest: Manifest) -> dict[str, Any]:
    files = [element.sha256 for element in _once(manifest.elements)]
    return {"id": manifest.package, "name": manifest.archive_number or manifest.package, "files": files}


def _file(element: Element) -> dict[str, Any]:
    return {
        "id": element.sha256,
        "name": element.path,
        "sha256": element.sha256,
        "sm3": element.sm3,
        "size": element.size,
        "media_type": element.media_type,
    }


def _agent(agent: Agent) -> dict[str, Any]:
    return {"id": agent.number, "name": agent.name, "type": AGENT_TYPES[agent.kind], "version": _version(agent)}


def _version(agent: Agent) -> str:
    return agent.code if agent.kind == "系统" else ""


def _identified(parent: Any, name: str, value: str) -> None:
    one = add(parent, name)
    add(one, f"{name}Type", IDENTIFIER)
    add(one, f"{name}Value", value)


def _object_xml(root: Any, told: Mapping[str, Any]) -> None:
    one = add(root, "object")
    is_file = "sha256" in told
    one.set(f"{{{XSI}}}type", "file" if is_file else "intellectualEntity")
    _identified(one, "objectIdentifier", told["id"])
    if not is_file:
        add(one, "originalName", told["name"])
        parts = add(one, "relationship")
        add(parts, "relationshipType", "structural")
        add(parts, "relationshipSubType", "has part")
        for sha256 in told["files"]:
            _identified(parts, "relatedObjectIdentifier", sha256)
        return
    about = add(one, "objectCharacteristics")
    for algorithm, digest in (("SHA-256", told["sha256"]), ("SM3", told["sm3"])):
        fixity = add(about, "fixity")
        add(fixity, "messageDigestAlgorithm", algorithm)
        add(fixity, "messageDigest", digest)
    add(about, "size", str(told["size"]))
    add(add(add(about, "format"), "formatDesignation"), "formatName", told["media_type"])
    add(one, "originalName", told["name"])


def _event_xml(root: Any, told: Mapping[str, Any]) -> None:
    one = add(root, "event")
    _identified(one, "eventIdentifier", told["number"])
    add(one, "eventType", told["type"])
    add(one, "eventDateTime", told["at"])
    if told["detail"]:
        add(add(one, "eventDetailInformation"), "eventDetail", told["detail"])
    if told["outcome"]:
        add(add(one, "eventOutcomeInformation"), "eventOutcome", told["outcome"])
    _identified(one, "linkingAgentIdentifier", told["agent"])
    for number in told["objects"]:
        _identified(one, "linkingObjectIdentifier", number)


def _agent_xml(root: Any, told: Mapping[str, Any]) -> None:
    one = add(root, "agent")
    _identified(one, "agentIdentifier", told["id"])
    add(one, "agentName", told["name"])
    add(one, "agentType", told["type"])
    if told["version"]:
        add(one, "agentVersion", told["version"])
