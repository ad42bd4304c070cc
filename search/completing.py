"""How the word that is being typed in a query may go on: filters, and the values that pictures of this library have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

from indexer.filters import ANY, FIELDS, HELD
from indexer.plain import plain
from indexer.store import Store
from search.facets import Value, values_of
from search.meant import SPELT
from search.query import Order
from vlm.categories import NAMES

# Every word of one letter begins something.
LEAST = 2
# So much of what was typed is looked at: a search for the last word takes the square of it.
MOST = 300
_THINGS = {
    "in": "folder", "type": "type", "camera": "camera", "lens": "lens", "tag": "tag", "object": "object", "color": "colour",
    "place": "place", "orientation": "orientation", "rating": "rating", "year": "year", "state": "state",
}  # fmt: skip
"""Filters whose values are counted, with the name that they are counted under."""
_FOUND_BY_VALUE = ("tag", "in", "place", "camera", "object")
_CHOICES = {"has": HELD, "no": HELD, "sort": get_args(Order), "moderation": (ANY, *NAMES)}
_FIELDS = {name: field.meaning for name, field in FIELDS.items() if name != "words"} | {
    "like": "is like this picture of the library", "no": "such a thing is not known of it", "sort": "in this order",
}  # fmt: skip
_TYPED = re.compile(r'([+-]?)(?:([a-z_]+):(?:>=|<=|>|<)?)?([^\s"()]*)$', re.ASCII | re.IGNORECASE)
_QUOTING = re.compile(r'([+-]?)(?:([a-z_]+):(?:>=|<=|>|<)?)?"([^"]*)$', re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Completion:
    """What may stand in place of the word: `kind` is field, or that of the value; `count` pictures have a value."""

    text: str
    kind: str
    label: str
    count: int | None = None


def completions(
    store: Store, roots: Iterable[str], typed: str, at: int, most: int = 10
) -> tuple[int, list[Completion]]:
    """Where the word that ends at character `at` begins, and how it may go on, the likeliest first."""
    whole = typed[:at].translate(str.maketrans("“”„‟", '""""'))
    head = whole[-MOST:]
    found = (_QUOTING if whole.count('"') % 2 else _TYPED).search(head)
    if not found or (head.endswith('"') and not found[3] and not found[2]):
        return at, []
    given = (found[2] or "").lower()
    name, word = SPELT.get(given, given), plain(found[3]).strip()
    start = at - len(head) + found.end(1)
    if name in _CHOICES:
        offered = [Completion(f"{name}:{one}", name, one) for one in _CHOICES[name] if one.startswith(word)]
    elif name in _THINGS:
        offered = _values(store, roots, (name,), word)
    elif name or '"' in found[0]:
        offered = []
    else:
        offered = [Completion(f"{one}:", "field", told) for one, told in _FIELDS.items() if one.startswith(word)]
        if len(word) >= LEAST:
            offered += _values(store, roots, _FOUND_BY_VALUE, word)
    return start, offered[:most]


def _values(store: Store, roots: Iterable[str], names: tuple[str, ...], word: str) -> list[Completion]:
    """Values that begin with the word, then those in which a later word does; the most frequent first."""
    counted = values_of(store, None, roots, [_THINGS[name] for name in names])
    elsewhere = frozenset(store.called(word, begun=True)) if "place" in names else frozenset()
    found = [
        (place, -one.count, Completion(one.query, name, one.value, one.count))
        for name in names
        for place, one in _begun(counted[_THINGS[name]], word, elsewhere if name == "place" else frozenset())
    ]
    return [completion for *_, completion in sorted(found, key=lambda one: one[:2])]


def _begun(values: Iterable[Value], word: str, also: frozenset[str]) -> Iterator[tuple[int, Value]]:
    """`also` are values of which another name begins so."""
    for one in values:
        folded = plain(one.value)
        if folded.startswith(word):
            yield 0, one
        elif one.value in also or re.search(rf"[\W_]{re.escape(word)}", folded):
            yield 1, one
