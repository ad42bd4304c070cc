"""Many vectors with the geometry of few real ones: what an index of a million pictures is measured on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]


def spread(real: Rows, count: int, seed: int = 0) -> Rows:
    """(count, d) unit rows round the (n, d) real ones: a mix of two and noise, rounded as a library stores them.

    The noise keeps the cosine to the nearest neighbour near that of real vectors; random Gaussian rows have none to
    speak of, so that an index looks far worse on them than it is.
    """
    rng = np.random.default_rng(seed)
    made = np.empty((count, real.shape[1]), np.float32)
    for at in range(0, count, 50_000):
        size = min(50_000, count - at)
        first, second = real[rng.integers(len(real), size=size)], real[rng.integers(len(real), size=size)]
        share = rng.uniform(0.6, 1, (size, 1)).astype(np.float32)
        noise = rng.normal(0, 0.3 / np.sqrt(real.shape[1]), first.shape).astype(np.float32)
        rows = share * first + (1 - share) * second + noise
        made[at : at + size] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return made.astype(np.float16).astype(np.float32)


def real_vectors(place: str) -> Rows:
    """The float16 rows of FILE.npy, or of FILE.npz:KEY+KEY, as float32 unit rows."""
    path, _, keys = place.partition(":")
    stored = np.load(path)
    rows = (np.concatenate([stored[key] for key in keys.split("+")]) if keys else stored).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
