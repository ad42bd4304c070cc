"""How well a library answers judged queries."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from indexer.records import Picture
from search.judge import Judged
from search.library import Library
from search.query import Mode
from search.searcher import Searcher

DEPTH = 100


def evaluate(searcher: Searcher, judged: Sequence[Judged], mode: Mode) -> dict[str, float]:
    """Recall@1/5/10, precision@5, MRR (to rank 100), nDCG@10 and latency over all queries, as `imsearch evaluate` prints them.

    Queries of which only bad pictures are known count for `bad@5` alone: the share of the first five judged bad.
    """
    places, taken, counts, worst = [], [], [], []
    for one in judged:
        started = time.perf_counter()
        hits = searcher.search(replace(one.asked(), mode=mode, limit=DEPTH)).hits
        taken.append(1000 * (time.perf_counter() - started))
        worst.append(sum(is_relevant(hit.picture, one.bad) for hit in hits[:5]) / 5)
        if not one.relevant:
            continue
        places.append([hit.rank for hit in hits if is_relevant(hit.picture, one.relevant)])
        counts.append(len(one.relevant))
    made: dict[str, float] = {"queries": len(judged)}
    for k in (1, 5, 10):
        made[f"recall@{k}"] = _mean([recall(ranks, n, k) for ranks, n in zip(places, counts, strict=True)])
    made["precision@5"] = _mean([sum(rank <= 5 for rank in ranks) / 5 for ranks in places])
    made["mrr"] = _mean([1 / min(ranks) if ranks else 0.0 for ranks in places])
    made["ndcg@10"] = _mean([ndcg(ranks, n, 10) for ranks, n in zip(places, counts, strict=True)])
    if any(one.bad for one in judged):
        made["bad@5"] = _mean(worst)
    made["p50_ms"], made["p95_ms"] = (round(float(np.percentile(taken, p)), 2) for p in (50, 95))
    return made


def compare(
    library: Library, specs: Sequence[str], judged: Sequence[Judged], mode: Mode
) -> dict[str, dict[str, float]]:
    """The same for each of these models, all held by the library, without switching; and how many pictures each covers.

    Raises UsageError for a model that has no vectors here.
    """
    models = {spec: library.by_model(spec) for spec in specs}
    for model in models.values():
        model.warm()
    covered = {(one.spec, one.revision): one.pictures for one in library.models.held()}
    return {
        spec: {"pictures": covered[model.manifest.model, model.manifest.revision]}
        | evaluate(model.searcher, judged, mode)
        for spec, model in models.items()
    }


def is_relevant(picture: Picture, relevant: Sequence[str]) -> bool:
    """Whether a picture is named: by id, or by its path or the last whole parts of it."""
    return any(name == str(picture.id) or f"/{picture.path}".endswith(f"/{name.lstrip('/')}") for name in relevant)


def recall(ranks: Sequence[int], relevant: int, k: int) -> float:
    """The share of the relevant pictures among the first k (of the k that could be)."""
    return sum(rank <= k for rank in ranks) / max(1, min(relevant, k))


def ndcg(ranks: Sequence[int], relevant: int, k: int) -> float:
    """Gains discounted by log2 of the rank, over the best that could be had."""
    gained = sum(1 / math.log2(rank + 1) for rank in ranks if rank <= k)
    return gained / max(1e-9, sum(1 / math.log2(rank + 1) for rank in range(1, min(relevant, k) + 1)))


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / max(1, len(values)), 4)
