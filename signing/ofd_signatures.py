"""What an OFD document says of its signatures (GB/T 33190-2016, 18): the files covered, the seals and where they stand.

Nothing is judged here (`ofd_validation`).
"""

import dataclasses
import posixpath
from xml.etree.ElementTree import Element

from signing.ofd_container import ROOT, OfdContainer, OfdError, children, text_of
from signing.ses import SesError, read_seal, read_signature

MAX_SIGNATURES = 200
"""On one document: a drawing set sealed page by page by five parties has fewer."""

MAX_STAMPS = 2000
"""Places where one seal stands: one on each page, and the seams between them."""


@dataclasses.dataclass(frozen=True, slots=True)
class OfdSignature:
    """One signature: its identifier, kind (Seal or Sign), the files it is made of and what it says it covers.

    `references` pairs each covered file with the Base64 digest claimed for it; a name that means no file stays.
    """

    id: str
    kind: str
    file: str
    value: str | None
    seal: str | None
    method: str
    check_method: str
    time: str
    references: tuple[tuple[str, str], ...]
    stamps: tuple[Element, ...]

    @property
    def own_files(self) -> frozenset[str]:
        """The files that are the signature itself."""
        return frozenset(name for name in (self.file, self.value, self.seal) if name)


@dataclasses.dataclass(frozen=True, slots=True)
class OfdStamp:
    """A seal's picture on a page: the page's identifier, its boundary and clip in the words of the file, the bytes."""

    page: str
    boundary: str
    clip: str
    picture: bytes


def signature_lists(container: OfdContainer) -> list[str]:
    """The files that list the signatures, one for each document of the package that has any. Raises OfdError."""
    found = []
    for body in container.xml(ROOT).iter("DocBody"):
        location = text_of(body, "Signatures")
        folder = posixpath.dirname(text_of(body, "DocRoot").lstrip("/"))
        if location and (name := container.find(location, "", folder)):
            found.append(name)
    return found


def read_signatures(container: OfdContainer) -> list[OfdSignature]:
    """All signatures of the package, in their order; one that cannot be read raises OfdError."""
    found: list[OfdSignature] = []
    for listing in signature_lists(container):
        for entry in list(container.xml(listing).iter("Signature"))[: MAX_SIGNATURES + 1]:
            file = container.find(entry.get("BaseLoc"), posixpath.dirname(listing))
            if file is None:
                raise OfdError("broken", "签名文件缺失")
            found.append(_signature(container, entry, file))
            if len(found) > MAX_SIGNATURES:
                raise OfdError("bomb", listing)
    return found


def _signature(container: OfdContainer, entry: Element, file: str) -> OfdSignature:
    root, folder = container.xml(file), posixpath.dirname(file)
    info = root.find("SignedInfo")
    info = Element("SignedInfo") if info is None else info
    covered = info.find("References")
    references = []
    for reference in children(covered, "Reference"):
        claimed = reference.get("FileRef", "")
        references.append((container.find(claimed, folder) or claimed, text_of(reference, "CheckValue")))
    return OfdSignature(
        id=entry.get("ID", ""),
        kind=entry.get("Type", "Seal"),
        file=file,
        value=container.find(text_of(root, "SignedValue"), folder),
        seal=container.find(text_of(info.find("Seal"), "BaseLoc"), folder),
        method=text_of(info, "SignatureMethod"),
        check_method=(covered.get("CheckMethod") or "") if covered is not None else "",
        time=text_of(info, "SignatureDateTime"),
        references=tuple(references),
        stamps=tuple(children(info, "StampAnnot"))[:MAX_STAMPS],
    )


def ofd_stamps(container: OfdContainer) -> list[OfdStamp]:
    """All seals' pictures and places. A signature that cannot be read draws nothing; judging it is told elsewhere."""
    try:
        signatures = read_signatures(container)
    except OfdError as error:
        if error.fault == "bomb":
            raise
        return []
    return [
        OfdStamp(stamp.get("PageRef", ""), stamp.get("Boundary", ""), stamp.get("Clip", ""), picture)
        for signature in signatures
        if (picture := _picture(container, signature))
        for stamp in signature.stamps
    ]


def _picture(container: OfdContainer, signature: OfdSignature) -> bytes:
    """The picture of the seal: the one inside what was signed, else the one beside it."""
    for name, read in ((signature.value, lambda data: read_signature(data).seal), (signature.seal, read_seal)):
        try:
            if name:
                return read(container.read(name)).picture
        except (SesError, OfdError):
            continue
    return b""
