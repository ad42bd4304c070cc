"""Exact search with NumPy: the oracle that every other index is held against."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from indexer.vectors.files import checked, read_meta, save_beside
from indexer.vectors.protocol import Ids, Scores
from vlm.protocols import Vectors


class ExactIndex:
    """Implements VectorIndex. Writers make new arrays and swap them in, so a search never waits or sees half a batch."""

    def __init__(self, dim: int) -> None:
        self._dim = dim
        self._rows: tuple[Ids, Vectors] = (np.zeros(0, np.int64), np.zeros((0, dim), np.float32))
        self._lock = threading.Lock()

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._dim

    @property
    def count(self) -> int:
        """How many vectors it holds."""
        return len(self._rows[0])

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Put rows under keys, replacing those that are there."""
        checked(ids, vectors, self._dim)
        with self._lock:
            old_ids, old = self._rows
            keep = ~np.isin(old_ids, ids)
            merged = np.concatenate([old_ids[keep], ids])
            order = np.argsort(merged)
            self._rows = (merged[order], np.concatenate([old[keep], vectors])[order])

    def remove(self, ids: Ids) -> int:
        """Take keys out; how many were there."""
        with self._lock:
            old_ids, old = self._rows
            keep = ~np.isin(old_ids, ids)
            self._rows = (old_ids[keep], old[keep])
            return int((~keep).sum())

    def search(self, vector: NDArray[np.float32], k: int, among: Ids | None = None) -> tuple[Ids, Scores]:
        """The k nearest, best first; ties by the smaller key."""
        ids, rows = self._rows
        if among is not None:
            inside = np.isin(ids, among)
            ids, rows = ids[inside], rows[inside]
        return best(ids, rows @ vector, k)

    def save(self, folder: Path, model: str) -> None:
        """Write beside and rename."""
        ids, rows = self._rows

        def write(path: Path) -> None:
            with path.open("wb") as file:
                np.savez(file, ids=ids, rows=rows.astype(np.float16))

        save_beside(folder, write, kind="exact", model=model, dim=self._dim, count=len(ids))

    @classmethod
    def load(cls, folder: Path, model: str) -> Self:
        """Read what `save` wrote. Raises LibraryDamaged."""
        meta = read_meta(folder, model)
        index = cls(meta.dim)
        with np.load(folder / "index") as stored:
            index.add(stored["ids"], stored["rows"].astype(np.float32))
        return index


def best(ids: Ids, scores: Scores, k: int) -> tuple[Ids, Scores]:
    """The k highest scores with their ids, ties by the smaller id. `ids` (n,), `scores` (n,) in any order."""
    if k < len(ids):
        # everything that ties with the k-th stays in until the exact sort
        threshold = np.partition(scores, len(scores) - k)[len(scores) - k] if k > 0 else np.inf
        kept = scores >= threshold
        ids, scores = ids[kept], scores[kept]
    order = np.lexsort((ids, -scores))[: max(0, k)]
    return ids[order], scores[order].astype(np.float32)
