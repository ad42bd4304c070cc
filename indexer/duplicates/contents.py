"""The library by content, with what is seen of each content in its thumbnail."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from indexer.duplicates.looks import OnStep, look_at_new
from indexer.local import LocalStore
from indexer.paths import to_path
from indexer.records import Picture
from indexer.sketch import NEVER_SEEN
from vlm.protocols import Vectors


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
    look_at_new(store, on_step)
    looks = store.catalog.marks.looks()
    vectors = store.vectors([picture.id for picture in first])
    sharp = {key: looks[key][1] for key in hashes if key in looks}
    return Contents(hashes, pictures, vectors, sharp, [looks[key][0] if key in looks else NEVER_SEEN for key in hashes])
