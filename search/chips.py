"""A query as chips: its parts one by one, each as it is written in the query language, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from indexer.filters import EVERY_PICTURE, All, Filter
from search.parser import Part
from search.query import OPERATORS, Example, Order, Query, Term, Words, printed

Kind = Literal["words", "example", "filter", "order"]
_LAST = {"filter": 1, "order": 2}


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of a query. The texts of all, joined by spaces, are the query again.

    `what` is what is looked for, without its weight: the words, or what an example names. `start` and `end` are the
    characters where it stands in what was typed, None for what was given otherwise; plain words may have others within.
    """

    kind: Kind
    text: str
    what: str
    weight: float = 1.0
    picture: int | None = None
    box_xywh: tuple[int, int, int, int] | None = None
    start: int | None = None
    end: int | None = None


def chips(query: Query, typed: Query, parts: Sequence[Part]) -> list[Chip]:
    """Every part of a query: those that were `typed` (`parts`, of `parse_parts`), and what it was given beside that."""
    made: list[Chip] = []
    for part in parts:
        if isinstance(part.what, Words) and typed.text and not made:
            # the plain words come first; a term of one weight may say the same
            made.append(Chip("words", _plain(typed.text), typed.text, start=part.start, end=part.end))
        elif not isinstance(part.what, str):
            made.append(_chip(part.what, part.start, part.end))
    made += [_chip(term) for term in query.terms[len(typed.terms) :]]
    made += [_chip(one) for one in _conditions(query.filters)[len(_conditions(typed.filters)) :]]
    if query.order != "relevance":
        place = next(((part.start, part.end) for part in parts if part.what == query.order), (None, None))
        made.append(_chip(query.order, *place))
    return sorted(made, key=lambda chip: _LAST.get(chip.kind, 0))


def _chip(what: Term | Filter | Order, start: int | None = None, end: int | None = None) -> Chip:
    match what:
        case Words(text, weight):
            return Chip("words", str(what), text, weight, start=start, end=end)
        case Example(number, path, _, box, weight):
            named = str(number) if number is not None else path
            return Chip("example", str(what), named, weight, number, box, start, end)
        case str():
            return Chip("order", f"sort:{what}", what, start=start, end=end)
        case _:
            text = printed(what)
            return Chip("filter", text, text, start=start, end=end)


def _plain(text: str) -> str:
    """Plain words as they can stand before anything else."""
    return f"({text})" if text.lower().rpartition(" ")[2] in OPERATORS else text


def _conditions(kept: Filter) -> tuple[Filter, ...]:
    if kept == EVERY_PICTURE:
        return ()
    return kept.parts if isinstance(kept, All) else (kept,)
