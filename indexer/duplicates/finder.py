"""From a library to groups of pictures that are there more than once: `find_duplicates` tells the story."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from indexer.ahead import ahead
from indexer.duplicates import candidates
from indexer.duplicates.best import measures, place, reason
from indexer.duplicates.contents import Contents, read_contents
from indexer.duplicates.grouping import joined, led
from indexer.duplicates.kinds import bursts, is_burst, is_raw, raw_pairs
from indexer.duplicates.looks import BATCH, OnStep
from indexer.duplicates.perceptual import VERSION, Difference, Look, compare, read_look
from indexer.duplicates.records import BestBy, Found, Group, Kind, Tier
from indexer.local import LocalStore
from indexer.marks import Pair
from indexer.records import Picture
from indexer.sketch import unpack

TIERS: tuple[Tier, ...] = ("identical", "same", "similar")
# Looks kept at hand while pairs are compared, 100 kB each.
_LOOKS = 1_000

Same = dict[tuple[int, int], Difference]
"""Pairs of rows (a < b) that are one picture; how b differs is `of_second`."""


@dataclass(slots=True)
class Judged:
    """What the pairs of contents (a < b) turned out to be."""

    same: Same
    alike: list[tuple[int, int, float]]
    together: dict[tuple[int, int], Kind]
    runs: dict[int, int]


def find_duplicates(
    store: LocalStore, tiers: Iterable[Tier] = TIERS, by: BestBy = "size", on_step: OnStep = lambda *_: None
) -> Found:
    """Groups of the tiers asked for, of pictures that are there now; the user's decisions are heeded.

    Looks and comparisons are kept in the catalog: a second call does only what is new.
    """
    wanted = set(tiers)
    looking = bool(wanted & {"same", "similar"})
    contents = read_contents(store, on_step, looking)
    marks = store.catalog.marks
    kept, chosen = marks.kept(), marks.chosen()
    judged = _judge(store, contents, on_step) if looking else Judged({}, [], {}, {})
    order = _Order(contents, by, chosen, store.catalog.edits.edited(), kept, judged.same)
    groups: list[Group] = []
    if "identical" in wanted:
        groups += [
            order.group("identical", files)
            for key, files in zip(contents.hashes, contents.pictures, strict=True)
            if len(files) > 1 and (key, key) not in kept
        ]

    def apart(a: int, b: int) -> bool:
        one, other = contents.pictures[a][0], contents.pictures[b][0]
        return (
            _pair(one.hash, other.hash) in kept
            or _key(a, b) in judged.together
            or is_raw(one) != is_raw(other)
            or is_burst(one, other, judged.runs, _key(a, b) in judged.same)
        )

    same = joined(len(contents.hashes), judged.same, apart)
    if "same" in wanted:
        groups += [order.across("same", group, judged.same) for group in same]
    if "similar" in wanted:
        groups += [order.across("similar", group, judged.same) for group in _similar(same, judged, order, apart)]
    return Found(tuple(groups), tuple(_together(contents, judged, order)))


# -- what the pairs are --------------------------------------------------------------------------------------------


def _judge(store: LocalStore, contents: Contents, on_step: OnStep) -> Judged:
    apart = candidates.unrelated(contents.vectors)
    near: dict[tuple[int, int], float] = {}
    to_compare: dict[tuple[int, int], None] = {}
    often: dict[int, int] = defaultdict(int)
    close = 1 - candidates.CLOSE * apart if len(contents.hashes) > candidates.FEW else -1.0
    likeness = 1 - candidates.ALIKE * apart
    for a, b, cosine in candidates.by_meaning(contents.vectors, min(close, likeness)):
        pair = (a, b)
        if pair not in near:
            near[pair] = cosine
            if cosine >= close and min(often[a], often[b]) < candidates.COMPARED:
                to_compare[pair] = None
                often[a] += 1
                often[b] += 1
    to_compare.update(dict.fromkeys(candidates.by_sketch(unpack(contents.sketches))))
    same = _same(store, contents, list(to_compare), on_step)
    alike = [(a, b, cosine) for (a, b), cosine in near.items() if cosine >= likeness]
    return _set_apart(contents, same, alike)


def _same(store: LocalStore, contents: Contents, pairs: Sequence[tuple[int, int]], on_step: OnStep) -> Same:
    """The pairs that are one picture, and how; what was compared in an earlier call is not compared again."""
    marks = store.catalog.marks
    known = marks.compared(VERSION)
    # Neighbours of one picture follow each other, so that its look is at hand.
    lacking = sorted(pair for pair in pairs if _pair(*(contents.hashes[i] for i in pair)) not in known)

    @lru_cache(_LOOKS)
    def look(thumbnail: Path) -> Look:
        return read_look(thumbnail)

    def judge(pair: tuple[int, int]) -> tuple[Pair, str | None] | None:
        # as the catalog keeps pairs: the lower hash first
        one, other = sorted(pair, key=lambda i: contents.hashes[i])
        try:
            a, b = (look(store.thumbnail(contents.pictures[i][0])) for i in (one, other))
        except OSError:
            return None
        found = compare(a, b)
        return (contents.hashes[one], contents.hashes[other]), found.text() if found else None

    fresh: list[tuple[Pair, str | None]] = []
    for done, made in enumerate(ahead(judge, lacking, os.cpu_count() or 2, window=32), 1):
        if made:
            fresh.append(made)
            known[made[0]] = made[1]
        if len(fresh) == BATCH:
            marks.put_compared(fresh, VERSION)
            fresh = []
        on_step("Comparing neighbours", done, len(lacking))
    if fresh:
        marks.put_compared(fresh, VERSION)
    found: Same = {}
    for a, b in pairs:
        key = _pair(contents.hashes[a], contents.hashes[b])
        how = known.get(key)
        if how is not None:
            told = Difference.parse(how)
            found[a, b] = told if key[0] == contents.hashes[a] else Difference(told.both, told.second, told.first)
    return found


def _set_apart(contents: Contents, same: Same, alike: Sequence[tuple[int, int, float]]) -> Judged:
    """Take out what belongs together: raw files with their JPEGs, and the frames of bursts."""
    everything = [picture for files in contents.pictures for picture in files]
    row = {picture.id: i for i, files in enumerate(contents.pictures) for picture in files}
    runs = bursts(everything)
    together: dict[tuple[int, int], Kind] = {
        _key(row[raw.id], row[other.id]): "raw+jpeg" for raw, other in raw_pairs(everything)
    }
    for pair in [*same, *((a, b) for a, b, _ in alike)]:
        one, other = (contents.pictures[i] for i in pair)
        if pair in together:
            continue
        if is_raw(one[0]) != is_raw(other[0]):
            if pair in same:
                together[pair] = "raw+jpeg"
        elif any(is_burst(a, b, runs, pair in same) for a in one for b in other):
            together[pair] = "burst"
    copies = {pair: how for pair, how in same.items() if pair not in together}
    return Judged(copies, [entry for entry in alike if entry[:2] not in together], together, runs)


# -- groups --------------------------------------------------------------------------------------------------------


class _Order:
    """One order over all pictures, the ones to keep first: the best of a wide group is the best of a narrow one too."""

    def __init__(
        self, contents: Contents, by: BestBy, chosen: dict[str, tuple[int, str]], edited: set[int], kept: set[Pair],
        same: Same,
    ) -> None:  # fmt: skip
        self._contents = contents
        self._kept = kept
        framed = {contents.hashes[a] for (a, _), how in same.items() if how.first == "framed"}
        framed |= {contents.hashes[b] for (_, b), how in same.items() if how.second == "framed"}
        self._measures = measures(by, contents.sharpness, chosen, framed, edited)
        for files in contents.pictures:
            files.sort(key=self.key)

    def key(self, picture: Picture) -> tuple[object, ...]:
        """Sorts the one to keep first."""
        return place(picture, self._measures)

    def best(self, rows: Sequence[int]) -> int:
        """The row of the content to keep."""
        return min(rows, key=lambda i: self.key(self._contents.pictures[i][0]))

    def group(self, tier: Tier, pictures: Sequence[Picture]) -> Group:
        """A group of these files of one content."""
        order = sorted(pictures, key=self.key)
        return Group(tier, "copies", tuple(order), reason(order, self._measures), tuple("" for _ in order[1:]))

    def across(self, tier: Tier, rows: Sequence[int], same: Same, kind: Kind = "copies") -> Group:
        """A group of every file of these contents, with a word on how each differs from the best."""
        best = self.best(rows)
        key = self._contents.hashes[best]
        row = {picture.id: i for i in rows for picture in self._contents.pictures[i]}
        # Where copies of the best are kept by decision, they are no more spare here than among themselves.
        alone = (key, key) in self._kept
        files = [picture for i in rows for picture in self._contents.pictures[i][: 1 if alone and i == best else None]]
        order = sorted(files, key=self.key)
        how = tuple(_how(same, best, row[picture.id]) for picture in order[1:])
        return Group(tier, kind, tuple(order), reason(order, self._measures), how)


def _how(same: Same, best: int, other: int) -> str:
    found = same.get(_key(best, other))
    if found is None:
        return ""
    return found.of_second() if best < other else found.of_first()


def _similar(
    same: Sequence[Sequence[int]], judged: Judged, order: _Order, apart: Callable[[int, int], bool]
) -> list[list[int]]:
    """Groups of pictures that look alike; copies of one picture count once, and come along."""
    copies = {order.best(group): list(group) for group in same}
    stands_for = {i: best for best, group in copies.items() for i in group}
    nearest: dict[tuple[int, int], float] = {}
    for a, b, cosine in judged.alike:
        pair = _key(stands_for.get(a, a), stands_for.get(b, b))
        if pair[0] != pair[1]:
            nearest[pair] = max(cosine, nearest.get(pair, -1.0))

    def far(a: int, b: int) -> bool:
        return any(apart(x, y) for x in copies.get(a, [a]) for y in copies.get(b, [b]))

    pairs = [(a, b, cosine) for (a, b), cosine in nearest.items() if not far(a, b)]
    degree: dict[int, int] = defaultdict(int)
    for a, b, _ in pairs:
        degree[a] += 1
        degree[b] += 1
    leaders = sorted(degree, key=lambda i: (-degree[i], i))
    return [[i for member in group for i in copies.get(member, [member])] for group in led(leaders, pairs, far)]


def _together(contents: Contents, judged: Judged, order: _Order) -> list[Group]:
    kinds: tuple[tuple[Kind, Tier], ...] = (("raw+jpeg", "same"), ("burst", "similar"))
    return [
        order.across(tier, group, judged.same, kind)
        for kind, tier in kinds
        for group in joined(
            len(contents.hashes), [pair for pair, of in judged.together.items() if of == kind], lambda *_: False
        )
    ]


def _key(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def _pair(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)
