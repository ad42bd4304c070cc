"""Cut-offs side by side: what is kept of the right pictures, how much of what is called a match is right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.ranking.cases import Asked, Case, Rows
from search.calibrating import between
from search.cutoff import Calibration, threshold

# A cut-off cannot keep what the ranking has lost: of a query's right pictures those among so many hits count.
DEEP = 60
Cut = Callable[[Rows, Asked, Calibration], float]


@dataclass(frozen=True)
class Outcome:
    """Means over queries of one kind: F, precision (0 without a match), share kept, share without any match, matches."""

    f: float
    precision: float
    kept: float
    silent: float
    matches: float


@dataclass(frozen=True)
class Scored:
    """One query's best hits: cosines, best first, and which of them are right."""

    case: str
    asked: Asked
    found: Rows
    cosines: Rows
    right: Rows
    calibration: Calibration


def measured(case: Case) -> Calibration:
    """As `search.calibrating` does it."""
    cosines = case.everyday @ case.rows.T
    means = cosines.mean(axis=1)
    scatter = float(np.sqrt(((cosines - means[:, None]) ** 2).mean()))
    top = float(np.median((cosines.max(axis=1) - means) / scatter))
    return Calibration(
        case.rows.mean(axis=0), scatter, float(means.mean()), float(means.std()), top, between(case.rows)
    )


def scored(cases: Iterable[Case]) -> list[Scored]:
    made = []
    for case in cases:
        calibration = measured(case)
        for asked in case.asked:
            cosines = case.rows @ asked.vector
            ids = np.argsort(-cosines)
            judged = [i for i in ids if asked.judged is None or i in asked.judged][:DEEP]
            right = np.array([i in asked.right for i in judged])
            if right.any() or not asked.right:
                made.append(Scored(case.name, asked, cosines[ids][:1000], cosines[judged], right, calibration))
    return made


def fixed(at: float) -> Cut:
    return lambda found, asked, calibration: at  # noqa: ARG005


def shipped(found: Rows, asked: Asked, calibration: Calibration) -> float:
    return threshold(found.tolist(), asked.vector, calibration, len(asked.text.split()))


def by_itself(found: Rows, asked: Asked, calibration: Calibration) -> float:  # noqa: ARG001
    return threshold(found.tolist())


def deviations(found: Rows, asked: Asked, calibration: Calibration) -> float:  # noqa: ARG001
    """Three scatters of everyday texts above the query's own mean: no gate, no share."""
    middle, _ = calibration.scale(asked.vector)
    return middle + calibration.top * calibration.scatter


def outcomes(every: Sequence[Scored], cut: Cut, chooses: bool, beta: float) -> dict[tuple[str, str], Outcome]:
    """By library and kind of query, on one half of the queries."""
    rows: dict[tuple[str, str], list[tuple[float, ...]]] = defaultdict(list)
    for one in every:
        if one.asked.chooses != chooses:
            continue
        kept = one.cosines >= cut(one.found, one.asked, one.calibration)
        count, true = int(kept.sum()), int((kept & one.right.astype(bool)).sum())
        precision = true / count if count else 0.0
        recall = true / one.right.sum() if one.right.any() else 0.0
        f = (1 + beta**2) * precision * recall / (beta**2 * precision + recall) if true else 0.0
        rows[one.case, one.asked.kind].append((f, precision, recall, float(count == 0), float(count)))
    return {key: Outcome(*(float(v) for v in np.mean(values, axis=0))) for key, values in rows.items()}


def balance(made: dict[tuple[str, str], Outcome]) -> float:
    """The harmonic mean of F over queries that have right pictures and of silence over those that have none.

    Averaged over libraries. Showing nothing at all and showing everything both score 0.
    """
    values = []
    for case in {case for case, _ in made}:
        f = float(np.mean([made[case, kind].f for kind in ("one", "many") if (case, kind) in made]))
        silent = made[case, "none"].silent
        values.append(2 * f * silent / max(f + silent, 1e-9))
    return float(np.mean(values))
