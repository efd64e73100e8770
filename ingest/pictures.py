"""Page pictures that paging made, as pixels for the reader."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray


def load_picture(data: bytes) -> NDArray[Any]:
    """A page picture as a BGR array. These are JPEGs written by our own paging, never what was handed in."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError("a page picture of ours cannot be decoded: the working store is damaged")
    return image
