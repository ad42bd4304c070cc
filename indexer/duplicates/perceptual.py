"""Are two pictures one? Laid over each other, turned, mirrored, moved and scaled as need be, and compared cell by cell.

Corners that both show (ORB) say how one lies on the other (RANSAC); then the pixels decide, not the corners: two
photos of one scene share corners, copies share cells. Each number below was chosen in benchmarks/duplicates.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from indexer.sketch import SIDE, Grey, read_grey

VERSION = 2
"""Grows when what `compare` says changes: what was said before is then asked again."""

_GRID, _CELL = 8, 8
# Corners that agree on one way to lay a on b. Unrelated pictures reached 44, by repeated patterns: never enough alone.
_CORNERS = 12
# Cells that must agree, of those with something in them, and how many of those there must be.
_SHARE, _CELLS = 0.7, 8
# A cell agrees when its grey levels go together so well (1: the same up to brightness and contrast).
_AGREES = 0.8
# Standard deviation, in grey levels, below which a cell is empty, and a margin is a frame.
_EMPTY, _FRAME = 4.0, 12.0
# Share of cells that agree in copies nobody drew on; share of a picture that is no margin.
_UNTOUCHED, _WHOLE = 0.97, 0.97


@dataclass(frozen=True, slots=True)
class Look:
    """A picture as it is compared: grey levels, and corners with their descriptions as it is and mirrored."""

    grey: Grey
    corners: tuple[Any, Any]
    mirrored: tuple[Any, Any]


def read_look(thumbnail: Path) -> Look:
    """Raises OSError when the thumbnail cannot be read."""
    import cv2

    grey = read_grey(thumbnail, SIDE)
    orb = cv2.ORB.create(nfeatures=500, fastThreshold=7)
    return Look(grey, _corners(orb, grey), _corners(orb, np.ascontiguousarray(grey[:, ::-1])))


@dataclass(frozen=True, slots=True)
class Difference:
    """How two copies of one picture differ: `both` of the pair, then what was done to the first or the second alone."""

    both: tuple[str, ...] = ()
    first: str = ""
    second: str = ""

    def text(self) -> str:
        """As the catalog keeps it."""
        return "|".join((",".join(self.both), self.first, self.second))

    @classmethod
    def parse(cls, text: str) -> Difference:
        """What `text` made."""
        both, first, second = text.split("|")
        return cls(tuple(both.split(",")) if both else (), first, second)

    def of_second(self) -> str:
        """In words, of the second beside the first."""
        return ", ".join(word for word in (*self.both, self.second) if word)

    def of_first(self) -> str:
        """In words, of the first beside the second."""
        return ", ".join(word for word in (*self.both, self.first) if word)


def compare(a: Look, b: Look) -> Difference | None:
    """How they differ where they are one picture, else None."""
    whole = _upright(a.grey, b.grey)
    if whole and "edited in places" not in whole.both:
        return whole
    # A thin frame passes for an edit as long as it is not laid over.
    return _laid_over(a, b) or whole


def _corners(orb: Any, grey: Grey) -> tuple[Any, Any]:
    # OpenCV refuses a picture that is one line of pixels, as counters in web pages are
    points, described = orb.detectAndCompute(grey, None) if min(grey.shape) > 1 else ((), None)
    return np.array([point.pt for point in points], np.float32).reshape(-1, 2), described


def _upright(a: Grey, b: Grey) -> Difference | None:
    """Whole pictures in eight orientations: needs no corners, so that also smooth pictures are recognised."""
    square = _GRID * _CELL
    other = np.asarray(Image.fromarray(b).resize((square, square), Image.Resampling.BOX), np.float32)
    one = np.asarray(Image.fromarray(a).resize((square, square), Image.Resampling.BOX), np.float32)
    for mirrored in (False, True):
        for turns in range(4):
            height, width = a.shape[:: -1 if turns % 2 else 1]
            if abs(math.log((width / height) / (b.shape[1] / b.shape[0]))) > 0.03:
                continue
            share = _agreement(np.rot90(one[:, ::-1] if mirrored else one, turns), other, None)
            if share is not None:
                return Difference(_words(mirrored, turns > 0, share))
    return None


def _laid_over(a: Look, b: Look) -> Difference | None:
    import cv2

    for mirrored, corners in ((False, a.corners), (True, a.mirrored)):
        way = _way(corners, b.corners)
        if way is None:
            continue
        grey = np.ascontiguousarray(a.grey[:, ::-1]) if mirrored else a.grey
        height, width = b.grey.shape
        laid = cv2.warpAffine(grey, way, (width, height))
        covered = _covered(grey, b.grey, way)
        square = _GRID * _CELL
        shrunk = [
            cv2.resize(part, (square, square), interpolation=cv2.INTER_AREA).astype(np.float32)
            for part in (laid, b.grey, covered * np.uint8(255))
        ]
        share = _agreement(shrunk[0], shrunk[1], shrunk[2] / 255)
        if share is not None:
            angle = abs(math.degrees(math.atan2(way[1, 0], way[0, 0])))
            ours, theirs = (
                _margin(b.grey, covered),
                _margin(grey, _covered(b.grey, grey, cv2.invertAffineTransform(way))),
            )
            return Difference(
                _words(mirrored, angle > 1, share),
                first="cropped" if ours == "picture" else "framed" if theirs == "frame" else "",
                second="cropped" if theirs == "picture" else "framed" if ours == "frame" else "",
            )
    return None


def _covered(grey: Grey, on: Grey, way: Any) -> Grey:
    """1 where a picture covers another one, else 0; the size of the other one."""
    import cv2

    laid: Grey = cv2.warpAffine(np.ones_like(grey), way, (on.shape[1], on.shape[0]), flags=cv2.INTER_NEAREST)
    return laid


def _margin(grey: Grey, covered: Grey) -> str:
    """What lies outside of the part that is covered: nothing, a `frame` of one colour, or `picture`."""
    import cv2

    if covered.mean() >= _WHOLE:
        return ""
    # Not the pixels next to the edge, in which both run into each other.
    outside = cv2.dilate(covered, np.ones((5, 5), np.uint8)) == 0
    if outside.sum() < 32:
        return ""
    return "frame" if float(grey[outside].std()) < _FRAME else "picture"


def _way(ours: tuple[Any, Any], theirs: tuple[Any, Any]) -> NDArray[np.float64] | None:
    """The (2, 3) turn, scale and move that lays our corners on theirs, when enough of them agree."""
    import cv2

    (points, described), (others, told) = ours, theirs
    if len(points) < _CORNERS or len(others) < _CORNERS:
        return None
    matches: Any = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(described, told, 2)
    clear = [two[0] for two in matches if len(two) == 2 and two[0].distance < 0.8 * two[1].distance]
    if len(clear) < _CORNERS:
        return None
    way, agreeing = cv2.estimateAffinePartial2D(
        points[[match.queryIdx for match in clear]], others[[match.trainIdx for match in clear]],
        method=cv2.RANSAC, ransacReprojThreshold=3.0, maxIters=500, confidence=0.99,
    )  # fmt: skip
    if way is None or int(agreeing.sum()) < _CORNERS or not 0.1 < math.hypot(way[0, 0], way[1, 0]) < 10:
        return None
    return np.asarray(way, np.float64)


def _agreement(a: NDArray[np.float32], b: NDArray[np.float32], covered: NDArray[np.float32] | None) -> float | None:
    """The share of cells in which two (64, 64) pictures agree, or None when that is too few to be one picture."""
    one, other = _cells(a), _cells(b)
    there = np.ones(len(one), bool) if covered is None else _cells(covered).mean(1) > 0.95
    mean, mean_other = one.mean(1, keepdims=True), other.mean(1, keepdims=True)
    spread, spread_other = one.std(1), other.std(1)
    full = there & (np.maximum(spread, spread_other) >= _EMPTY)
    together = ((one - mean) * (other - mean_other)).mean(1) / np.maximum(spread * spread_other, 1e-3)
    # An empty cell says nothing while both are as bright; one that is dark here and light there speaks against.
    against = there & ~full & (np.abs(mean - mean_other)[:, 0] > 40)
    counted = int(full.sum() + against.sum())
    if full.sum() < _CELLS:
        return None
    share = float((together[full] > _AGREES).sum()) / counted
    return share if share >= _SHARE else None


def _cells(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """(64, 64) -> 64 cells of 64 numbers."""
    return picture.reshape(_GRID, _CELL, _GRID, _CELL).transpose(0, 2, 1, 3).reshape(_GRID * _GRID, _CELL * _CELL)


def _words(mirrored: bool, turned: bool, share: float) -> tuple[str, ...]:
    told = {"mirrored": mirrored, "turned": turned, "edited in places": share < _UNTOUCHED}
    return tuple(word for word, so in told.items() if so)
