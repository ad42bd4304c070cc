"""The library by content, with what is seen of each content in its thumbnail."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.ahead import ahead
from indexer.duplicates.perceptual import SIDE
from indexer.duplicates.sketch import read_grey, sharpness, sketch
from indexer.local import LocalStore
from indexer.paths import to_path
from indexer.records import Picture
from vlm.protocols import Vectors

# Rows written in one transaction: the most that an interruption can lose.
BATCH = 500

OnStep = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The library by content: row i of everything is the i-th content, with all files that hold it."""

    hashes: list[str]
    pictures: list[list[Picture]]
    vectors: Vectors
    sharpness: dict[str, float]
    sketches: list[bytes]


def read_contents(store: LocalStore, on_step: OnStep, looking: bool) -> Contents:
    by_hash: dict[str, list[Picture]] = defaultdict(list)
    for picture in store.get(store.catalog.ids(store.model_id).tolist()):
        if not picture.offline:
            by_hash[picture.hash].append(picture)
    if not looking:
        repeated = {key: files for key, files in by_hash.items() if len(files) > 1}
        by_hash = defaultdict(list, repeated)
    hashes = list(by_hash)
    # A file that was moved aside since the last indexing run is not offered again. Only files in groups matter, but a
    # stat costs microseconds and keeps every later step simple.
    pictures = [[picture for picture in by_hash[key] if os.path.lexists(to_path(picture.path))] for key in hashes]
    hashes = [key for key, files in zip(hashes, pictures, strict=True) if files]
    pictures = [files for files in pictures if files]
    if not looking:
        return Contents(hashes, pictures, np.zeros((len(hashes), 0), np.float32), {}, [])
    first = [files[0] for files in pictures]
    looks = _looks(store, first, on_step)
    vectors = store.vectors([picture.id for picture in first])
    sharp = {key: look[1] for key, look in looks.items()}
    return Contents(hashes, pictures, vectors, sharp, [looks[key][0] if key in looks else bytes(63) for key in hashes])


def _looks(store: LocalStore, pictures: Sequence[Picture], on_step: OnStep) -> dict[str, tuple[bytes, float]]:
    """Sketch and sharpness of each content, made from its thumbnail where they were not yet."""
    marks = store.catalog.marks
    known = marks.looks()
    lacking = [picture for picture in pictures if picture.hash not in known]

    def look(picture: Picture) -> tuple[str, bytes, float] | None:
        try:
            grey = read_grey(store.thumbnail(picture), SIDE)
        except OSError:
            return None  # no thumbnail: `imsearch doctor --mend` makes it; until then its meaning alone is compared
        return picture.hash, sketch(grey), sharpness(grey)

    fresh: list[tuple[str, bytes, float]] = []
    for done, made in enumerate(ahead(look, lacking, os.cpu_count() or 2, window=64), 1):
        if made:
            fresh.append(made)
            known[made[0]] = made[1:]
        if len(fresh) == BATCH:
            marks.put_looks(fresh)
            fresh = []
        on_step("Looking at thumbnails", done, len(lacking))
    if fresh:
        marks.put_looks(fresh)
    return known
