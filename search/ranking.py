"""From several rankings of the same pictures to one. Pure functions of values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indexer.records import LexicalMatch
from search.query import Signal, SignalName

# Reciprocal rank fusion with the constant of its authors (Cormack et al. 2009): no scores of different kinds are added.
K = 60
# The field that a match is said to be in when several are: what a person wrote first, then what was read, then names.
_SIGNAL_OF: Mapping[str, SignalName] = {
    "note": "note", "tag": "tag", "caption": "caption", "ocr": "text", "name": "name", "folder": "name",
}  # fmt: skip
# A match of every word counts as much as the dense ranking; of half the words, a quarter as much: one common word in a
# file's name must not lift it over what the picture shows.
_PARTIAL = 2.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """One picture's place in the fused list."""

    id: int
    score: float
    signals: tuple[Signal, ...]
    all_words: bool = False


def fuse(dense: Sequence[tuple[int, float]], lexical: Sequence[LexicalMatch]) -> list[Ranked]:
    """Both rankings, best first, as one: by the sum of 1 / (K + rank), lexical ones weighted by the share of words found."""
    score: dict[int, float] = defaultdict(float)
    signals: dict[int, list[Signal]] = defaultdict(list)
    every: set[int] = set()
    for rank, (picture, cosine) in enumerate(dense, 1):
        score[picture] += 1 / (K + rank)
        signals[picture].append(Signal("dense", rank, round(float(cosine), 4)))
    for rank, match in enumerate(lexical, 1):
        share = min(1.0, match.score)
        score[match.id] += share**_PARTIAL / (K + rank)
        for name in dict.fromkeys(_SIGNAL_OF[field] for field in match.fields):
            signals[match.id].append(Signal(name, rank, round(match.score, 4)))
        if match.score >= 1:
            every.add(match.id)
    order = sorted(score, key=lambda picture: (-score[picture], picture))
    return [Ranked(i, round(score[i], 6), tuple(signals[i]), i in every) for i in order]
