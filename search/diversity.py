"""Matches that differ from each other first: maximal marginal relevance. Pure functions of values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vlm.protocols import Vectors

# What being unlike the pictures before it counts beside relevance: docs/ranking.md has what it costs and brings.
SHARE = 0.5


def diverse(scores: Sequence[float], vectors: Vectors, apart: float, share: float = SHARE) -> list[int]:
    """The rows in an order in which each is as relevant, and as unlike all before it, as can be; the first stays first.

    `scores` belong to the (n, dim) unit `vectors`, best first; only their proportions count. Likeness is 1 for the same
    picture and 0 for two that lie `apart` (1 - cosine) or further, as unrelated ones do. n products of n by dim.
    """
    if not len(scores):
        return []
    worth = np.asarray(scores, np.float64)
    worth = (1 - share) * (worth - worth.min()) / max(float(np.ptp(worth)), 1e-9)
    likeness = np.zeros(len(worth))
    left = np.ones(len(worth), bool)
    order = [0]
    while len(order) < len(worth):
        last = order[-1]
        left[last] = False
        np.maximum(likeness, 1 - (1 - vectors @ vectors[last]) / apart, out=likeness)
        order.append(int(np.argmax(np.where(left, worth - share * likeness, -np.inf))))
    return order
