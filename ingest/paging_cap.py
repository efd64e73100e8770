"""How large a page picture may be, whatever it was made from."""

MAX_PICTURE_PIXELS = 32_000_000
"""A1 at 200 dpi, the largest drawing read at full resolution, has 31 million. Recognition holds 96 MB for it."""

MAX_PICTURE_SIDE = 30_000
"""OpenCV's warps refuse sides over 32,767 pixels and JPEG those over 65,500."""


def fit_scale(width: float, height: float) -> float:
    """How far a picture of this size must be shrunk to be within both limits: 1 when it is, else less.

    So an image 20,000 pixels wide and 5,000 high (a long drawing) is taken, at 0.56 of its size and resolution; one of
    20,000 by 20,000 is refused by inspection (`inspection.MAX_PIXELS`), because it could not be decoded in bounds.
    """
    by_pixels = (MAX_PICTURE_PIXELS / (width * height)) ** 0.5
    by_side = MAX_PICTURE_SIDE / max(width, height)
    return float(min(1.0, by_pixels, by_side))
