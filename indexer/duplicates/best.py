"""Which picture of a group to keep, and why in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from indexer.duplicates.records import BestBy
from indexer.records import Picture

# How file managers and browsers name a copy: "Copy (2) of X", "Kopie von X"; "X - Copy (2)", "X Kopie 2", "X (another copy)", "X (1)".
_COPY = r"(?:copy|kopie|copie|copia|cópia|kopia|kopi|kopio|копия)"
_BEFORE = re.compile(rf"{_COPY}(?: \(\d+\))? (?:of|von|de|di|av|af) ", re.IGNORECASE)
_AFTER = re.compile(
    rf"(?:[ _–—-]{_COPY}(?: ?\d+)?(?: \(\d+\))?| \((?:[\w.]+ )?{_COPY}(?: \d+)?\)| ?\(\d+\))$", re.IGNORECASE
)

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
    path; else of equal files one of those that a person said something of (`edited`: ids), and none whose name says that it is a
    copy. A frame's pixels are no gain: a picture
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
    own: list[Measure] = [
        (lambda p: p.id in edited, lambda _: "you said something of it"),
        (lambda p: not is_copy(_name(p)), lambda _: "the others are named as copies"),
    ]
    # a file's time says least: copied to another disk, files have it anew, and those named as copies come first by the alphabet
    rules = {
        "size": size + sharp + own + date,
        "sharpness": sharp + size + own + date,
        "date": date + size + sharp + own,
    }
    return first + rules[by]


def is_copy(name: str) -> bool:
    """Whether a program named this file as a copy of another: "Kopie von X.jpg", "X - Copy (2).jpg", "X (1).jpg"."""
    stem = name.rpartition(".")[0] or name
    stem = unicodedata.normalize("NFC", stem)  # a Mac keeps ó as two characters
    return bool(_BEFORE.match(stem) or _AFTER.search(stem))


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


def _name(picture: Picture) -> str:
    return picture.path.rpartition("/")[2]


def _age(picture: Picture) -> int:
    """A number that grows with the moment taken, or the file's; days and seconds in one, whatever the zone."""
    digits = "".join(c for c in picture.moment[:19] if c.isdigit())
    return int(digits.ljust(14, "0"))
