"""Where relevance ends: a first, simple estimate from the query's own scores. Pure functions of values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# Cosines of most pictures to a phrase they do not show scatter round a middle that differs from query to query (so
# that no fixed threshold works). A picture counts as a match when it stands this many robust deviations above it, and
# within this share of the way from the best down to the middle.
DEVIATIONS = 2.5
SHARE = 0.5
# With fewer pictures there is no scatter to speak of: nothing is called weak.
FEWEST = 20


def threshold(background: Sequence[float], best: float) -> float:
    """The cosine below which a hit is weak. `background` are cosines of many pictures to the query."""
    if len(background) < FEWEST:
        return -1.0
    values = np.asarray(background, np.float64)
    middle = float(np.median(values))
    scatter = 1.4826 * float(np.median(np.abs(values - middle)))
    return max(middle + DEVIATIONS * scatter, middle + SHARE * (best - middle))
