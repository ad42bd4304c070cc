"""An indexed picture as a model or a person looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.decode import decode
from indexer.errors import PictureError
from indexer.paths import to_path
from indexer.store import Store
from vlm import UsageError

if TYPE_CHECKING:
    from PIL.Image import Image


def seen(store: Store, picture_id: int, side: int) -> Image:
    """Upright RGB, its shorter side at least `side` pixels if it has them; where the file is away or damaged, its thumbnail.

    Raises UsageError for no such picture, PictureError where there is no thumbnail either.
    """
    found = store.get([picture_id])
    if not found:
        raise UsageError(f"There is no picture {picture_id} in this library; a search shows their ids.")
    try:
        return decode(to_path(found[0].path), side).picture
    except PictureError:
        thumbnail = store.thumbnail(found[0])
        if not thumbnail.is_file():
            raise
        return decode(thumbnail, side).picture


def seen_by(store: Store, picture_id: int, longest: int) -> Image:
    """The same for a model that looks at so many pixels of the longer side at most."""
    made = seen(store, picture_id, longest * 3 // 4)
    made.thumbnail((longest, longest))
    return made
