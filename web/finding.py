"""The duplicates of a library, found once and kept until something changes that they depend on."""

from __future__ import annotations

import threading

from indexer.duplicates import BestBy, Found, find_duplicates
from indexer.duplicates.looks import OnStep
from search import Library

Stamp = tuple[int, ...]


class Finding:
    """Looks for duplicates, one caller at a time: it takes every core. The pages of one list come from one look."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept: dict[BestBy, tuple[Stamp, Found]] = {}
        self._lock = threading.Lock()

    def found(self, by: BestBy = "size", on_step: OnStep = lambda *_: None) -> Found:
        """Every group; quick where nothing has changed since the last call."""
        with self._lock:
            store = self._library.store
            stamp = (store.model_id, store.catalog.generation(store.model_id), *store.catalog.marks.stamp())
            kept = self._kept.get(by)
            if kept is None or kept[0] != stamp:
                kept = self._kept[by] = (stamp, find_duplicates(store, by=by, on_step=on_step))
            return kept[1]
