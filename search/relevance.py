"""Where in a picture lies what a vector means: a map of cosines over it. Pure functions of a picture and a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from vlm.protocols import Box, Embedder, PatchEmbedder, Patches

if TYPE_CHECKING:
    from PIL.Image import Image

Grid = NDArray[np.float32]
By = Literal["patches", "crops"]

# A model without patches is shown squares with these sides, as shares of the picture's shorter one, each overlapping the
# next by half. Of 14 sets of one to five sizes (1, 0.7, 0.5, 0.35, 0.25) none was better by more than chance, and those
# with fewer or less overlapping squares were worse: docs/ranking.md.
SIDES = (0.5, 0.25)
# So many cells of the map along the picture's shorter side, or as many as a window has patches.
CELLS = 16
# What is longer than so many times its width is stretched to that, and what is smaller than so many pixels enlarged.
LONGEST = 4
SMALLEST = 32


@dataclass(frozen=True, slots=True)
class Relevance:
    """How near each part of a picture lies to what was asked: (rows, columns) cosines, evenly over the upright picture.

    `by` says what they are of: the picture encoder's own `patches`, or `crops` of the picture.
    """

    cosines: Grid
    by: By

    @property
    def relative(self) -> Grid:
        """The same from 0 (the least here) to 1 (the most here); all 0 where no part differs from another."""
        least, most = float(self.cosines.min()), float(self.cosines.max())
        return (self.cosines - least) / (most - least) if most - least > 1e-6 else np.zeros_like(self.cosines)

    @property
    def peak(self) -> tuple[float, float]:
        """The middle of the cell that lies nearest, as shares (0..1) of the picture's width and height."""
        rows, columns = self.cosines.shape
        row, column = divmod(int(self.cosines.argmax()), columns)
        return (column + 0.5) / columns, (row + 0.5) / rows

    def as_json(self) -> dict[str, Any]:
        """`{rows, columns, by, relative, cosines}`, rows from the top."""
        rows, columns = self.cosines.shape
        return {
            "rows": rows, "columns": columns, "by": self.by,
            "relative": np.round(self.relative.astype(float), 3).tolist(),
            "cosines": np.round(self.cosines.astype(float), 4).tolist(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parts:
    """What the parts of a picture mean. Each layer has (n) windows and the (n, rows, columns, dim) unit vectors in them."""

    width: int
    height: int
    layers: tuple[tuple[list[Box], Patches], ...]
    by: By

    def near(self, vector: Grid) -> Relevance:
        """How near each part lies to a (dim,) unit vector: the mean of the layers."""
        maps = [laid(boxes, vectors @ vector, self.width, self.height) for boxes, vectors in self.layers]
        return Relevance(np.mean(maps, axis=0, dtype=np.float32), self.by)


def parts(picture: Image, embedder: Embedder) -> Parts:
    """The parts of an upright RGB picture: the model's patches, or else crops."""
    picture = _of_usual_shape(picture)
    width, height = picture.size
    if isinstance(embedder, PatchEmbedder):
        boxes = windows(width, height, min(width, height))
        patches = embedder.embed_patches([_cut(picture, box) for box in boxes])
        if patches is not None:
            return Parts(width, height, ((boxes, patches),), "patches")
    layers = []
    for share in SIDES:
        boxes = windows(width, height, share * min(width, height))
        layers.append((boxes, embedder.embed_pictures([_cut(picture, box) for box in boxes])[:, None, None]))
    return Parts(width, height, tuple(layers), "crops")


def windows(width: float, height: float, side: float) -> list[Box]:
    """Squares of this side that cover a picture, each overlapping the next by half or more, row by row."""

    def starts(length: float) -> list[float]:
        steps = max(0, int(np.ceil((length - side) / (side / 2) - 1e-6)))
        return [step * (length - side) / max(1, steps) for step in range(steps + 1)]

    return [(x, y, x + side, y + side) for y in starts(height) for x in starts(width)]


def laid(boxes: Sequence[Box], maps: Grid, width: int, height: int) -> Grid:
    """The (n, r, c) maps of windows as one over the picture; where windows overlap, the one counts more whose middle is
    nearer.
    """
    scale = max(CELLS, maps.shape[1]) / min(width, height)
    rows, columns = max(1, round(scale * height)), max(1, round(scale * width))
    across, down = (np.arange(columns) + 0.5) * width / columns, (np.arange(rows) + 0.5) * height / rows
    total, weight = np.zeros((rows, columns)), np.zeros((rows, columns))
    for (left, top, right, bottom), one in zip(boxes, maps, strict=True):
        x, y = (across - left) / (right - left), (down - top) / (bottom - top)
        near = np.outer(np.maximum(0, 1 - np.abs(2 * y - 1)), np.maximum(0, 1 - np.abs(2 * x - 1)))
        total += near * (_between(y, one.shape[0]) @ one @ _between(x, one.shape[1]).T)
        weight += near
    return np.asarray(total / weight, np.float32)


def _between(at: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """(len(at), count): how much each of `count` cells side by side counts at these shares (0..1) of their length."""
    return np.stack([np.interp(at * count - 0.5, np.arange(count), one) for one in np.eye(count)], axis=1)


def _cut(picture: Image, box: Box) -> Image:
    left, top, right, bottom = map(round, box)
    return picture.crop((left, top, right, bottom))


def _of_usual_shape(picture: Image) -> Image:
    least = max(SMALLEST, -(-max(picture.size) // LONGEST))
    if min(picture.size) >= least:
        return picture
    return picture.resize((max(picture.width, least), max(picture.height, least)))
