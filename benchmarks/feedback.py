"""Do "more like this" and "less like that" help? python -m benchmarks.feedback ../shared/data --work DIR [--all]

A query's first right and first wrong pictures of page one are marked, taken out, and nDCG@10 of the rest is compared with
what the words alone gave. Half of the queries chooses how words and examples are mixed, the other half is reported.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.ranking.cases import Case, clip_cases, model_cases
from benchmarks.ranking.cutting import measured
from search.calibrating import between
from search.evaluate import ndcg
from search.mixing import mixed
from vlm import load_embedder

Rows = NDArray[np.float32]
Mix = Callable[[Rows, Rows, Rows, Case], Rows]
"""Of a text, (n, dim) pictures that are right, (m, dim) that are wrong, and the library: one vector."""

PAGE = 20
# How many right and wrong pictures a person marks.
MARKED = ((1, 1), (1, 0), (0, 1), (3, 1))


def unit(rows: Rows) -> Rows:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9), np.float32)


def summed(share: float, less: float) -> Mix:
    """Every example by the same weight."""
    return lambda text, more, fewer, _: text + share * more.sum(0) - less * fewer.sum(0)


def averaged(share: float, less: float) -> Mix:
    """All examples together by one weight."""
    return lambda text, more, fewer, _: text + share * _mean(more) - less * _mean(fewer)


def centred(share: float, less: float) -> Mix:
    """The same, of what sets an example apart from the mean picture."""

    def mix(text: Rows, more: Rows, fewer: Rows, case: Case) -> Rows:
        mean = case.rows.mean(0)
        return text + share * _mean(unit(more - mean)) - less * _mean(unit(fewer - mean))

    return mix


def spread(share: float, less: float) -> Mix:
    """The same, by weights that let the cosines of words and of examples with the pictures scatter alike."""

    def mix(text: Rows, more: Rows, fewer: Rows, case: Case) -> Rows:
        mean = case.rows.mean(0)
        scatter = float((case.everyday @ case.rows.T).std(1).mean())
        by = scatter / between(case.rows)
        return text + share * by * _mean(unit(more - mean)) - less * by * _mean(unit(fewer - mean))

    return mix


def shipped(text: Rows, more: Rows, fewer: Rows, case: Case) -> Rows:
    examples = [*((row, 1.0) for row in more), *((row, -1.0) for row in fewer)]
    return mixed([(text, 1.0)], examples, measured(case))


def _mean(rows: Rows) -> Rows:
    return np.asarray(unit(rows.sum(0)) if len(rows) else np.zeros(rows.shape[1]), np.float32)


def methods(every: bool) -> dict[str, Mix]:
    made: dict[str, Mix] = {"words alone": lambda text, *_: text}
    for name, way in (("summed", summed), ("averaged", averaged), ("centred", centred), ("spread", spread)):
        for share in (0.25, 0.5, 0.75, 1.0) if every else (0.5, 1.0):
            for less in (0.125, 0.25, 0.5, 0.75):
                if less <= share and (every or less * 2 == share or less * 4 == share):
                    made[f"{name}, {share:g} and -{less:g}"] = way(share, less)
    return made | {"shipped": shipped}


def measure(case: Case, ways: dict[str, Mix], right: int, wrong: int) -> dict[bool, dict[str, float]]:
    """nDCG@10 of what was not marked, by half and method; of queries with something to mark and something left to find."""
    found: dict[bool, dict[str, list[float]]] = {half: {name: [] for name in ways} for half in (True, False)}
    for one in case.asked:
        if one.kind != "many":
            continue
        judged = np.array(sorted(one.judged)) if one.judged is not None else np.arange(len(case.rows))
        page = judged[np.argsort(-(case.rows[judged] @ one.vector))][:PAGE].tolist()
        more = [i for i in page if i in one.right][:right]
        fewer = [i for i in page if i not in one.right][:wrong]
        left = one.right - set(more)
        if len(more) < right or len(fewer) < wrong or not left:
            continue
        others = np.setdiff1d(judged, [*more, *fewer])
        for name, mix in ways.items():
            scores = case.rows[others] @ mix(one.vector, case.rows[more], case.rows[fewer], case)
            best = others[np.argsort(-scores, kind="stable")[:10]]
            ranks = [rank for rank, i in enumerate(best.tolist(), 1) if i in left]
            found[one.chooses][name].append(ndcg(ranks, len(left), 10))
    for half, of in found.items():
        print(
            f"  {case.name}, {right} right and {wrong} wrong, {'choosing' if half else 'reporting'}: {len(next(iter(of.values())))}"
        )
    return {half: {name: float(np.mean(values)) for name, values in of.items()} for half, of in found.items()}


def table(rows: Sequence[tuple[str, dict[bool, dict[str, float]]]], half: bool, ways: dict[str, Mix]) -> None:
    print(
        f"\nnDCG@10, {'choosing' if half else 'reporting'} half\n\n| mixing |",
        " | ".join(name for name, _ in rows),
        "| mean |",
    )
    print("| --- |" + " --- |" * (len(rows) + 1))
    means = {name: float(np.mean([of[half][name] for _, of in rows])) for name in ways}
    for name in sorted(ways, key=lambda name: -means[name]) if half else ways:
        print(f"| {name} |", " | ".join(f"{of[half][name]:.3f}" for _, of in rows), f"| {means[name]:.3f} |")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("data", type=Path)
    ask.add_argument("--work", type=Path, required=True)
    ask.add_argument("--model", default="mini")
    ask.add_argument("--all", action="store_true", help="every weight, not only those reported")
    given = ask.parse_args()
    cases = [*model_cases(given.data, load_embedder(given.model), given.work / "cache"), clip_cases(given.data)[0]]
    ways = methods(given.all)
    rows = [
        (f"{case.name}, {right}+ {wrong}-", measure(case, ways, right, wrong))
        for right, wrong in MARKED
        for case in cases
    ]
    for half in (True, False):
        table(rows, half, ways)


if __name__ == "__main__":
    main()
