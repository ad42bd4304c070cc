"""Hits that show one picture over again, folded under the best of them. Pure functions of values."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

import numpy as np

from indexer.duplicates.kinds import bursts, raw_pairs
from indexer.records import Picture
from indexer.sketch import Sketches
from vlm.protocols import Vectors

# Only what lies nearer by meaning than this share of the distance between unrelated pictures is looked at (ALIKE in
# indexer/duplicates/candidates.py). It decides nothing: two pages of text lay at 0.003, nine in ten copies within 0.05.
NEAR = 0.12
# What decides is the cosine of two sketches: copies (saved anew, made smaller) had 0.998 or more, two pages of text at
# most 0.966, any two of 1,101 photos 0.961. Frames of a burst, and a raw file and its JPEG, have something else in common: there it may be lower.
COPY = 0.99
TOGETHER = 0.95
# A sketch does not see what was filled in on a form: on a page such a share of the words must be the same. A page has so
# many words (fewer are a sign or a shirt, which is not read alike in every frame), or is white
# without colour, as 2 of 1,202 photos are.
SAID = 0.7
PAGE = 8
COLOURLESS = frozenset(("white", "grey", "black", "beige"))
WHITE = 0.5


@dataclass(frozen=True, slots=True)
class Seen:
    """What is stored of a picture: its record, its (63,) sketch (zero when it was never looked at), the words printed in it."""

    picture: Picture
    sketch: Sketches
    words: Set[str] = frozenset()


def folded(vectors: Vectors, apart: float, look: Callable[[Sequence[int]], list[Seen]], most: int) -> list[list[int]]:
    """The first `most` groups of the (n, dim) rows, which are hits in order: each group led by its best.

    `apart` is how far unrelated pictures are (1 - cosine); `look` tells what is stored of some rows and is asked of
    few. Everyone in a group is compared with its leader, so that likeness never creeps along a chain.
    """
    free = np.ones(len(vectors), bool)
    groups: list[list[int]] = []
    for leader in range(len(vectors)):
        if len(groups) == most:
            break
        if not free[leader]:
            continue
        free[leader] = False
        near = np.flatnonzero(free & (vectors @ vectors[leader] >= 1 - NEAR * apart)).tolist()
        group = [leader, *_again(near, look([leader, *near]))] if near else [leader]
        free[group] = False
        groups.append(group)
    return groups


def _again(rows: Sequence[int], seen: Sequence[Seen]) -> list[int]:
    """Those of the rows that show the first of `seen` over again; the others of `seen` are these rows."""
    first, *others = seen
    runs = bursts([one.picture for one in seen])
    return [row for row, one in zip(rows, others, strict=True) if _is_again(first, one, runs)]


def _is_again(a: Seen, b: Seen, runs: dict[int, int]) -> bool:
    one, other = a.picture, b.picture
    if one.hash == other.hash:
        return True
    if (_is_page(a) or _is_page(b)) and len(a.words & b.words) < SAID * max(1, len(a.words | b.words)):
        return False
    run = runs.get(one.id)
    together = (run is not None and run == runs.get(other.id)) or any(raw_pairs([one, other]))
    return float(a.sketch @ b.sketch) >= (TOGETHER if together else COPY)


def _is_page(seen: Seen) -> bool:
    colours = {colour.name: colour.share for colour in seen.picture.colours}
    plain = COLOURLESS.issuperset(colours) and colours.get("white", 0) >= WHITE
    return len(seen.words) >= PAGE or plain
