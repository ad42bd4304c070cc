"""What is said of a filter by which nothing can be found: a folder or place that is not there, and those that may have been meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from indexer.filters import All, AnyOf, Condition, Filter, Not, condition
from indexer.plain import plain
from indexer.store import Store
from search.errors import short
from search.query import printed

MOST = 3


def without(kept: Filter, store: Store, places: bool) -> str:
    """A sentence for each folder and (with `places`) place that a query names and where no picture is that could be found; none where all are."""
    said = []
    for name in ("in", "place") if places else ("in",):
        named = dict.fromkeys(one.value for one in _conditions(name, kept))
        empty = [value for value in named if (ids := store.filter(condition(name, value))) is not None and not len(ids)]
        if empty and name == "in":
            known = {part for path, _ in store.counts(None, ["folder"])["folder"] for part in path.split("/") if part}
            said += [_without_folder(value, known) for value in empty]
        elif empty:
            towns = {place.name.partition(", ")[0] for place in store.places(None)}
            said += [_without_place(value, towns) for value in empty]
    return " ".join(said)


def _without_folder(name: str, known: Iterable[str]) -> str:
    offered = [printed(condition("in", one)) for one in _near(name, known)]
    if re.fullmatch(r"(?:19|20)\d\d", name):
        offered.append(f"year:{name}")
    return f"No folder named {short(name)} has pictures{_meant(offered)}"


def _without_place(name: str, known: Iterable[str]) -> str:
    offered = [printed(condition("place", one)) for one in _near(name.partition(",")[0], known)]
    return f"No picture is known to be taken in {short(name)}{_meant(offered)}"


def _meant(offered: list[str]) -> str:
    return f"; did you mean {' or '.join(offered)}?" if offered else "."


def _near(name: str, known: Iterable[str]) -> list[str]:
    """Names that hold this one, the shortest first, then those that are written much like it."""
    wanted = plain(name.rpartition("/")[2])
    names = {plain(one): one for one in sorted(known)}
    holding = sorted((one for one in names if wanted in one), key=lambda one: (len(one), one))
    found = dict.fromkeys([*holding, *get_close_matches(wanted, names, MOST, 0.7)])
    return [names[one] for one in found][:MOST]


def _conditions(name: str, kept: Filter) -> Iterator[Condition]:
    match kept:
        case Condition(field) if field == name:
            yield kept
        case Not(part):
            yield from _conditions(name, part)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _conditions(name, part)
