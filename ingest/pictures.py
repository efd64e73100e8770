"""Page pictures that paging made, as pixels for the reader."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

THUMB_HEIGHT = 150
"""Pixels: twice what the list of pages shows, for screens of double density."""

THUMB_QUALITY = 70
"""JPEG: about 6 kB. A page picture has 300, which forty times a second time is more than a browser should decode."""


def load_picture(data: bytes) -> NDArray[Any]:
    """A page picture as a BGR array. These are JPEGs written by our own paging, never what was handed in."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError("a page picture of ours cannot be decoded: the working store is damaged")
    return image


def thumb_of(data: bytes) -> bytes:
    """A page picture as a small JPEG; decoded at an eighth of its size, which takes a tenth of the time."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_REDUCED_COLOR_8)
    if image is None:
        raise ValueError("a page picture of ours cannot be decoded: the working store is damaged")
    height, width = image.shape[:2]
    scale = min(1.0, THUMB_HEIGHT / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, THUMB_QUALITY])[1].tobytes()
