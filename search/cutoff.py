"""Where relevance ends: from the query's own scores and from what everyday texts score here. Pure functions of values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# First: is anything relevant at all? The best picture must stand out as far as the best one of an everyday text does
# in this library. A text that lies nearer to all of these pictures than everyday texts do (a caption against a
# patent drawing lies far from them) is given this much credit for each deviation of it, in scatters.
OFFSET = 0.5
# Then: how far down? To this share of the way from the middle of all pictures to the best. A word or three fit many
# pictures, a whole sentence few: with one share for both (0.85) half as many of the right pictures of short queries were
# kept, at the same precision. All chosen on one half of the judged queries of two models and four libraries, see
# docs/ranking.md.
SHARE = 0.7
SHARE_OF_SENTENCES = 0.9
FEW_WORDS = 3

# For examples alone a match is this share of the way from what unrelated pictures have in common with them to what the
# same picture has: chosen on one half of the pictures of two models, see docs/ranking.md.
ALIKE = 0.5
# Without a calibration, and for examples beside words, the query's own scores must do:
# a match stands this many robust deviations above their middle, and within this share of the way from the best to it.
DEVIATIONS = 2.5
OWN_SHARE = 0.5
# With fewer pictures there is no scatter to speak of: nothing is called weak.
FEWEST = 20


@dataclass(frozen=True, slots=True)
class Calibration:
    """What everyday texts score over one library with one model; all numbers are cosines.

    `mean` is the (dim,) mean of the pictures' vectors, so that a text's mean cosine is one product. `scatter` is how
    far pictures lie from that mean, `middle` and `spread` are mean and deviation of the texts' mean cosines, and `top`
    is how many scatters the best picture of a text stands above its mean, in the middle of all texts. `between` is the
    scatter of the pictures' cosines with one of them, less the mean: it is of another size than that of texts.
    """

    mean: NDArray[np.float32]
    scatter: float
    middle: float
    spread: float
    top: float
    between: float

    @property
    def apart(self) -> float:
        """How far (1 - cosine) two pictures are that were taken at random."""
        return 1 - float(self.mean @ self.mean)

    def scale(self, text: NDArray[np.float32]) -> tuple[float, float]:
        """A text's mean cosine over the library, and how much more the best picture of an everyday text has."""
        return float(text @ self.mean), self.scatter * self.top


def threshold(
    found: Sequence[float],
    text: NDArray[np.float32] | None = None,
    calibration: Calibration | None = None,
    words: int = 1,
) -> float:
    """The cosine below which a hit is weak; above every cosine when nothing is relevant.

    `found` are the cosines of the nearest pictures, best first; `text` is the (dim,) vector they were found by when it
    means words alone, and `words` how many these are.
    """
    if len(found) < FEWEST:
        return -1.0
    best = float(found[0])
    if calibration is None or text is None:
        return _by_itself(found, best)
    mean = float(text @ calibration.mean)
    credit = OFFSET * (mean - calibration.middle) / calibration.spread
    if (best - mean) / calibration.scatter + credit < calibration.top:
        return float(np.nextafter(max(best, 1.0), np.inf))
    return mean + (SHARE if words <= FEW_WORDS else SHARE_OF_SENTENCES) * (best - mean)


def alike(example: NDArray[np.float32], calibration: Calibration, pictures: int) -> float:
    """The cosine with a (dim,) example below which one of so many `pictures` is weak."""
    if pictures < FEWEST:
        return -1.0
    unrelated = float(example @ calibration.mean)
    return unrelated + ALIKE * (1 - unrelated)


def _by_itself(found: Sequence[float], best: float) -> float:
    values = np.asarray(found, np.float64)
    middle = float(np.median(values))
    scatter = 1.4826 * float(np.median(np.abs(values - middle)))
    return max(middle + DEVIATIONS * scatter, middle + OWN_SHARE * (best - middle))
