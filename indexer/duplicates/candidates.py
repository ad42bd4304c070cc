"""Which pictures to compare at all: neighbours by meaning and by sketch, in time that grows little faster than the library."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from indexer.sketch import Sketches, orientations
from vlm.protocols import Vectors

# Neighbours looked up for each picture, and of those, how many are compared pixel by pixel: copies are nearly always
# among the first three, and a comparison costs some milliseconds.
NEIGHBOURS = 10
COMPARED = 5
# Copies whose vectors lie further apart than this share of the distance between unrelated pictures are not compared.
CLOSE = 0.25
# Pictures nearer than this share of it are "similar". Both are shares, because every model spreads its vectors its own
# way: unrelated pictures have cosine 0.17 in `mini` and 0.53 in CLIP.
ALIKE = 0.12
# In a library as small as this every neighbour is compared: it costs nothing, and finds copies that lie askew.
FEW = 2_000
# Cosine between the sketches of copies.
SKETCHED = 0.9
_SKETCH_NEIGHBOURS = 4
# How far apart unrelated pictures are taken to be (1 - cosine) until enough pairs were seen, and how many are enough.
_PRIOR, _PRIOR_PAIRS = 0.6, 50

Scored = Iterator[tuple[int, int, float]]


def unrelated(vectors: Vectors) -> float:
    """The mean distance (1 - cosine) between two pictures of the library that were taken at random."""
    count = len(vectors)
    if count < 2:
        return _PRIOR
    chance = np.random.default_rng(0)
    a, b = chance.integers(count, size=(2, min(20_000, count * count)))
    a, b = a[a != b], b[a != b]
    seen = 1 - np.einsum("ij,ij->i", vectors[a], vectors[b])
    return float((seen.sum() + _PRIOR * _PRIOR_PAIRS) / (len(seen) + _PRIOR_PAIRS))


def by_meaning(vectors: Vectors, least: float) -> Scored:
    """(a, b, cosine) with a < b: each picture's neighbours of at least this cosine, the nearest first."""
    from indexer.vectors.faiss import nearest_of_all

    places, scores = nearest_of_all(vectors, NEIGHBOURS + 1)
    yield from _pairs(places, scores, least)


def by_sketch(sketches: Sketches) -> Iterator[tuple[int, int]]:
    """(a, b) with a < b: pictures with nearly the same sketch, however turned or mirrored."""
    from indexer.vectors.faiss import nearest_of_all

    seen = np.flatnonzero(sketches.any(1))
    if len(seen) < 2:
        return
    for turned in orientations(sketches[seen]):
        places, scores = nearest_of_all(sketches[seen], _SKETCH_NEIGHBOURS, turned)
        for a, b, _ in _pairs(places, scores, SKETCHED):
            yield int(seen[a]), int(seen[b])  # in order, because `seen` is


def _pairs(places: NDArray[np.int64], scores: NDArray[np.float32], least: float) -> Scored:
    itself = np.arange(len(places))
    for rank in range(places.shape[1]):
        near = (places[:, rank] >= 0) & (places[:, rank] != itself) & (scores[:, rank] >= least)
        found = np.flatnonzero(near)
        for a in found.tolist():
            b = int(places[a, rank])
            yield min(a, b), max(a, b), float(scores[a, rank])
