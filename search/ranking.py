"""From several rankings of the same pictures to one. Pure functions of values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from indexer.records import LexicalMatch
from search.query import Signal, SignalName

# The field that a match is said to be in when several are: what a person wrote first, then what was read, then names.
_SIGNAL_OF: Mapping[str, SignalName] = {
    "note": "note", "tag": "tag", "caption": "caption", "ocr": "text", "name": "name", "folder": "name",
    "place": "place",
}  # fmt: skip
# What matched words are worth beside meaning, where 1 is the best picture of an everyday text: a word that one picture
# alone holds counts SAID, half of what was asked for (by rarity) about a third of it. Of RRF, weighted RRF, min-max, z-scores
# and rank percentiles none came within 0.01 nDCG@10 of the better single signal on each judged set: docs/ranking.md.
SAID = 2.6
PARTIAL = 1.4


class Ranked(NamedTuple):
    """One picture's place in the fused list, and where each ranking has it: a thousand are made for each that is shown.

    `cosine` is by meaning, `match` by words; None where that did not find it, and both where nothing was asked.
    `meaning` and `words` are what each adds to the score; the ranks count from 1.
    """

    id: int
    score: float
    cosine: float | None = None
    match: LexicalMatch | None = None
    meaning: float = 0.0
    words: float = 0.0
    dense_rank: int = 0
    lexical_rank: int = 0

    @property
    def found(self) -> bool:
        """Whether anything was looked for."""
        return self.cosine is not None or self.match is not None

    @property
    def all_words(self) -> bool:
        """Whether it holds every word that was asked for."""
        return self.match is not None and self.match.score >= 1

    @property
    def signals(self) -> tuple[Signal, ...]:
        """Why it is there. The shares sum to 1: that of meaning, which below the middle is worth nothing, and that of
        words, in equal parts to the fields that hold them.
        """
        fields = dict.fromkeys(_SIGNAL_OF[field] for field in self.match.fields) if self.match else {}
        dense = max(self.meaning, 0.0) if self.cosine is not None else 0.0
        said = max(self.words, 0.0) if fields else 0.0
        whole, count = dense + said, len(fields) + (self.cosine is not None)
        made = []
        if self.cosine is not None:
            share = dense / whole if whole > 0 else 1 / count
            made.append(Signal("dense", self.dense_rank, round(self.cosine, 4), share))
        for name in fields:
            share = said / whole / len(fields) if whole > 0 else 1 / count
            made.append(Signal(name, self.lexical_rank, round(self.match.score, 4), share))  # type: ignore[union-attr]
        return tuple(made)


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
    by_meaning = {picture: (rank, float(cosine)) for rank, (picture, cosine) in enumerate(dense, 1)}
    by_words = {match.id: (rank, match) for rank, match in enumerate(lexical, 1)}
    # what lies deeper than the dense ranking was read is no better than its last
    last = (dense[-1][1] - middle) / unit if dense else 0.0
    made = []
    for picture in by_meaning | by_words:
        place, cosine = by_meaning.get(picture, (0, None))
        rank, match = by_words.get(picture, (0, None))
        meaning = last if cosine is None else (cosine - middle) / unit
        words = 0.0 if match is None else SAID * match.weight**PARTIAL * match.rarity if dense else match.score
        made.append(Ranked(picture, meaning + words, cosine, match, meaning, words, place, rank))
    return sorted(made, key=lambda row: (-row.score, row.id))
