"""Ways to make one ranking of two, side by side on the judged sets. A method maps one query's signals to scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.ranking.judged import Asked
from indexer.records import LexicalMatch
from search.calibrating import calibration
from search.cutoff import Calibration
from search.evaluate import ndcg
from search.library import Library
from search.ranking import fuse

Scores = NDArray[np.float64]
SETS = ("captions", "objects", "everyday", "printed", "names", "mixed")


@dataclass(frozen=True)
class Signals:
    """What both signals say of every picture (n,) for one query; `best` first, where words match at all."""

    asked: Asked
    ids: NDArray[np.int64]
    cosine: Scores
    place: Scores
    words: Scores
    word_place: Scores
    matches: Sequence[LexicalMatch]
    scale: tuple[float, float]
    right: NDArray[np.bool_]
    judged: NDArray[np.bool_]

    @property
    def hit(self) -> NDArray[np.bool_]:
        return self.word_place > 0


def signals(
    asked: Asked, ids: NDArray[np.int64], paths: Sequence[str], cosine: Scores, matches: Sequence[LexicalMatch],
    calibration: Calibration, vector: NDArray[np.float32],
) -> Signals:  # fmt: skip
    at = {int(i): n for n, i in enumerate(ids)}
    place = np.empty(len(ids))
    place[np.argsort(-cosine, kind="stable")] = np.arange(1, len(ids) + 1)
    words, word_place = np.zeros(len(ids)), np.zeros(len(ids))
    for rank, match in enumerate(matches, 1):
        words[at[match.id]], word_place[at[match.id]] = match.score, rank
    right = np.array([path in asked.right for path in paths])
    judged = np.array([asked.among is None or path in asked.among for path in paths])
    scale = calibration.scale(vector)
    return Signals(asked, ids, cosine, place, words, word_place, matches, scale, right, judged)


def measured(library: Library, tree: Path, asked: Sequence[Asked]) -> list[Signals]:
    """The signals of each query over a library of that tree."""
    store, known = library.store, calibration(library.store)
    assert known is not None
    ids = store.catalog.ids(store.model_id)
    paths = [str(Path(picture.path).relative_to(tree)) for picture in store.get(ids.tolist())]
    rows, vectors = store.vectors(ids.tolist()), library.embedder().embed_texts([one.text for one in asked])
    return [
        signals(one, ids, paths, np.asarray(rows @ vector, float), store.lexical(one.text, 1000), known, vector)
        for one, vector in zip(asked, vectors, strict=True)
    ]


def _rrf(weight: float, k: int = 60) -> Callable[[Signals], Scores]:
    return lambda s: 1 / (k + s.place) + np.where(s.hit, weight / (k + np.maximum(s.word_place, 1)), 0)


def _earlier(s: Signals) -> Scores:
    share = np.minimum(1, s.words) ** 2
    return 1 / (60 + s.place) + np.where(s.hit, share / (60 + np.maximum(s.word_place, 1)), 0)


def _minmax(weight: float) -> Callable[[Signals], Scores]:
    def method(s: Signals) -> Scores:
        low, high = s.cosine.min(), s.cosine.max()
        return (s.cosine - low) / (high - low) + weight * s.words / max(s.words.max(), 1e-9)

    return method


def _zscores(s: Signals) -> Scores:
    words = np.where(s.hit, (s.words - s.words.mean()) / (s.words.std() + 1e-9), 0)
    return (s.cosine - s.cosine.mean()) / s.cosine.std() + words


def _percentiles(s: Signals) -> Scores:
    n = len(s.ids)
    return np.log(n / s.place) + np.where(s.hit, np.log(n / np.maximum(s.word_place, 1)), 0)


def _shipped(s: Signals) -> Scores:
    order = np.argsort(-s.cosine, kind="stable")
    dense = [(int(s.ids[i]), float(s.cosine[i])) for i in order]
    fused = {row.id: row.score for row in fuse(dense, s.matches, *s.scale)}
    return np.array([fused[int(i)] for i in s.ids])


METHODS: dict[str, Callable[[Signals], Scores]] = {
    "dense alone": lambda s: s.cosine,
    "lexical alone": lambda s: np.where(s.hit, s.words, -np.inf),
    "RRF": _rrf(1),
    "RRF, words x 0.5": _rrf(0.5),
    "RRF, words x 2": _rrf(2),
    "RRF, words x share² (before)": _earlier,
    "min-max": _minmax(1),
    "min-max, words x 0.5": _minmax(0.5),
    "z-scores": _zscores,
    "rank percentiles (logarithms)": _percentiles,
    "standing + rarity (shipped)": _shipped,
}


def table(every: Sequence[Signals], chooses: bool) -> dict[str, dict[str, float]]:
    """nDCG@10 of each method on each set, on one half of the queries."""
    made: dict[str, dict[str, float]] = {}
    for name, method in METHODS.items():
        of_set: dict[str, list[float]] = {each: [] for each in SETS}
        for one in every:
            if one.asked.chooses == chooses:
                of_set[one.asked.set].append(_ndcg(one, method(one)))
        made[name] = {each: float(np.mean(values)) for each, values in of_set.items()}
    return made


def _ndcg(one: Signals, scores: Scores) -> float:
    shown = np.flatnonzero(one.judged & np.isfinite(scores))
    order = shown[np.argsort(-scores[shown], kind="stable")][:10]
    return ndcg([rank for rank, i in enumerate(order, 1) if one.right[i]], int(one.right.sum()), 10)
