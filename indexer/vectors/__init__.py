"""Indexes of vectors: one protocol, an exact oracle and FAISS."""

from __future__ import annotations

from pathlib import Path

from indexer.errors import LibraryDamaged
from indexer.vectors.protocol import Ids, Scores, VectorIndex

__all__ = ["Ids", "Scores", "VectorIndex", "load_index", "new_index"]


def new_index(dim: int) -> VectorIndex:
    """An empty index for vectors of this length."""
    from indexer.vectors.faiss import FaissIndex

    return FaissIndex(dim)


def load_index(folder: Path, model: str, dim: int) -> VectorIndex:
    """The saved index. Raises LibraryDamaged when it does not verify for this model and length."""
    from indexer.vectors.faiss import FaissIndex

    index = FaissIndex.load(folder, model)
    if index.dim != dim:
        raise LibraryDamaged(
            f"The vector index {folder} has vectors of {index.dim}, not {dim}; it is rebuilt from the catalog."
        )
    return index
