"""Plain words that say what a picture should not show: models of the CLIP kind do not understand "without" and "no"."""

from __future__ import annotations

from collections.abc import Sequence

BEFORE = frozenset(("without", "no", "not", "except", "excluding"))
_ARTICLES = frozenset(("a", "an", "the", "any", "some"))
_JOINING = frozenset(("and", "or", "nor"))
_PLACING = frozenset(
    ("on", "in", "at", "of", "by", "near", "under", "over", "with", "from", "for", "to", "inside", "outside", "behind")
)
_ENDING = _PLACING | frozenset(("but", "while", "who", "that", "is", "are", "then"))


def split_negation(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """(what should be seen, what should not): 'a beach without people or dogs at dusk' -> ('a beach at dusk', [people, dogs]).

    A word like "without" that nothing follows stays a plain word.
    """
    seen, unseen = parted(words)
    return [words[at] for at in seen], [thing_of(words, places) for places in unseen]


def thing_of(words: Sequence[str], places: range) -> str:
    """The words at these places as one thing."""
    return " ".join(words[at] for at in places).rstrip(",.; ")


def parted(words: Sequence[str]) -> tuple[list[int], list[range]]:
    """The same as places: of the words that say what should be seen, and of each thing that should not."""
    seen: list[int] = []
    unseen: list[range] = []
    at = 0
    while at < len(words):
        found, end = _things(words, at + 1) if words[at].lower() in BEFORE else ([], at)
        if not found:
            seen.append(at)
            at += 1
            continue
        unseen += found
        at = end
        while seen and words[seen[-1]].lower() in ("with", "but", "and"):  # "with no people", "but no people"
            seen.pop()
    return seen, unseen


def _things(words: Sequence[str], at: int) -> tuple[list[range], int]:
    """The places of the things named from here on, up to a word that begins something else; and where that is."""
    found: list[range] = []
    while at < len(words):
        while at < len(words) and words[at].lower() in _PLACING | _ARTICLES | BEFORE:
            at += 1
        start = at
        while (
            at < len(words)
            and words[at].lower() not in _ENDING | _JOINING | BEFORE
            and not (at > start and words[at - 1].endswith(","))
        ):
            at += 1
        if at > start:
            found.append(range(start, at))
        joined = at < len(words) and words[at].lower() in _JOINING
        after = words[at + 1].lower() if joined and at + 1 < len(words) else ""
        if not joined or not after or after in _ARTICLES | _PLACING:
            break
        at += 1
    return [thing for thing in found if thing_of(words, thing)], at
