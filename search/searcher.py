"""From a query to hits: `Searcher.search` tells the story."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from indexer.store import Store
from indexer.vectors.protocol import Ids
from search.cutoff import threshold
from search.errors import QueryError
from search.query import Hit, Query, Results
from search.ranking import Ranked, fuse
from vlm.protocols import Embedder

# How deep each ranking is read before they are fused, at least; the scatter of these scores also sets the cut-off.
DEPTH = 1000
MOST = 10_000


class Searcher:
    """Searches a store. The embedder is loaded when a query first needs a vector. Any thread may search."""

    def __init__(self, store: Store, embedder: Callable[[], Embedder]) -> None:
        self._store = store
        self._embedder = embedder

    def search(self, query: Query) -> Results:
        """Terms to a vector, filters to ids, both rankings, fused, cut off, ordered. Raises QueryError."""
        started = time.perf_counter()
        if not 1 <= query.limit <= MOST:
            raise QueryError(f"limit {query.limit} is not between 1 and {MOST}.")
        among = self._store.filter(query.filters)
        ranked, weak_below, note = self._rank(query, among)
        ordered = self._ordered(ranked, weak_below, query)[: query.limit]
        pictures = {picture.id: picture for picture in self._store.get([row.id for row in ordered])}
        hits = tuple(
            Hit(rank, pictures[row.id], row.score, _is_weak(row, weak_below), row.signals)
            for rank, row in enumerate((row for row in ordered if row.id in pictures), 1)
        )
        return Results(hits, len(ranked), round(time.perf_counter() - started, 4), note)

    def _rank(self, query: Query, among: Ids | None) -> tuple[list[Ranked], float, str]:
        """Every picture that a signal found, best first; the cosine below which a hit is weak; what to tell."""
        depth = max(DEPTH, query.limit)
        note = ""
        vector = None
        if query.mode != "lexical":
            vector, note = self._vector(query)
        words = query.text if query.mode != "dense" else ""
        if vector is None and not words.strip() and not note:
            if query.picture is not None or query.like is not None:
                raise QueryError(
                    "Search by picture needs mode hybrid or dense: words alone cannot be compared with it."
                )
            ids = self._store.ordered(among, query.order != "oldest", depth)
            return [Ranked(int(i), 0.0, ()) for i in ids], -1.0, note
        dense: list[tuple[int, float]] = []
        if vector is not None:
            found, cosines = self._store.dense(vector, depth + 1, among)
            dense = [(int(i), float(c)) for i, c in zip(found, cosines, strict=True) if i != query.like]
        lexical = [m for m in self._store.lexical(words, depth, among) if m.id != query.like] if words.strip() else []
        cosines_found = [cosine for _, cosine in dense]
        return fuse(dense, lexical), threshold(cosines_found, max(cosines_found, default=0.0)), note

    def _ordered(self, ranked: list[Ranked], weak_below: float, query: Query) -> list[Ranked]:
        """By relevance, or by time: then what matches comes first, by its time, and the weak ones follow as ranked."""
        if query.order == "relevance":
            return ranked
        strong = {row.id: row for row in ranked if not _is_weak(row, weak_below)}
        ids = self._store.ordered(np.array(list(strong), np.int64), query.order == "newest", len(strong))
        return [strong[int(i)] for i in ids] + [row for row in ranked if row.id not in strong]

    def _vector(self, query: Query) -> tuple[NDArray[np.float32] | None, str]:
        """The mean of the terms' vectors, at length 1 (None when there is no term), and what to tell of them."""
        terms: list[NDArray[np.float32]] = []
        note = ""
        if query.text.strip():
            embedder = self._embedder()
            if embedder.knows(query.text):
                terms.append(embedder.embed_texts([query.text])[0])
            else:
                note = f"{embedder.spec} knows none of these words: only names and words in pictures were searched."
        if query.picture is not None:
            terms.append(self._embedder().embed_pictures([query.picture])[0])
        if query.like is not None:
            try:
                terms.append(self._store.vectors([query.like])[0])
            except KeyError:
                raise QueryError(
                    f"like:{query.like} names no picture of this library; see the ids in a search."
                ) from None
        if not terms:
            return None, note
        mean = np.mean(terms, axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32), note


def _is_weak(row: Ranked, weak_below: float) -> bool:
    if row.all_words or not row.signals:
        return False
    cosine = next((signal.score for signal in row.signals if signal.name == "dense"), None)
    return cosine is None or cosine < weak_below
