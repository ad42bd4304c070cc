"""A part of a picture to search by: looked at as it was drawn, and with some of what is around it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.errors import QueryError
from search.query import Example

if TYPE_CHECKING:
    from PIL.Image import Image

    from indexer.upright import Corners

# So much of its longer side is added on each side: one and a half times as wide and high, as ViLD does with what it
# classifies (Gu et al. 2022, "Open-vocabulary Object Detection via Vision and Language Knowledge Distillation", 3.2).
# What it gains and what it costs: docs/ranking.md.
MARGIN = 0.25


@dataclass(frozen=True, slots=True)
class Region:
    """A part as it was `drawn`, and what is `seen` of the picture around it."""

    drawn: Corners
    seen: Corners

    def least(self, side: int) -> int:
        """How long the shorter side of what is seen must be for that of what was drawn to have `side` pixels."""
        return math.ceil(side * max(1.0, _shorter(self.seen) / _shorter(self.drawn)))

    def views(self, seen: Image) -> tuple[Image, Image]:
        """Both, of a picture of what is seen at any size."""
        left, top, right, bottom = self.seen
        across, down = seen.width / (right - left), seen.height / (bottom - top)
        drawn = (
            math.floor((self.drawn[0] - left) * across),
            math.floor((self.drawn[1] - top) * down),
            min(math.ceil((self.drawn[2] - left) * across), seen.width),
            min(math.ceil((self.drawn[3] - top) * down), seen.height),
        )
        return seen.crop(drawn), seen


def region_of(example: Example, width: int, height: int) -> Region | None:
    """The part that is meant of a picture of this size; None for all of it. Raises QueryError."""
    if example.box_xywh is None:
        return None
    left, top, wide, high = example.box_xywh
    if left >= width or top >= height:
        raise QueryError(f"{example}: the picture is {width} x {height} pixels; this part lies outside.")
    drawn = (left, top, min(left + wide, width), min(top + high, height))
    return Region(drawn, _around(drawn, width, height))


def _around(drawn: Corners, width: int, height: int) -> Corners:
    """With the margin, as far as the picture goes."""
    left, top, right, bottom = drawn
    margin = round(MARGIN * max(right - left, bottom - top))
    return (max(left - margin, 0), max(top - margin, 0), min(right + margin, width), min(bottom + margin, height))


def _shorter(corners: Corners) -> int:
    left, top, right, bottom = corners
    return min(right - left, bottom - top)
