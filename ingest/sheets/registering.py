"""Laying one version of a sheet over the other, whatever the resolution, lean, shift or paper size of the two.

First by features (SIFT, a similarity found by RANSAC), then by the picture as a whole (ECC, affine); what a scanner's
feeder stretches is taken out by a smooth field fitted to the shifts of tiles, too stiff to follow a moved wall.
"""

import dataclasses
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Matrix = NDArray[np.float64]

LOOK_SIDE = 1600
"""Longer side, pixels, at which features are found: a wall of A1 is then 2 pixels, dimension text can still be told."""

FEATURES = 5000
RATIO = 0.75
"""A feature counts only where its second best match is that much worse: axes and columns look alike."""

MIN_INLIERS = 18
"""Matches that agree on one similarity; sheets that have nothing to do with each other reach 8."""

MIN_SCALE, MAX_SCALE = 0.4, 2.5
"""Between the two once both are brought to one size: an excerpt or an enlargement beyond that is another sheet."""

TILES = 14
"""Along the longer side: 60 mm of A1."""

MOST_SHIFT = 12.0
"""Pixels at working size by which a tile may still be off; more is a change, not the scanner."""


@dataclasses.dataclass(frozen=True, slots=True)
class Registration:
    """Where the points of the new picture lie on the old one (3 x 3, both at working size); how many features agree."""

    matrix: Matrix
    inliers: int


def register(old: Grey, new: Grey) -> Registration | None:
    """How the new picture lies on the old one, None where they show nothing in common."""
    small = [_small(picture) for picture in (old, new)]
    (one, a), (other, b) = small
    found = _by_features(one, other)
    if found is None:
        return None
    matrix, inliers = found
    matrix = _by_picture(one, other, matrix)
    return Registration(np.linalg.inv(np.diag([a, a, 1.0])) @ matrix @ np.diag([b, b, 1.0]), inliers)


def laid_over(new: Grey, registration: Registration, old: Grey) -> tuple[Grey, Matrix]:
    """The new picture in the old one's place, and the map that was used; bare paper where it does not reach."""
    height, width = old.shape
    matrix = registration.matrix
    laid = cv2.warpPerspective(new, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=(255,))
    field = _field(old, cast("Grey", laid))
    if field is None:
        return cast("Grey", laid), matrix
    rows, columns = np.mgrid[0:height:1, 0:width:1].astype(np.float32)
    moved = cv2.remap(
        laid,
        columns + field[..., 0],
        rows + field[..., 1],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255,),
    )
    return cast("Grey", moved), matrix


def _small(picture: Grey) -> tuple[Grey, float]:
    scale = min(1.0, LOOK_SIDE / max(picture.shape))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cast("Grey", small), scale


def _by_features(one: Grey, other: Grey) -> tuple[Matrix, int] | None:
    finder = cv2.SIFT.create(nfeatures=FEATURES, contrastThreshold=0.03)
    (points, said), (others, said_other) = (_features(finder, picture) for picture in (one, other))
    if said is None or said_other is None or min(len(points), len(others)) < MIN_INLIERS:
        return None
    pairs: Any = cv2.BFMatcher(cv2.NORM_L2).knnMatch(said_other, said, k=2)
    good = [pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < RATIO * pair[1].distance]  # noqa: PLR2004
    if len(good) < MIN_INLIERS:
        return None
    source = np.array([others[match.queryIdx].pt for match in good], np.float32)
    target = np.array([points[match.trainIdx].pt for match in good], np.float32)
    affine, kept = cv2.estimateAffinePartial2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=4.0, maxIters=5000, confidence=0.999
    )
    inliers = int(kept.sum()) if kept is not None else 0
    if affine is None or inliers < MIN_INLIERS:
        return None
    scale = float(np.hypot(affine[0, 0], affine[1, 0]))
    if not MIN_SCALE <= scale <= MAX_SCALE:
        return None
    return np.vstack([affine, [0, 0, 1]]).astype(np.float64), inliers


def _features(finder: Any, picture: Grey) -> tuple[Any, Any]:
    return cast("tuple[Any, Any]", finder.detectAndCompute(picture, None))


def _by_picture(one: Grey, other: Grey, start: Matrix) -> Matrix:
    """The map made finer by the whole picture; the one it began with where that does not settle."""
    soft = [cv2.GaussianBlur(255 - picture, (0, 0), 1.6) for picture in (one, other)]
    way = np.linalg.inv(start)[:2].astype(np.float32)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-5)
    try:
        found: Any = cv2.findTransformECC(soft[0], soft[1], way, cv2.MOTION_AFFINE, stop)
    except cv2.error:
        return start
    refined = np.linalg.inv(np.vstack([found[1], [0, 0, 1]]).astype(np.float64))
    corners = np.array(
        [[0, 0, 1], [other.shape[1], 0, 1], [0, other.shape[0], 1], [other.shape[1], other.shape[0], 1]], float
    ).T
    moved = np.abs((refined @ corners)[:2] - (start @ corners)[:2]).max()
    return refined if moved < LOOK_SIDE / 40 else start


def _field(old: Grey, laid: Grey) -> NDArray[np.float32] | None:
    """By how much each pixel of `laid` is still off, a second-degree field of x and y; None where it cannot be told."""
    height, width = old.shape
    side = max(96, max(height, width) // TILES)
    window = cv2.createHanningWindow((side, side), cv2.CV_32F)
    places, shifts = [], []
    for top in range(0, height - side + 1, side):
        for left in range(0, width - side + 1, side):
            tiles = [
                255.0 - picture[top : top + side, left : left + side].astype(np.float32) for picture in (old, laid)
            ]
            if min(float((tile > 90).mean()) for tile in tiles) < 0.003:  # noqa: PLR2004 - bare paper tells nothing
                continue
            (dx, dy), response = cv2.phaseCorrelate(tiles[0], tiles[1], window)
            if response > 0.15 and max(abs(dx), abs(dy)) <= MOST_SHIFT:  # noqa: PLR2004 - noise answers with less
                places.append(((left + side / 2) / width, (top + side / 2) / height))
                shifts.append((dx, dy))
    if len(places) < 12:  # noqa: PLR2004 - twice the figures to be found
        return None
    return _fitted(np.array(places), np.array(shifts), width, height)


def _fitted(places: NDArray[np.float64], shifts: NDArray[np.float64], width: int, height: int) -> NDArray[np.float32]:
    """The field by least squares, tiles that disagree with most left out one round after the other."""
    terms, kept = _terms(places[:, 0], places[:, 1]), np.ones(len(places), bool)
    found = np.zeros((6, 2))
    for _ in range(4):
        found, *_ = np.linalg.lstsq(terms[kept], shifts[kept], rcond=None)
        away = np.hypot(*(terms @ found - shifts).T)
        kept = away <= max(1.0, 2.5 * float(np.median(away)))
        if kept.sum() < 12:  # noqa: PLR2004 - as above
            break
    coarse_x, coarse_y = np.meshgrid(np.linspace(0, 1, 33), np.linspace(0, 1, 33))
    coarse = _terms(coarse_x.ravel(), coarse_y.ravel()) @ found
    grid = np.clip(coarse, -MOST_SHIFT, MOST_SHIFT).reshape(33, 33, 2).astype(np.float32)
    return cast("NDArray[np.float32]", cv2.resize(grid, (width, height), interpolation=cv2.INTER_LINEAR))


def _terms(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=1)
