"""From folders to a library on disk."""

from __future__ import annotations

from indexer.errors import LibraryBusy, LibraryDamaged, LibraryError, LibraryMissing, LibraryTooNew, PictureError
from indexer.filters import Filter
from indexer.records import Edit, IndexReport, Picture

__all__ = [
    "Edit",
    "Filter",
    "IndexReport",
    "LibraryBusy",
    "LibraryDamaged",
    "LibraryError",
    "LibraryMissing",
    "LibraryTooNew",
    "Picture",
    "PictureError",
]
