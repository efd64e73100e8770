"""Plain work on pixels that several files here need: turning a page and cutting a line out of it."""

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.results import Quad, Rotation

Image = NDArray[np.uint8]
"""A colour image as OpenCV holds it: height x width x 3, blue green red."""

TALL_RATIO = 1.5
"""A crop this much taller than wide is a line set upright along the page: turned before it is recognised."""


_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def turn(image: Image, rotation: Rotation) -> Image:
    """The image turned clockwise by so many degrees."""
    if rotation == 0:
        return image
    return cast("Image", cv2.rotate(image, _TURNS[rotation]))


def cut(image: Image, quad: Quad) -> Image:
    """The quadrilateral cut out and set straight, a standing line laid down; empty where it has no area."""
    corners = np.array(quad, dtype=np.float32)
    width = int(max(np.linalg.norm(corners[0] - corners[1]), np.linalg.norm(corners[3] - corners[2])))
    height = int(max(np.linalg.norm(corners[0] - corners[3]), np.linalg.norm(corners[1] - corners[2])))
    if min(width, height) < 1:
        return np.zeros((0, 0, 3), np.uint8)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    strip = cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    if height >= TALL_RATIO * width:
        strip = np.rot90(strip)
    return cast("Image", np.ascontiguousarray(strip))
