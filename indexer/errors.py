"""The indexer's branches of the error tree (drawn in `vlm/errors.py`)."""

from __future__ import annotations

from vlm.errors import ImsearchError


class PictureError(ImsearchError):
    """One picture cannot be used: why, and what the owner of the picture can do about it."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}".strip())
        self.reason = reason
        self.remedy = remedy


class LibraryError(ImsearchError):
    """The library on disk cannot be used."""

    exit_code = 3


class LibraryMissing(LibraryError):
    """There is no library at that place."""


class LibraryTooNew(LibraryError):
    """The library was written by a newer imsearch; it is left untouched."""


class LibraryBusy(LibraryError):
    """Another process is writing to the library."""


class LibraryDamaged(LibraryError):
    """The library does not verify."""
