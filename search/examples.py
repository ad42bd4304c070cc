"""Terms that are pictures: read, cut to the part that is meant, and turned into vectors."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexer.errors import PictureError
from indexer.paths import printable, to_path
from indexer.store import Store
from search.errors import QueryError
from search.query import Example
from vlm.protocols import Embedder

if TYPE_CHECKING:
    from PIL.Image import Image


def example_vector(example: Example, store: Store, embedder: Callable[[], Embedder]) -> NDArray[np.float32]:
    """The (dim,) vector of an example: the stored one of an indexed picture as a whole, else a new one. Raises QueryError."""
    if example.picture is None and example.id is not None and example.box_xywh is None:
        # without a vector of this model (its disk was away when the model was switched) its file is looked at
        with suppress(KeyError):
            return np.asarray(store.vectors([example.id])[0])
    picture = example.picture or _read(_file(example, store), embedder().picture_side, example)
    return np.asarray(embedder().embed_pictures([picture])[0])


def part_of(example: Example, width: int, height: int) -> tuple[int, int, int, int] | None:
    """The part that is meant of a picture of this size, as corners; None for all of it. Raises QueryError."""
    if example.box_xywh is None:
        return None
    left, top, wide, high = example.box_xywh
    if left >= width or top >= height:
        raise QueryError(f"{example}: the picture is {width} x {height} pixels; this part lies outside.")
    return (left, top, min(left + wide, width), min(top + high, height))


def _file(example: Example, store: Store) -> Path:
    if example.id is None:
        return Path(example.path).expanduser()
    found = store.get([example.id])
    if not found:
        raise _unknown(example)
    return to_path(found[0].path)


def _read(path: Path, side: int, example: Example) -> Image:
    from indexer.decode import decode

    if not path.is_file():
        raise QueryError(
            f"{printable(str(path))} is not a file that is there; name a picture, or an indexed one by like:ID."
        )
    try:
        # a part is given in pixels of the whole picture: it is read at its full size
        picture = decode(path, 10**9 if example.box_xywh else side).picture
    except PictureError as error:
        raise QueryError(f"{printable(str(path))} cannot be searched by: {error.reason} {error.remedy}") from None
    part = part_of(example, picture.width, picture.height)
    return picture.crop(part) if part else picture


def _unknown(example: Example) -> QueryError:
    return QueryError(f"like:{example.id} names no picture of this library; see the ids in a search.")
