"""What is seen of each content in its thumbnail: a sketch and a sharpness, made once and kept in the catalog."""

from __future__ import annotations

import os
from collections.abc import Callable

from indexer.ahead import ahead
from indexer.local import LocalStore
from indexer.sketch import SIDE, read_grey, sharpness, sketch
from indexer.thumbnails import thumbnail_path

# Rows written in one transaction: the most that an interruption can lose.
BATCH = 500

OnStep = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


def look_at_new(store: LocalStore, on_step: OnStep = lambda *_: None) -> None:
    """Look at every content that was not looked at yet."""
    marks = store.catalog.marks
    lacking = marks.unseen()

    def look(content: str) -> tuple[str, bytes, float] | None:
        try:
            grey = read_grey(thumbnail_path(store.folder / "thumbnails", content), SIDE)
        except OSError:
            return None  # no thumbnail: `imsearch doctor --mend` makes it; until then its meaning alone is compared
        return content, sketch(grey), sharpness(grey)

    fresh: list[tuple[str, bytes, float]] = []
    for done, made in enumerate(ahead(look, lacking, os.cpu_count() or 2, window=64), 1):
        if made:
            fresh.append(made)
        if len(fresh) == BATCH:
            marks.put_looks(fresh)
            fresh = []
        on_step("Looking at thumbnails", done, len(lacking))
    if fresh:
        marks.put_looks(fresh)
