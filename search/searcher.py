"""From a query to hits: `Searcher.search` tells the story."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from indexer.everyday import is_shown
from indexer.filters import All, Condition, Filter, Not, both
from indexer.records import LexicalMatch
from indexer.store import Store
from indexer.vectors.protocol import Ids
from search.absent import without
from search.cutoff import Calibration, alike, threshold
from search.diversity import diverse
from search.errors import QueryError
from search.examples import example_vector
from search.languages import told
from search.mixing import mixed
from search.offers import offers
from search.paging import Cursor, Kept, Ranking
from search.query import Example, Hit, Query, Results, Signal, Words
from search.ranking import Ranked, fuse
from search.reasons import told_apart
from vlm.protocols import Embedder

# How deep each ranking is read before they are fused, at least; the scatter of these scores also sets the cut-off.
DEPTH = 1000
MOST = 10_000
# Where so much is folded that a page is not filled, no more pictures than these are looked at.
DEEPEST = 100_000
# How far (1 - cosine) unrelated pictures are taken to be in a library too small to be measured.
UNRELATED = 0.6


@dataclass(frozen=True, slots=True)
class _Signals:
    """What a query found by meaning (ids with cosines) and by words, best first; the cosine below which a hit is weak;
    texts that mean nothing to the model; and what cosines mean here, as `fuse` takes it.
    """

    dense: list[tuple[int, float]]
    lexical: list[LexicalMatch]
    weak_below: float
    unknown: list[str]
    scale: tuple[float, float] = (0.0, 0.0)


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
        self._kept = Kept()

    def search(self, query: Query) -> Results:
        """Terms to a vector, filters to ids, both rankings, fused, cut off, ordered; from the cursor on. Raises QueryError."""
        started = time.perf_counter()
        if not 1 <= query.limit <= MOST:
            raise QueryError(f"limit {query.limit} is not between 1 and {MOST}.")
        cursor = Cursor.of(query) if query.cursor else None
        kept = self._kept.get(cursor.ranking) if cursor else None
        ranking = kept or self._begin(query)
        with ranking.lock:
            start = 0 if cursor is None else cursor.at if kept else self._again(ranking, query, cursor)
            end = start + query.limit
            self._fill(ranking, query, end)
            groups = ranking.groups[start:end]
            more = len(groups) == query.limit and (len(ranking.groups) > end or bool(ranking.free) or not ranking.whole)
            after = str(Cursor.after(ranking, query, end)) if more else ""
        if more:
            self._kept.put(ranking)
        hits = self._hits(groups, ranking.weak_below, start, query.words)
        said = [] if query.mode == "lexical" else [term.text for term in _said(query)]
        note, advice = told(self._embedder().spec, said, ranking.unknown) if said else ("", "")
        if not ranking.total:
            note = f"{note} {without(query.filters, self._store, query.places)}".strip()
        seconds = round(time.perf_counter() - started, 4)
        return Results(hits, ranking.total, seconds, note, query, self.offers(query), advice, after)

    def offers(self, query: Query) -> tuple[str, ...]:
        """Filters that a query's plain words may mean."""
        store, today = self._store, datetime.now().astimezone().date()
        return offers(query.text, today, store.is_folder, store.cameras, store.called if query.places else None)

    def _begin(self, query: Query) -> Ranking:
        """What comes first; by time, everything that matches: the newest match may be the last one by relevance."""
        among = self.kept(query)
        depth = max(DEPTH, query.limit)
        while True:
            ranked, weak_below, unknown = self._rank(query, among, depth)
            whole = len(ranked) < depth or depth >= DEEPEST
            every = bool(ranked) and not ranked[0].found  # nothing was asked: they come in order of time
            timed = query.order in ("newest", "oldest") and not every
            if whole or not timed or _is_weak(ranked[-1], weak_below):
                total = len(ranked) if not every else self._store.count() if among is None else len(among)
                return Ranking(depth, self._ordered(ranked, weak_below, query), weak_below, unknown, total, whole)
            depth = min(4 * depth, DEEPEST)

    def _again(self, ranking: Ranking, query: Query, cursor: Cursor) -> int:
        """Where a cursor is in another ranking of its query: how many groups come before it."""
        for needed in (cursor.at, 2 * cursor.at + DEPTH):  # much may have come in before it
            self._fill(ranking, query, min(needed, DEEPEST))
            if ranking.holds(cursor.last[:1]):
                break
        return ranking.after(cursor)

    def _fill(self, ranking: Ranking, query: Query, needed: int) -> None:
        """Group pictures until there are so many groups, or there is nothing more."""
        wide = max(DEPTH, query.limit)
        while (missing := needed - len(ranking.groups)) > 0:
            groups = self._grouped(ranking.free[:wide], query, missing)
            if len(groups) == missing or (ranking.whole and wide >= len(ranking.free)):
                ranking.take(groups)
                return
            if wide >= len(ranking.free):
                self._deepen(ranking, query)
            wide *= 4  # so much was folded that there may be more to show further down

    def _deepen(self, ranking: Ranking, query: Query) -> None:
        ranking.depth = min(4 * ranking.depth, DEEPEST)
        ranked, _, _ = self._rank(query, self.kept(query), ranking.depth)
        ranking.total = max(ranking.total, len(ranked))
        ranking.whole = len(ranked) < ranking.depth or ranking.depth >= DEEPEST
        ranking.grow(self._ordered(ranked, ranking.weak_below, query))

    def matching(self, query: Query) -> list[int]:
        """Ids of every picture that matches, however many, in the query's order; weak ones are left out. Raises QueryError."""
        among = self.kept(query)
        depth = max(1, self._store.count() if among is None else len(among))
        ranked, weak_below, _ = self._rank(query, among, depth)
        return [row.id for row in self._ordered(ranked, weak_below, query) if not _is_weak(row, weak_below)]

    def kept(self, query: Query) -> Ids | None:
        """Sorted ids of what the filters keep, whatever the terms say; None where that is every picture."""
        return self._store.filter(both(query.filters, _left_out(query)))

    def found(self, query: Query) -> Ids | None:
        """Sorted ids of every picture that matches, weak ones left out; None where that is every picture. Raises QueryError."""
        among, words = self.kept(query), query.words if query.mode != "dense" else ""
        depth = DEPTH
        while signals := self._signals(query, among, depth, ranked=False):
            near = [one for one, cosine in signals.dense if round(cosine, 4) >= signals.weak_below]
            if len(near) < depth:
                said = np.setdiff1d(self._store.holding(words, among, query.places), _shown(query))
                return np.union1d(np.array(near, np.int64), said)
            depth *= 4
        return among

    def _rank(self, query: Query, among: Ids | None, depth: int) -> tuple[list[Ranked], float, list[str]]:
        """Every picture that a signal found, best first; the cosine below which a hit is weak; texts without meaning."""
        signals = self._signals(query, among, depth)
        if signals is None:
            ids = self._store.ordered(among, query.order != "oldest", depth)
            return [Ranked(int(i), 0.0) for i in ids], -1.0, []
        return fuse(signals.dense, signals.lexical, *signals.scale), signals.weak_below, signals.unknown

    def _signals(self, query: Query, among: Ids | None, depth: int, ranked: bool = True) -> _Signals | None:
        """What meaning and words (if these are to be ranked) find, each so deep; None where nothing is looked for."""
        vector, unknown = self.vector(query) if query.mode != "lexical" else (None, [])
        words = query.words if query.mode != "dense" else ""
        if vector is None and not words.strip() and not unknown:
            if query.mode == "lexical" and any(isinstance(term, Example) for term in query.terms):
                raise QueryError(
                    "Search by picture needs mode hybrid or dense: words alone cannot be compared with it."
                )
            return None
        shown = _shown(query)
        dense: list[tuple[int, float]] = []
        if vector is not None:
            found, cosines = self._store.dense(vector, depth + len(shown), among)
            dense = [(int(i), float(c)) for i, c in zip(found, cosines, strict=True) if i not in shown]
        said = self._store.lexical(words, depth, among, query.places) if ranked and words.strip() else []
        lexical = [match for match in said if match.id not in shown]
        # as deep each time: the scatter of what lies further down is not that of the nearest
        scores = [cosine for _, cosine in dense[:DEPTH]]
        measured = self._calibration()
        examples = [term for term in query.terms if isinstance(term, Example)]
        if measured is None or vector is None:
            weak_below = threshold(scores)
        elif not examples:
            weak_below = threshold(scores, vector, measured, len(query.words.split()))
            return _Signals(dense, lexical, weak_below, unknown, measured.scale(vector))
        else:
            # what everyday texts score says nothing of examples: cosines of pictures with pictures are of another kind
            weak_below = threshold(scores) if words else alike(vector, measured, len(dense))
        own = {one.id for one in examples if one.box_xywh and one.weight > 0}
        if any(found in own for found, _ in dense):
            # something does show the part, though as a whole it may not be much like it
            weak_below = min(weak_below, round(scores[0], 4))  # as it is compared
        return _Signals(dense, lexical, weak_below, unknown)

    def _ordered(self, ranked: list[Ranked], weak_below: float, query: Query) -> list[Ranked]:
        """By relevance, time or diversity; in any order what matches comes first, and the weak ones follow as ranked."""
        every = bool(ranked) and not ranked[0].found  # nothing was asked: they are in order of time already
        if query.order == "relevance" or (every and query.order != "diverse"):
            return ranked
        strong = {row.id: row for row in ranked if not _is_weak(row, weak_below)}
        if query.order == "diverse":
            first, later = list(strong.values())[:DEPTH], list(strong.values())[DEPTH:]
            order = diverse(
                [row.score for row in first], self._store.vectors([row.id for row in first], zeros=True), self._apart()
            )
            return [first[at] for at in order] + later + [row for row in ranked if row.id not in strong]
        ids = self._store.ordered(np.array(list(strong), np.int64), query.order == "newest", len(strong))
        return [strong[int(i)] for i in ids] + [row for row in ranked if row.id not in strong]

    def _grouped(self, ordered: list[Ranked], query: Query, most: int) -> list[list[Ranked]]:
        """The first `most` groups, each with those that are folded under it."""
        if not query.fold:
            return [[row] for row in ordered[:most]]
        # what most searches do without
        from search.folding import Seen, folded

        known = {picture.id: picture for picture in self._store.get([row.id for row in ordered])}
        there = [row for row in ordered if row.id in known]

        def look(rows: Sequence[int]) -> list[Seen]:
            ids = [there[row].id for row in rows]
            sketches = self._store.sketches(ids)
            return [Seen(known[i], sketch, self._printed(i)) for i, sketch in zip(ids, sketches, strict=True)]

        vectors = self._store.vectors([row.id for row in there], zeros=True)
        groups = folded(vectors, self._apart(), look, most)
        return [[there[row] for row in group] for group in groups]

    def _hits(self, groups: list[list[Ranked]], weak_below: float, before: int, words: str) -> tuple[Hit, ...]:
        known = {picture.id: picture for picture in self._store.get([row.id for group in groups for row in group])}
        # a picture that left meanwhile is not shown
        there = [kept for group in groups if (kept := [row for row in group if row.id in known])]
        return tuple(
            Hit(
                rank, known[best.id], round(best.score, 6), _is_weak(best, weak_below), self._named(best, words),
                tuple(known[row.id] for row in more),
            )
            for rank, (best, *more) in enumerate(there, before + 1)
        )  # fmt: skip

    def _named(self, row: Ranked, words: str) -> tuple[Signal, ...]:
        signals = row.signals
        if all(signal.name != "tag" for signal in signals):
            return signals
        return told_apart(signals, words, self._store.texts(row.id), self._store.objects(row.id))

    def _printed(self, picture_id: int) -> frozenset[str]:
        texts = [text.text for text in self._store.texts(picture_id) if text.kind == "ocr"]
        return frozenset(" ".join(texts).casefold().split())

    def _apart(self) -> float:
        """How far unrelated pictures are from each other, by this model."""
        measured = self._calibration()
        return measured.apart if measured else UNRELATED

    def vector(self, query: Query) -> tuple[NDArray[np.float32] | None, list[str]]:
        """The terms as one unit vector (None when there is no term that the model knows), and words it does not know."""
        words: list[tuple[NDArray[np.float32], float]] = []
        unknown: list[str] = []
        if said := _said(query):
            embedder = self._embedder()
            known = [term for term in said if embedder.knows(term.text)]
            if known:
                vectors = embedder.embed_texts([term.text for term in known])
                words = [(vector, term.weight) for vector, term in zip(vectors, known, strict=True)]
            unknown = [term.text for term in said if term not in known]
            single = [word for term in known for word in term.text.split() if any(map(str.isalpha, word))]
            unknown += [word for word in single if not embedder.knows(word)]
        examples = [
            (example_vector(term, self._store, self._embedder), term.weight)
            for term in query.terms
            if isinstance(term, Example)
        ]
        return (mixed(words, examples, self._calibration()) if words or examples else None), unknown


def _shown(query: Query) -> list[int]:
    """The pictures that were shown as examples: they are not what is looked for."""
    whole = (term for term in query.terms if isinstance(term, Example) and not term.box_xywh)
    return [term.id for term in whole if term.id is not None]


def _said(query: Query) -> list[Words]:
    """The plain words and the terms of words: what is looked for by meaning."""
    return ([Words(query.text)] if query.text.strip() else []) + [t for t in query.terms if isinstance(t, Words)]


def _left_out(query: Query) -> Filter:
    """What `-word` says of names, captions and the like: a picture that holds the word, or was taken there, is left out altogether."""
    words = [term.text for term in query.terms if isinstance(term, Words) and term.weight <= -1]
    # "-bath" is no town, though there is one
    places = [text for text in words if query.places and not is_shown(text)]
    left = [Condition("words", text) for text in words] + [Condition("place", text) for text in places]
    return All(tuple(map(Not, left)))


def _is_weak(row: Ranked, weak_below: float) -> bool:
    if row.all_words or not row.found:
        return False
    # as it is told: what lies on the cut-off itself must not fall with the last bit of a product
    return row.cosine is None or round(row.cosine, 4) < weak_below
