"""What diversity brings and costs: python -m benchmarks.diversity ../shared/data --work DIR

Queries with many right pictures; their matches (above the cut-off) as ranked, and with the ones unlike each other first.
Likeness is the mean of (cosine - that of unrelated pictures) / (1 - the same) over all pairs of the first ten.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.ranking.cases import Asked, Case, clip_cases, model_cases
from benchmarks.ranking.cutting import measured
from search.cutoff import threshold
from search.diversity import diverse
from search.evaluate import ndcg
from vlm import load_embedder

SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7)
PAGE = 10


def measure(case: Case, half: bool) -> dict[float, list[tuple[float, float, float]]]:
    """For each share: (likeness, nDCG@10, precision@10) of each query that has more matches than are shown first."""
    calibration = measured(case)
    found: dict[float, list[tuple[float, float, float]]] = {share: [] for share in SHARES}
    for one in case.asked:
        if one.kind != "many" or one.chooses != half:
            continue
        judged = np.array(sorted(one.judged)) if one.judged is not None else np.arange(len(case.rows))
        cosines = case.rows[judged] @ one.vector
        order = np.argsort(-cosines, kind="stable")[:1000]
        weak_below = threshold(cosines[order], one.vector, calibration, len(one.text.split()))
        order = order[cosines[order] >= weak_below]
        if len(order) <= PAGE:
            continue
        for share in SHARES:
            rows = judged[order]
            again = (
                diverse(cosines[order].tolist(), case.rows[rows], calibration.apart, share)
                if share
                else range(len(rows))
            )
            found[share].append(_figures(case, one, rows[list(again)[:PAGE]], calibration.apart))
    return found


def _figures(case: Case, one: Asked, first: np.ndarray, apart: float) -> tuple[float, float, float]:
    among = 1 - (1 - case.rows[first] @ case.rows[first].T) / apart
    alike = float(among[np.triu_indices(len(first), 1)].mean())
    ranks = [rank for rank, row in enumerate(first.tolist(), 1) if row in one.right]
    return alike, ndcg(ranks, len(one.right), PAGE), len(ranks) / PAGE


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("data", type=Path)
    ask.add_argument("--work", type=Path, required=True)
    ask.add_argument("--model", default="mini")
    given = ask.parse_args()
    cases = [*model_cases(given.data, load_embedder(given.model), given.work / "cache"), clip_cases(given.data)[0]]
    for half in (True, False):
        made = {case.name: measure(case, half) for case in cases}
        heads = [f"{name} ({len(of[0.0])})" for name, of in made.items()]
        print(f"\nLikeness / nDCG@10 / precision@10, {'choosing' if half else 'reporting'} half\n")
        print("| share |", " | ".join(heads), "|\n| --- |" + " --- |" * len(heads))
        for share in SHARES:
            cells = [" / ".join(f"{value:.3f}" for value in np.mean(of[share], axis=0)) for of in made.values()]
            print(f"| {share:g} |", " | ".join(cells), "|")


if __name__ == "__main__":
    main()
