"""From the terms of a query to one unit vector. Pure functions of values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from search.cutoff import Calibration

Vector = NDArray[np.float32]
Weighted = Sequence[tuple[Vector, float]]
"""(dim,) unit vectors, each with its weight."""

# What a query should not show is taken away at this share of its weight: taken away whole, it would weigh as much as
# what is looked for, and the nearest pictures would be those that show neither.
NEGATIVE = 0.5
# What examples count beside words: those that are like it, and those that are not. A plain sum let examples drown the
# words (nDCG@10 0.36 where words alone have 0.41): chosen with benchmarks/feedback.py, see docs/ranking.md.
LIKE = 0.5
UNLIKE = 0.125


def mixed(words: Weighted, examples: Weighted, measured: Calibration | None = None) -> Vector:
    """All terms as one vector of length 1; at least one is needed.

    Where words say what to look for, examples only say which of that: they count by what sets them apart from the mean
    picture, and as much as the words' cosines scatter over the library. Else every term counts by its weight.
    """
    refining = bool(examples) and any(weight > 0 for _, weight in words)
    terms = [*words, *examples]
    total = _sum(words) + _refining(examples, measured) if refining and measured else _sum(terms)
    length = float(np.linalg.norm(total))
    # terms that cancel each other leave nothing to point at: the first one decides
    return np.asarray(total / length if length > 1e-6 else terms[0][0], np.float32)


def _sum(terms: Weighted) -> Vector:
    return np.asarray(
        np.sum([vector * (weight if weight > 0 else NEGATIVE * weight) for vector, weight in terms], axis=0)
    )


def _refining(examples: Weighted, measured: Calibration) -> Vector:
    total = np.zeros_like(measured.mean)
    for share, sign in ((LIKE, 1), (-UNLIKE, -1)):
        those = [(vector, sign * weight) for vector, weight in examples if sign * weight > 0]
        if those:
            # ten examples say more clearly what is meant, but not ten times as loudly
            middle = np.sum([_unit(vector - measured.mean) * weight for vector, weight in those], axis=0)
            total += share * float(np.mean([weight for _, weight in those])) * _unit(middle)
    return total * (measured.scatter / measured.between)


def _unit(vector: Vector) -> Vector:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-6), np.float32)
