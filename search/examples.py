"""Terms that are pictures: read, as a whole or the part that is meant, and turned into vectors."""

from __future__ import annotations

import threading
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
from search.regions import Region, region_of
from vlm.protocols import Embedder

if TYPE_CHECKING:
    from PIL.Image import Image


# A part needs the whole picture's pixels for a moment, a gigabyte of the biggest: one at a time in a process.
_alone = threading.Lock()
# Pixels, more than any part is away: a picture's size is known when it is read.
_ENDLESS = 10**7


def example_vector(example: Example, store: Store, embedder: Callable[[], Embedder]) -> NDArray[np.float32]:
    """The (dim,) vector of an example: the stored one of an indexed picture as a whole, else a new one. Raises QueryError."""
    if not example.views and example.id is not None and example.box_xywh is None:
        # without a vector of this model (its disk was away when the model was switched) its file is looked at
        with suppress(KeyError):
            return np.asarray(store.vectors([example.id])[0])
    views = example.views or _read(_file(example, store), embedder().picture_side, example)
    mean = embedder().embed_pictures(views).mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean))


def _file(example: Example, store: Store) -> Path:
    if example.id is None:
        return Path(example.path).expanduser()
    found = store.get([example.id])
    if not found:
        raise _unknown(example)
    return to_path(found[0].path)


def _read(path: Path, side: int, example: Example) -> tuple[Image, ...]:
    from indexer.decode import decode
    from indexer.upright import within

    if not path.is_file():
        raise QueryError(
            f"{printable(str(path))} is not a file that is there; name a picture, or an indexed one by like:ID."
        )
    try:
        if example.box_xywh is None:
            return (decode(path, side).picture,)
        most = region_of(example, _ENDLESS, _ENDLESS)
        assert most
        with _alone:
            made = decode(path, most.least(side), part=most.seen)
    except PictureError as error:
        raise QueryError(f"{printable(str(path))} cannot be searched by: {error.reason} {error.remedy}") from None
    region = region_of(example, made.width, made.height)
    assert region
    # where the part goes over the picture's edge, less around it is looked at
    had = Region(region.seen, within(most.seen, made.width, made.height))
    return region.views(had.views(made.picture)[0])


def _unknown(example: Example) -> QueryError:
    return QueryError(f"like:{example.id} names no picture of this library; see the ids in a search.")
