"""A classifier from some ten examples. Pure functions of values; the figures are in docs/concepts.md."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from indexer.concepts import Classifier, HeldOut
from vlm.protocols import Vectors

# Unlabelled pictures count as weak negatives: most of a library does not show what one concept names, and only they
# tell how vectors vary here. All of them together weigh as much as all pictures said to show it, so that the few that
# do show it among them cost little. Without them average precision is a tenth lower (benchmarks/concept_rules.py).
WEIGHT_YES, WEIGHT_NO, WEIGHT_UNLABELLED = 1.0, 0.3, 1.0
# In units of the mean variance of a direction: from 3 to 100 it matters little.
RIDGE = 10.0
# From 0.8 to 1.1 F1 is flat (benchmarks/concept_rules.py), and less tags more; rules that fit the scatter of the scores did
# no better by more than 0.02.
SHARE = 0.9
# With fewer a threshold is a guess; leaving one out must leave one.
FEWEST_YES = 2
# Up to here each example is left out alone; beyond, a tenth of them at a time.
MOST_ALONE = 20
FOLDS = 10

Moments = tuple[NDArray[np.float64], NDArray[np.float64]]


def fit(yes: Vectors, no: Vectors, unlabelled: Vectors) -> Classifier:
    """Weighted ridge regression on unit rows of equal width; any of `no` and `unlabelled` may be empty, not both.

    The threshold lies SHARE of the way from the middle of the unlabelled (or the `no`) scores to the mean score of
    the `yes` examples while each was left out: what an example scores that it was not fitted to.
    Raises ValueError for too few examples.
    """
    if len(yes) < FEWEST_YES or not len(no) + len(unlabelled):
        raise ValueError(f"{len(yes)} examples, {len(no)} others")
    held_yes, held_no = np.zeros(len(yes)), np.zeros(len(no))
    background = _moments(unlabelled) if len(unlabelled) else None
    for out_yes, out_no in _folds(len(yes), len(no)):
        weights, offset = _ridge(np.delete(yes, out_yes, 0), np.delete(no, out_no, 0), background)
        held_yes[out_yes] = yes[out_yes] @ weights + offset
        held_no[out_no] = no[out_no] @ weights + offset
    weights, offset = _ridge(yes, no, background)
    middle = float(np.median(unlabelled @ weights + offset if len(unlabelled) else held_no))
    level = middle + SHARE * (float(held_yes.mean()) - middle)
    found, wrong = int((held_yes >= level).sum()), int((held_no >= level).sum())
    return Classifier(
        weights.astype(np.float32), level - offset, HeldOut(found, len(yes) - found, wrong, len(no) - wrong)
    )


def interval(right: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval for a share seen in a few: 5 of 5 says 0.57 to 1, not 1."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def _folds(yes: int, no: int) -> Iterator[tuple[list[int], list[int]]]:
    """Which examples of each kind are left out together; each is left out once."""
    if yes + no <= MOST_ALONE:
        yield from (([i], []) for i in range(yes))
        yield from (([], [i]) for i in range(no))
    else:
        yield from ((list(range(i, yes, FOLDS)), list(range(i, no, FOLDS))) for i in range(FOLDS))


def _moments(rows: Vectors) -> Moments:
    """Mean (dim,) and mean outer product (dim, dim): all that ridge regression needs to know of rows of one target."""
    exact = rows.astype(np.float64)
    return exact.mean(axis=0), exact.T @ exact / len(exact)


def _ridge(yes: Vectors, no: Vectors, unlabelled: Moments | None) -> tuple[NDArray[np.float64], float]:
    """Weights (dim,) and offset that take `yes` towards 1 and the others towards -1."""
    kinds = [(WEIGHT_YES, 1.0, _moments(yes))]
    if len(no):
        kinds.append((WEIGHT_NO, -1.0, _moments(no)))
    if unlabelled:
        kinds.append((WEIGHT_UNLABELLED, -1.0, unlabelled))
    whole = sum(weight for weight, _, _ in kinds)
    middle = sum(weight * mean for weight, _, (mean, _) in kinds) / whole
    level = sum(weight * target for weight, target, _ in kinds) / whole
    spread = sum(weight * outer for weight, _, (_, outer) in kinds) / whole - np.outer(middle, middle)
    towards = sum(weight * target * mean for weight, target, (mean, _) in kinds) / whole - level * middle
    ridge = RIDGE * max(float(np.trace(spread)) / len(spread), 1e-12)
    weights = np.asarray(np.linalg.solve(spread + ridge * np.eye(len(spread)), towards), np.float64)
    return weights, float(level - middle @ weights)
