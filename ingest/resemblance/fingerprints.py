"""The fingerprint of a document: what it is, how many pages it has, and the hashed marks it is looked up by."""

import dataclasses
import functools
import hashlib
from collections.abc import Sequence

from django.conf import settings

from ingest.filing import presented
from ingest.models import Material
from ingest.report import Presented
from ingest.resemblance.marks import marks_of

PICTURED_PAGES = 3
"""Pages whose pictures are looked up by their digest: one file may lie in another, page for page."""


@dataclasses.dataclass(frozen=True, slots=True)
class Fingerprint:
    """A document's file, type, page count and keys, the most telling first; `ref` is our own number for it."""

    sha256: str
    type: str
    page_count: int
    keys: tuple[int, ...]
    ref: str = ""


def fingerprint(material: Material) -> Fingerprint:
    """The fingerprint of a filed document."""
    pages = material.upload.pages.filter(number__in=material.pages).order_by("number")
    return fingerprint_of(presented(material), tuple(pages.values_list("picture_sha256", flat=True)))


def fingerprint_of(
    document: Presented, pictures: Sequence[str] = (), texts: Sequence[str] | None = None
) -> Fingerprint:
    """The fingerprint of a document as it was read; `pictures` are the digests of its pages' pictures.

    `texts` are what its pages say, where that is known and not where on them it stands.

    What a key was made from cannot be read off it nor tried out without the installation's secret: identity numbers
    are so few that a plain digest of them is no secret.
    """
    whole = f"file {document.sha256} {','.join(map(str, document.pages))}"
    seen = [f"picture {digest}" for digest in pictures[:PICTURED_PAGES]]
    said = marks_of(document.type, texts or [page.text for page in document.readings], document.fields)
    keys = tuple(dict.fromkeys(_key(mark) for mark in (whole, *seen, *said)))
    return Fingerprint(document.sha256, document.type, len(document.pages), keys, document.ref)


def _key(mark: str) -> int:
    """The mark as a signed number of 64 bits, which both databases keep as it is."""
    digest = hashlib.blake2b(mark.encode(), digest_size=8, key=_secret())
    return int.from_bytes(digest.digest(), signed=True)


@functools.cache
def _secret() -> bytes:
    return hashlib.sha256(b"resemblance " + settings.SECRET_KEY.encode()).digest()
