"""From several rankings of the same pictures to one. Pure functions of values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from indexer.records import LexicalMatch
from search.query import Signal, SignalName

# The field that a match is said to be in when several are: what a person wrote first, then what was read, then names.
_SIGNAL_OF: Mapping[str, SignalName] = {
    "note": "note", "tag": "tag", "caption": "caption", "ocr": "text", "name": "name", "folder": "name",
}  # fmt: skip
# What matched words are worth beside meaning, where 1 is the best picture of an everyday text: a word that one picture
# alone holds counts SAID, half of what was asked for (by rarity) about a third of it. Of RRF, weighted RRF, min-max, z-scores
# and rank percentiles none came within 0.01 nDCG@10 of the better single signal on each judged set: docs/ranking.md.
SAID = 2.6
PARTIAL = 1.4


@dataclass(frozen=True, slots=True)
class Ranked:
    """One picture's place in the fused list."""

    id: int
    score: float
    signals: tuple[Signal, ...]
    all_words: bool = False


def fuse(
    dense: Sequence[tuple[int, float]], lexical: Sequence[LexicalMatch], middle: float = 0.0, unit: float = 0.0
) -> list[Ranked]:
    """Both rankings, best first, as one: how far a picture stands out by meaning, and how telling its words are.

    `middle` and `unit` say what cosines mean here: that of any picture, and how much more the best one of an everyday
    text has. Without a unit the query's own best is its measure.
    """
    if dense and unit <= 0:
        middle = dense[-1][1]
        unit = max(dense[0][1] - middle, 1e-6)
    score: dict[int, float] = {}
    signals: dict[int, list[Signal]] = defaultdict(list)
    words: dict[int, float] = {}
    every: set[int] = set()
    for rank, (picture, cosine) in enumerate(dense, 1):
        score[picture] = (cosine - middle) / unit
        signals[picture].append(Signal("dense", rank, round(float(cosine), 4)))
    # what lies deeper than the dense ranking was read is no better than its last
    last = (dense[-1][1] - middle) / unit if dense else 0.0
    for rank, match in enumerate(lexical, 1):
        said = words[match.id] = SAID * match.weight**PARTIAL * match.rarity if dense else match.score
        score[match.id] = score.get(match.id, last) + said
        for name in dict.fromkeys(_SIGNAL_OF[field] for field in match.fields):
            signals[match.id].append(Signal(name, rank, round(match.score, 4)))
        if match.score >= 1:
            every.add(match.id)
    order = sorted(score, key=lambda picture: (-score[picture], picture))
    return [
        Ranked(i, round(score[i], 6), shared(signals[i], score[i] - words.get(i, 0.0), words.get(i, 0.0)), i in every)
        for i in order
    ]


def shared(signals: Sequence[Signal], meaning: float, words: float) -> tuple[Signal, ...]:
    """The signals of one picture with their shares, which sum to 1: that of meaning, which below the middle is worth
    nothing, and that of words, in equal parts to the fields that hold them.
    """
    dense = max(meaning, 0.0) if any(signal.name == "dense" for signal in signals) else 0.0
    fields = sum(signal.name != "dense" for signal in signals)
    said = max(words, 0.0) if fields else 0.0
    whole = dense + said
    if whole <= 0:
        return tuple(replace(signal, share=1 / len(signals)) for signal in signals)
    return tuple(
        replace(signal, share=dense / whole if signal.name == "dense" else said / whole / fields) for signal in signals
    )
