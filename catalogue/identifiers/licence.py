"""电子证照标识 (GB/T 36904-2018) with its check character (ISO 7064 MOD 37,36)."""

import re
from dataclasses import dataclass

from catalogue.errors import LicenceIdentifierError
from catalogue.identifiers.check import IdentifierCheck, clean_identifier

ROOT = "1.2.156.3005.2"
"""The arc of all licence identifiers."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SHAPE = re.compile(re.escape(ROOT) + r"\.([0-9A-Z]+)\.([0-9A-Z]+)\.([0-9A-Z]+)\.([0-9]{3})\.([0-9A-Z])")
_TYPE = re.compile(r"[0-9A-Z]{18}[0-9]{3}")
_ISSUER = re.compile(r"[0-9A-Z]{18}|[0-9]{6}")
_SERIAL = re.compile(r"[0-9A-Z]{1,64}")  # the standard gives no length; 64 keeps a database column finite
_MAX_VERSION = 999


@dataclass(frozen=True, slots=True)
class LicenceIdentifier:
    """A licence identifier, taken apart.

    Attributes:
        licence_type: 证照类型代码: code of the ministry that defined it (18) and a number (3).
        issuer: 颁发机构代码: 统一社会信用代码 of the issuer (18), in practice sometimes its region (6).
        serial: 流水号, letters and digits.
        version: 版本号, from 1; it rises when the licence is changed, and the earlier one is then superseded.
    """

    licence_type: str
    issuer: str
    serial: str
    version: int

    @property
    def text(self) -> str:
        """The whole identifier with its check character."""
        parts = (self.licence_type, self.issuer, self.serial, f"{self.version:03}")
        return ".".join((ROOT, *parts, mod37_36("".join(parts))))


def mod37_36(text: str) -> str:
    """The check character of ISO 7064 MOD 37,36 (hybrid) for digits and capital letters."""
    p = 36
    for character in text:
        p = ((p + _ALPHABET.index(character)) % 36 or 36) * 2 % 37
    return _ALPHABET[(37 - p) % 36]


def make_licence_identifier(licence_type: str, issuer: str, serial: str, version: int = 1) -> str:
    """The licence identifier of these parts, see ``LicenceIdentifier``.

    Raises:
        LicenceIdentifierError: A part has the wrong shape; the message says which.
    """
    if not _TYPE.fullmatch(licence_type):
        raise LicenceIdentifierError(f"Licence type {licence_type!r} must be a code of 18 characters and 3 digits.")
    if not _ISSUER.fullmatch(issuer):
        raise LicenceIdentifierError(f"Issuer {issuer!r} must be a code of 18 characters, or a region of 6 digits.")
    if not _SERIAL.fullmatch(serial):
        raise LicenceIdentifierError(f"Serial {serial!r} must be 1 to 64 digits and capital letters.")
    if not 1 <= version <= _MAX_VERSION:
        raise LicenceIdentifierError(f"Version {version} must be 1 to {_MAX_VERSION}.")
    return LicenceIdentifier(licence_type, issuer, serial, version).text


def check_licence_identifier(text: str) -> IdentifierCheck:
    """Checks the shape and the check character of a licence identifier."""
    value = clean_identifier(text)
    match = _SHAPE.fullmatch(value)
    if match is None:
        return IdentifierCheck("malformed", value, "shape")
    if mod37_36("".join(match.groups()[:4])) != match[5]:
        return IdentifierCheck("malformed", value, "check")
    return IdentifierCheck("ok", value)


def parse_licence_identifier(text: str) -> LicenceIdentifier:
    """The parts of a licence identifier.

    Raises:
        LicenceIdentifierError: It is none, or its check character is wrong.
    """
    check = check_licence_identifier(text)
    match = _SHAPE.fullmatch(check.value)
    if not check.ok or match is None:
        raise LicenceIdentifierError(f"{text!r} is no licence identifier ({check.reason}): read it again.")
    return LicenceIdentifier(match[1], match[2], match[3], int(match[4]))
