"""Making a clean page look as a scanner or a telephone gives it: paper, light, skew, blur, noise, dust, compression."""

import dataclasses
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image as Pil

from samples.photographing import photographed
from samples.typesetting import Image

Degrade = Literal["clean", "office", "poor", "photo", "grey", "bitonal"]
"""clean: a good scanner; office: the everyday one; poor: worn paper on a worn feeder; photo: a telephone over a desk;
grey: the everyday one set to grey; bitonal: set to black and white, as a fax."""
Rotate = Literal[0, 90, 180, 270]
Matrix = npt.NDArray[np.float64]
"""Where a point of the clean page lies in the scan: 3 × 3 on homogeneous coordinates, pixels."""


@dataclasses.dataclass(frozen=True, slots=True)
class Wear:
    """How a scan differs from the page.

    `skew` is the greatest angle in degrees; `blur` in pixels at 200 dpi; `noise` in grey levels (standard deviation);
    `fade` lifts black by so many levels; `shade` is the loss of light at the dark edge (0 to 1); `dust` counts specks;
    `quality` is that of the JPEG the scanner writes.
    """

    paper: tuple[int, int, int]
    skew: float
    blur: float
    noise: float
    fade: float
    shade: float
    dust: int
    streaks: int
    quality: int


WEAR: dict[Degrade, Wear] = {
    "clean": Wear((253, 252, 249), 0.15, 0.45, 0.0, 6, 0.01, 0, 0, 78),
    "office": Wear((247, 244, 236), 0.9, 0.75, 3.4, 26, 0.06, 16, 2, 70),
    "poor": Wear((232, 226, 210), 1.8, 1.25, 8.0, 58, 0.2, 90, 5, 40),
    "photo": Wear((246, 243, 236), 0.0, 0.0, 3.0, 30, 0.0, 0, 0, 82),
    "grey": Wear((244, 244, 244), 1.0, 0.8, 3.6, 30, 0.08, 16, 2, 65),
    "bitonal": Wear((240, 240, 240), 1.2, 0.8, 7.0, 40, 0.1, 40, 2, 75),
}
_BED = 236
"""Grey of the scanner's lid where the turned page leaves the glass bare."""
_DARKER = 34
"""Grey levels below the paper near by from which a pixel is black in a black-and-white scan."""


def age(page: Image, degrade: Degrade, *, dpi: int, rng: np.random.Generator) -> tuple[Image, Matrix]:
    """The page as scanned or photographed, the same size, and where its points went."""
    wear = WEAR[degrade]
    if degrade == "photo":
        return photographed(_inked(page, wear), dpi=dpi, noise=wear.noise, rng=rng)
    scan, matrix = _scanned(page, wear, dpi=dpi, rng=rng)
    if degrade == "grey":
        scan = _greyed(scan)
    if degrade == "bitonal":
        scan = _bitonal(scan, dpi)
    return np.ascontiguousarray(scan), np.vstack((matrix, (0.0, 0.0, 1.0)))


def moved(point: tuple[float, float], matrix: Matrix) -> tuple[float, float]:
    """Where that point of the clean page lies in the scan."""
    x, y, scale = matrix @ np.array([point[0], point[1], 1.0])
    return float(x / scale), float(y / scale)


def _inked(page: Image, wear: Wear) -> Image:
    """The page on its paper: paper takes ink unevenly and black is never quite black, so 0…255 become fade…paper."""
    import cv2

    paper = np.asarray(wear.paper, np.float32)
    tone = np.arange(256, dtype=np.float32)[:, None] / 255
    table = (wear.fade + (paper - wear.fade) * tone).astype(np.uint8)[:, None, :]
    return np.asarray(cv2.LUT(page, np.ascontiguousarray(table.reshape(256, 1, 3))), np.uint8)


def _scanned(page: Image, wear: Wear, *, dpi: int, rng: np.random.Generator) -> tuple[Image, Matrix]:
    import cv2

    high, wide = page.shape[:2]
    angle = float(rng.uniform(0.35, 1.0) * rng.choice((-1, 1)) * wear.skew)
    matrix = np.asarray(cv2.getRotationMatrix2D((wide / 2, high / 2), angle, 1.0), np.float64)
    matrix[:, 2] += rng.uniform(-4, 4, 2) * dpi / 200
    inked = _inked(page, wear)
    bed = (_BED,) * 3
    turned_page = cv2.warpAffine(
        inked, matrix, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=bed
    )
    scan = np.asarray(turned_page, np.uint8)
    _dust(scan, wear, dpi, rng)
    soft = cv2.GaussianBlur(scan, (0, 0), wear.blur * dpi / 200)
    scan = _light(np.asarray(soft, np.uint8), wear, rng)
    _streaks(scan, wear, rng)
    return scan, matrix


def _greyed(scan: Image) -> Image:
    import cv2

    return np.asarray(cv2.cvtColor(cv2.cvtColor(scan, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), np.uint8)


def _bitonal(scan: Image, dpi: int) -> Image:
    """Black and white against the paper near by, as scanners do it: what is pale, such as seals, breaks up."""
    import cv2

    grey = cv2.cvtColor(scan, cv2.COLOR_RGB2GRAY)
    near = 2 * (dpi // 6) + 1
    black = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, near, _DARKER)
    return np.asarray(cv2.cvtColor(black, cv2.COLOR_GRAY2RGB), np.uint8)


def _light(scan: Image, wear: Wear, rng: np.random.Generator) -> Image:
    """Uneven light, broad mottling of the paper and the grain of the sensor."""
    import cv2

    high, wide = scan.shape[:2]
    across = np.linspace(0, 1, wide, dtype=np.float32)[None, :]
    down = np.linspace(0, 1, high, dtype=np.float32)[:, None]
    if rng.integers(2):
        across = across[:, ::-1]
    # The lid never shuts quite at the spine: light falls off steeply near one edge, gently down the page.
    shade = 1 - wear.shade * (0.45 * across**3 + 0.35 * down + 0.8 * np.exp(-across * 45))
    mottle = cv2.resize(rng.normal(0, wear.noise / 2.5, (24, 18)).astype(np.float32), (wide, high))
    lit = scan * shade[..., None]
    if wear.noise:
        level = rng.standard_normal((high, wide), np.float32)
        level *= np.float32(wear.noise)
        level += mottle
        lit += level[..., None]
    return np.clip(lit, 0, 255, out=lit).astype(np.uint8)


def _dust(scan: Image, wear: Wear, dpi: int, rng: np.random.Generator) -> None:
    """Dust on the glass, in place, before the lens softens it."""
    import cv2

    high, wide = scan.shape[:2]
    for _ in range(wear.dust):
        spot = (int(rng.integers(wide)), int(rng.integers(high)))
        grey = int(rng.integers(120, 205))
        cv2.circle(scan, spot, max(1, int(rng.integers(1, 3) * dpi / 200)), (grey, grey, grey), -1, cv2.LINE_AA)


def _streaks(scan: Image, wear: Wear, rng: np.random.Generator) -> None:
    """The fine vertical streaks of a document feeder, in place."""
    for _ in range(wear.streaks):
        column = int(rng.integers(scan.shape[1]))
        band = scan[:, column : column + 1].astype(np.int16) - int(rng.integers(6, 15))
        scan[:, column : column + 1] = np.clip(band, 0, 255)


def turned(page: Image, rotate: Rotate) -> Image:
    """The page as it lies when it went through the scanner turned clockwise by so many degrees."""
    return np.ascontiguousarray(np.rot90(page, -rotate // 90))


def picture(page: Image) -> Pil.Image:
    """The page as a PIL image."""
    return Pil.fromarray(page)
