"""Which picture of a group to keep, and why in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from indexer.duplicates.records import BestBy
from indexer.records import Picture

Measure = tuple[Callable[[Picture], Any], Callable[[Picture], str]]


def measures(
    by: BestBy,
    sharpness: Mapping[str, float],
    chosen: Mapping[str, tuple[int, str]],
    framed: Set[str],
    edited: Set[int],
) -> list[Measure]:
    """What is compared, the weightiest first, each with its words. `sharpness`, `chosen` and `framed` go by content hash.

    Of two that were chosen, the one chosen later (the higher number) wins, and of equal files the one at the chosen
    path; else of equal files one of those that a person said something of (`edited`: ids). A frame's pixels are no gain: a picture
    that is another one with a frame round it, or turned askew on black, comes after those that are not.
    """
    size: list[Measure] = [
        (lambda p: p.width * p.height, lambda p: f"the most pixels ({p.width} x {p.height})"),
        (lambda p: bool(p.exif.camera), lambda _: "what the camera wrote is still in it"),
        (lambda p: p.size, lambda p: f"the biggest file ({p.size:,} bytes)"),
    ]
    sharp: list[Measure] = [(lambda p: sharpness.get(p.hash, 0.0), lambda _: "the sharpest")]
    date: list[Measure] = [(lambda p: -_age(p), lambda p: f"the oldest ({p.moment[:10]})")]
    first: list[Measure] = [
        (lambda p: chosen.get(p.hash, (0, ""))[0], lambda _: "chosen by you"),
        (lambda p: p.path == chosen.get(p.hash, (0, ""))[1], lambda _: "chosen by you"),
        (lambda p: p.hash not in framed, lambda _: "without a frame round it"),
    ]
    rules = {"size": size + sharp + date, "sharpness": sharp + size + date, "date": date + size + sharp}
    last: list[Measure] = [(lambda p: p.id in edited, lambda _: "you said something of it")]
    return first + rules[by] + last


def place(picture: Picture, by: Sequence[Measure]) -> tuple[Any, ...]:
    """Sorts the one to keep first. The path comes last, so that no two are equal and every run says the same; the
    shorter first: `a.jpg` before `a (copy).jpg`."""
    return (*(-value(picture) for value, _ in by), len(picture.path), picture.path)


def reason(order: Sequence[Picture], by: Sequence[Measure]) -> str:
    """Why the first of these is kept: the weightiest measure in which it beats another."""
    best = order[0]
    for value, words in by:
        if any(value(best) > value(other) for other in order[1:]):
            return words(best)
    return "all else is equal and its name is the shortest"


def _age(picture: Picture) -> int:
    """A number that grows with the moment taken, or the file's; days and seconds in one, whatever the zone."""
    digits = "".join(c for c in picture.moment[:19] if c.isdigit())
    return int(digits.ljust(14, "0"))
