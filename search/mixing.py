"""From the terms of a query to one unit vector. Pure functions of values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# What a query should not show is taken away at this share of its weight: taken away whole, it would weigh as much as
# what is looked for, and the nearest pictures would be those that show neither.
NEGATIVE = 0.5


def mixed(terms: Sequence[tuple[NDArray[np.float32], float]]) -> NDArray[np.float32]:
    """The sum of (dim,) unit vectors by their weights, at length 1. At least one term is needed."""
    total = np.sum([vector * (weight if weight > 0 else NEGATIVE * weight) for vector, weight in terms], axis=0)
    length = float(np.linalg.norm(total))
    # terms that cancel each other leave nothing to point at: the first one decides
    return np.asarray(total / length if length > 1e-6 else terms[0][0], np.float32)
