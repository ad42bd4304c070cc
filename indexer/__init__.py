"""From folders to a library on disk."""

from __future__ import annotations

from indexer.errors import LibraryBusy, LibraryDamaged, LibraryError, LibraryMissing, LibraryTooNew, PictureError
from indexer.records import Filters, IndexReport, Picture

__all__ = [
    "Filters",
    "IndexReport",
    "LibraryBusy",
    "LibraryDamaged",
    "LibraryError",
    "LibraryMissing",
    "LibraryTooNew",
    "Picture",
    "PictureError",
]
