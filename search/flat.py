"""All pictures of a library as a map: their vectors seen along the two directions in which they differ most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.store import Store
from indexer.vectors.protocol import Ids
from vlm.protocols import Vectors

MOST = 20_000
"""So many points a screen can tell apart; of more pictures an even sample is shown."""


@dataclass(frozen=True, slots=True)
class Flat:
    """Places (n, 2) in 0..1 of the pictures `ids`; `total` is how many there are in all."""

    ids: Ids
    places: NDArray[np.float32]
    total: int


def flat(store: Store) -> Flat:
    """The map of all pictures that are not hidden."""
    ids = store.ordered(None, True, max(1, store.count()))
    total = len(ids)
    if total > MOST:
        ids = ids[np.linspace(0, total - 1, MOST).astype(int)]
    return Flat(ids, projected(store.vectors([int(one) for one in ids])), total)


def projected(vectors: Vectors) -> NDArray[np.float32]:
    """(n, dim) unit rows as (n, 2) in 0..1, near ones near each other as far as two directions can say."""
    if len(vectors) < 3:
        return np.linspace(0.25, 0.75, 2 * len(vectors), dtype=np.float32).reshape(-1, 2)
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    seen = centred @ axes[:, -2:][:, ::-1]
    # eigenvectors have no sign of their own: the map must not flip from one start to the next
    seen *= np.sign(axes[np.abs(axes).argmax(axis=0), range(axes.shape[1])][-2:][::-1])
    even = seen.argsort(axis=0).argsort(axis=0) / (len(seen) - 1)
    spread = (seen - seen.min(axis=0)) / np.maximum(np.ptp(seen, axis=0), 1e-9)
    # half by rank: else the middle is one heap and the rest is empty
    return np.asarray((even + spread) / 2, dtype=np.float32)
