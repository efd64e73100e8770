"""What inspection says of a file, as plain data."""

import dataclasses
from typing import Any, Literal, Self

MediaType = Literal[
    "application/pdf",
    "application/ofd",
    "image/jpeg",
    "image/png",
    "image/tiff",
    "image/webp",
    "image/heic",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
]


@dataclasses.dataclass(frozen=True, slots=True)
class ImageFacts:
    """One image of an image file: pixels as stored, dots an inch where the file says so believably, EXIF orientation.

    `orientation` is the EXIF value 1 to 8; 1 is upright.
    """

    width: int
    height: int
    dpi: int | None
    orientation: int


@dataclasses.dataclass(frozen=True, slots=True)
class Inspection:
    """What `inspect` found.

    `encrypted` is a PDF that restricts printing or copying but opens without a password. `signed` is a PDF or OFD
    with a signature in it: nothing may be rewritten in it. `images` holds one entry a page for image files only.
    `validation` is what was found of the seals of an OFD (`signing.Validation.to_json`) or PDF (`judge_incoming`), None
    where none were judged.
    `converted`: its pages are those of a PDF that LibreOffice made of it; `pages_sha256` is that PDF once it is kept.
    """

    media_type: MediaType
    size: int
    page_count: int
    encrypted: bool = False
    signed: bool = False
    images: tuple[ImageFacts, ...] = ()
    validation: dict[str, Any] | None = None
    converted: bool = False
    pages_sha256: str = ""

    def to_json(self) -> dict[str, Any]:
        """The inspection as JSON-ready data."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The inspection that `to_json` wrote."""
        return cls(**{**data, "images": tuple(ImageFacts(**image) for image in data["images"])})
