"""What an index of vectors is: keys are the catalog's picture ids, scores are cosines."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from vlm.protocols import Vectors

Ids = NDArray[np.int64]
Scores = NDArray[np.float32]


class VectorIndex(Protocol):
    """Unit vectors under integer keys, searched by cosine.

    One thread may add or remove while others search: a search sees whole batches.
    """

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def count(self) -> int:
        """How many vectors it holds."""
        ...

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Put (n, dim) unit rows under n distinct keys; a key that is there already is replaced.

        Raises ValueError when the shapes disagree or a vector is not finite.
        """
        ...

    def remove(self, ids: Ids) -> int:
        """Take keys out; unknown ones are no error. Returns how many were there."""
        ...

    def search(self, vector: NDArray[np.float32], k: int, among: Ids | None = None) -> tuple[Ids, Scores]:
        """The k nearest to a (dim,) unit vector, best first: their keys and cosines.

        With `among` only those keys are considered (unknown ones are ignored) and the true top k of them is found
        however few they are. Returns fewer than k when there are fewer. Ties are broken by the smaller key.
        """
        ...

    def save(self, folder: Path, model: str) -> None:
        """Write index and meta.json (model, dim, count, checksum) beside, fsync, and rename into `folder`."""
        ...

    @classmethod
    def load(cls, folder: Path, model: str) -> Self:
        """Read what `save` wrote, memory-mapped where that helps. Raises LibraryDamaged when it does not verify."""
        ...
