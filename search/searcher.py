"""From a query to hits: `Searcher.search` tells the story."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from indexer.filters import All, Condition, Filter, Not, both
from indexer.store import Store
from indexer.vectors.protocol import Ids
from search.cutoff import Calibration, threshold
from search.errors import QueryError
from search.examples import example_vector
from search.languages import told
from search.mixing import mixed
from search.offers import offers
from search.query import Example, Hit, Query, Results, Words
from search.ranking import Ranked, fuse
from vlm.protocols import Embedder

# How deep each ranking is read before they are fused, at least; the scatter of these scores also sets the cut-off.
DEPTH = 1000
MOST = 10_000


class Searcher:
    """Searches a store. The embedder is loaded when a query first needs a vector. Any thread may search."""

    def __init__(
        self,
        store: Store,
        embedder: Callable[[], Embedder],
        calibration: Callable[[], Calibration | None] = lambda: None,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._calibration = calibration

    def search(self, query: Query) -> Results:
        """Terms to a vector, filters to ids, both rankings, fused, cut off, ordered. Raises QueryError."""
        started = time.perf_counter()
        if not 1 <= query.limit <= MOST:
            raise QueryError(f"limit {query.limit} is not between 1 and {MOST}.")
        among = self._store.filter(both(query.filters, _left_out(query)))
        ranked, weak_below, unknown = self._rank(query, among)
        ordered = self._ordered(ranked, weak_below, query)[: query.limit]
        pictures = {picture.id: picture for picture in self._store.get([row.id for row in ordered])}
        hits = tuple(
            Hit(rank, pictures[row.id], row.score, _is_weak(row, weak_below), row.signals)
            for rank, row in enumerate((row for row in ordered if row.id in pictures), 1)
        )
        offered = offers(query.text, datetime.now().astimezone().date(), self._store.is_folder, self._store.cameras)
        said = [] if query.mode == "lexical" else [term.text for term in _said(query)]
        note, advice = told(self._embedder().spec, said, unknown) if said else ("", "")
        seconds = round(time.perf_counter() - started, 4)
        return Results(hits, len(ranked), seconds, note, query, offered, advice)

    def _rank(self, query: Query, among: Ids | None) -> tuple[list[Ranked], float, list[str]]:
        """Every picture that a signal found, best first; the cosine below which a hit is weak; texts without meaning."""
        depth = max(DEPTH, query.limit)
        vector, unknown = self.vector(query) if query.mode != "lexical" else (None, [])
        words = query.words if query.mode != "dense" else ""
        if vector is None and not words.strip() and not unknown:
            if query.mode == "lexical" and any(isinstance(term, Example) for term in query.terms):
                raise QueryError(
                    "Search by picture needs mode hybrid or dense: words alone cannot be compared with it."
                )
            ids = self._store.ordered(among, query.order != "oldest", depth)
            return [Ranked(int(i), 0.0, ()) for i in ids], -1.0, unknown
        shown = {term.id for term in query.terms if isinstance(term, Example) and not term.box_xywh}
        dense: list[tuple[int, float]] = []
        if vector is not None:
            found, cosines = self._store.dense(vector, depth + len(shown), among)
            dense = [(int(i), float(c)) for i, c in zip(found, cosines, strict=True) if i not in shown]
        lexical = [m for m in self._store.lexical(words, depth, among) if m.id not in shown] if words.strip() else []
        # what everyday texts score says nothing of examples: cosines of pictures with pictures are of another kind
        by_words = None if any(isinstance(term, Example) for term in query.terms) else vector
        measured = self._calibration() if by_words is not None else None
        scale = measured.scale(by_words) if measured and by_words is not None else (0.0, 0.0)
        count = len(query.words.split())
        weak_below = threshold([cosine for _, cosine in dense], by_words, measured, count)
        return fuse(dense, lexical, *scale), weak_below, unknown

    def _ordered(self, ranked: list[Ranked], weak_below: float, query: Query) -> list[Ranked]:
        """By relevance, or by time: then what matches comes first, by its time, and the weak ones follow as ranked."""
        if query.order == "relevance":
            return ranked
        strong = {row.id: row for row in ranked if not _is_weak(row, weak_below)}
        ids = self._store.ordered(np.array(list(strong), np.int64), query.order == "newest", len(strong))
        return [strong[int(i)] for i in ids] + [row for row in ranked if row.id not in strong]

    def vector(self, query: Query) -> tuple[NDArray[np.float32] | None, list[str]]:
        """The terms as one unit vector (None when there is no term that the model knows), and words it does not know."""
        terms: list[tuple[NDArray[np.float32], float]] = []
        unknown: list[str] = []
        if said := _said(query):
            embedder = self._embedder()
            known = [term for term in said if embedder.knows(term.text)]
            if known:
                vectors = embedder.embed_texts([term.text for term in known])
                terms += [(vector, term.weight) for vector, term in zip(vectors, known, strict=True)]
            unknown = [term.text for term in said if term not in known]
            words = [word for term in known for word in term.text.split() if any(map(str.isalpha, word))]
            unknown += [word for word in words if not embedder.knows(word)]
        for term in query.terms:
            if isinstance(term, Example):
                terms.append((example_vector(term, self._store, self._embedder), term.weight))
        return (mixed(terms) if terms else None), unknown


def _said(query: Query) -> list[Words]:
    """The plain words and the terms of words: what is looked for by meaning."""
    return ([Words(query.text)] if query.text.strip() else []) + [t for t in query.terms if isinstance(t, Words)]


def _left_out(query: Query) -> Filter:
    """What `-word` says of names, captions and the like: a picture that holds the word is left out altogether."""
    words = [term.text for term in query.terms if isinstance(term, Words) and term.weight <= -1]
    return All(tuple(Not(Condition("words", text)) for text in words))


def _is_weak(row: Ranked, weak_below: float) -> bool:
    if row.all_words or not row.signals:
        return False
    cosine = next((signal.score for signal in row.signals if signal.name == "dense"), None)
    return cosine is None or cosine < weak_below
