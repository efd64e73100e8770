"""Sealing an OFD package (GB/T 33190-2016, 18): a description that covers every file by its SM3 digest, and a seal."""

import base64
import dataclasses
import datetime as dt
from collections.abc import Mapping
from importlib.metadata import version
from xml.etree.ElementTree import fromstring

from signing.ofd_writing import DOCUMENT, NAMESPACE, element, written
from signing.ses_writing import SealDesign, make_seal, make_signature
from signing.signature_check import sm3
from signing.sm2_keys import SM2_WITH_SM3, Sm2Key

SM3 = "1.2.156.10197.1.401"
_LIST = f"{DOCUMENT}/Signs/Signatures.xml"
_STATED_TIME = "%Y%m%d%H%M%SZ"
_OFD = f"{{{NAMESPACE}}}"


@dataclasses.dataclass(frozen=True, slots=True)
class OfdSeal:
    """One seal on a package: what it is, who uses it, who made it, and where it stands.

    `page` counts from 1; `place` is left, top, width, height in millimetres from the page's upper left corner.
    """

    design: SealDesign
    user: Sm2Key
    maker: Sm2Key
    page: int
    place: tuple[float, float, float, float]


def sealed_files(files: Mapping[str, bytes], seal: OfdSeal, now: dt.datetime, *, last: bool = True) -> dict[str, bytes]:
    """The files of the package with one more seal, which covers all of them.

    Args:
        files: the package; several seals are put on one after the other, and each covers those before it.
        seal: the seal.
        now: aware; the time that it states.
        last: no seal may follow: the list of seals is covered, too. Otherwise it is left open for the next.

    Raises:
        KeyUnusable: a key is not its certificate's.
    """
    sealed = dict(files)
    number = _enter(sealed)
    folder = f"{DOCUMENT}/Signs/Sign_{number}"
    made = make_seal(seal.design, seal.user, seal.maker)
    sealed[f"{folder}/Seal.esl"] = made
    covered = {name: data for name, data in sealed.items() if last or name != _LIST}
    location = f"{folder}/Signature.xml"
    sealed[location] = _description(covered, folder, seal, number, now)
    sealed[f"{folder}/SignedValue.dat"] = make_signature(made, seal.user, sealed[location], f"/{location}", now)
    return sealed


def _enter(files: dict[str, bytes]) -> int:
    """Write the next signature into the list, which the first one brings along; its number, from 0."""
    if _LIST not in files:
        root = fromstring(files["OFD.xml"])  # noqa: S314 - our own, made a moment ago
        element(next(root.iter(f"{_OFD}DocBody")), "Signatures", f"/{_LIST}")
        files["OFD.xml"] = written(root)
        fresh = element(None, "Signatures")
        element(fresh, "MaxSignId", "0")
        files[_LIST] = written(fresh)
    listed = fromstring(files[_LIST])  # noqa: S314 - our own
    number = len(listed.findall(f"{_OFD}Signature"))
    next(listed.iter(f"{_OFD}MaxSignId")).text = str(number + 1)
    place = f"/{DOCUMENT}/Signs/Sign_{number}/Signature.xml"
    element(listed, "Signature", ID=f"s{number + 1:03d}", Type="Seal", BaseLoc=place)
    files[_LIST] = written(listed)
    return number


def _description(covered: Mapping[str, bytes], folder: str, seal: OfdSeal, number: int, now: dt.datetime) -> bytes:
    """Signature.xml (18.2)."""
    root = element(None, "Signature")
    info = element(root, "SignedInfo")
    element(info, "Provider", ProviderName="yidang", Version=version("yidang"), Company="yidang")
    element(info, "SignatureMethod", SM2_WITH_SM3)
    element(info, "SignatureDateTime", f"{now.astimezone(dt.UTC):{_STATED_TIME}}")
    references = element(info, "References", CheckMethod=SM3)
    for name, data in covered.items():
        reference = element(references, "Reference", FileRef=f"/{name}")
        element(reference, "CheckValue", base64.b64encode(sm3(data)).decode())
    boundary = " ".join(f"{value:.3f}" for value in seal.place)
    element(info, "StampAnnot", ID=str(number + 1), PageRef=str(seal.page), Boundary=boundary)
    element(element(info, "Seal"), "BaseLoc", f"/{folder}/Seal.esl")
    element(root, "SignedValue", f"/{folder}/SignedValue.dat")
    return written(root)
