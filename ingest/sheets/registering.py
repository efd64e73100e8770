"""Laying one version of a sheet over the other, whatever the resolution, lean, shift or paper size of the two.

First by features (SIFT, a similarity found by RANSAC), then by the picture as a whole (ECC, affine); what a scanner's
feeder stretches is taken out by a smooth field fitted to the shifts of tiles, too stiff to follow a moved wall.
"""

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

MIN_ALIKE = 0.35
"""Correlation of the two once laid over each other: two scans of a paper have 0.8 and more, two different plans in one
frame 0.2."""

MIN_SCALE, MAX_SCALE = 0.4, 2.5
"""Between the two once both are brought to one size: an excerpt or an enlargement beyond that is another sheet."""

DARK = 190
"""Grey of ink: below any paper's."""

TILES = 14
"""Along the longer side: 60 mm of A1."""

MOST_SHIFT = 12.0
"""Pixels at working size by which a tile may still be off; more is a change, not the scanner."""


def register(old: Grey, new: Grey) -> Matrix | None:
    """Where points of the new picture lie on the old one (3 x 3, pixels); None where they have nothing in common."""
    small = [_small(picture) for picture in (old, new)]
    (one, a), (other, b) = small
    starts = (_by_features(one, other), _by_frames(one, other))
    matrix = next(
        (way for start in starts if start is not None and (way := _by_picture(one, other, start)) is not None), None
    )
    return None if matrix is None else np.diag([1 / a, 1 / a, 1.0]) @ matrix @ np.diag([b, b, 1.0])


def laid_over(new: Grey, matrix: Matrix, old: Grey) -> Grey:
    """The new picture in the old one's place by what `register` found; bare paper where it does not reach."""
    height, width = old.shape
    laid = cv2.warpPerspective(new, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=(255,))
    field = _field(old, cast("Grey", laid))
    if field is None:
        return cast("Grey", laid)
    rows, columns = np.mgrid[0:height:1, 0:width:1].astype(np.float32)
    moved = cv2.remap(
        laid,
        columns + field[..., 0],
        rows + field[..., 1],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255,),
    )
    return cast("Grey", moved)


def _small(picture: Grey) -> tuple[Grey, float]:
    scale = min(1.0, LOOK_SIDE / max(picture.shape))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cast("Grey", small), scale


def _by_features(one: Grey, other: Grey) -> Matrix | None:
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
    return np.vstack([affine, [0, 0, 1]]).astype(np.float64)


def _by_frames(one: Grey, other: Grey) -> Matrix | None:
    """The map that lays the frame of one sheet on the other's: plans of few rooms have few features of their own."""
    frames = [_frame(picture) for picture in (one, other)]
    if frames[0] is None or frames[1] is None:
        return None
    return np.asarray(cv2.getPerspectiveTransform(frames[1], frames[0]), np.float64)


def _frame(picture: Grey) -> NDArray[np.float32] | None:
    """The corners of the largest thing that is drawn, clockwise from the top left; None where it is not frame-like."""
    height, width = picture.shape
    rim = round(0.008 * max(height, width))  # the scanner's lid, and the edge of the paper
    ink = (cv2.medianBlur(picture, 3) < DARK).astype(np.uint8)
    ink[:rim], ink[-rim:], ink[:, :rim], ink[:, -rim:] = 0, 0, 0, 0
    contours, _ = cv2.findContours(
        cv2.dilate(ink, np.ones((3, 3), np.uint8)), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    largest = max(contours, key=lambda c: cv2.minAreaRect(c)[1][0] * cv2.minAreaRect(c)[1][1], default=None)
    if largest is None:
        return None
    corners = cv2.boxPoints(cv2.minAreaRect(largest))
    if cv2.contourArea(corners) < 0.5 * height * width:
        return None
    sums, gaps = corners.sum(axis=1), corners[:, 0] - corners[:, 1]
    order = [int(sums.argmin()), int(gaps.argmax()), int(sums.argmax()), int(gaps.argmin())]
    return cast("NDArray[np.float32]", corners[order].astype(np.float32))


def _features(finder: Any, picture: Grey) -> tuple[Any, Any]:
    return cast("tuple[Any, Any]", finder.detectAndCompute(picture, None))


def _by_picture(one: Grey, other: Grey, start: Matrix) -> Matrix | None:
    """The map made finer by the whole picture; None where the two do not look alike even so."""
    soft = [cv2.GaussianBlur(255 - picture, (0, 0), 1.6) for picture in (one, other)]
    way = np.linalg.inv(start)
    way = (way / way[2, 2])[:2].astype(np.float32)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-5)
    try:
        found: Any = cv2.findTransformECC(soft[0], soft[1], way, cv2.MOTION_AFFINE, stop)
    except cv2.error:
        return None
    if found[0] < MIN_ALIKE:
        return None
    return np.linalg.inv(np.vstack([found[1], [0, 0, 1]]).astype(np.float64))


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
