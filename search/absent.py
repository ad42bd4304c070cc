"""What is said of a filter by which nothing can be found: a folder that is not there, and those that may have been meant."""

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


def without_folder(kept: Filter, store: Store) -> str:
    """A sentence for each folder that a query names and that holds no picture which could be found; none where all do."""
    named = dict.fromkeys(one.value for one in _folders(kept))
    empty = [name for name in named if (ids := store.filter(condition("in", name))) is not None and not len(ids)]
    if not empty:
        return ""
    known = {part for path, _ in store.counts(None, ["folder"])["folder"] for part in path.split("/") if part}
    return " ".join(_told(name, known) for name in empty)


def _told(name: str, known: Iterable[str]) -> str:
    offered = [printed(condition("in", one)) for one in _near(name, known)]
    if re.fullmatch(r"(?:19|20)\d\d", name):
        offered.append(f"year:{name}")
    meant = f"; did you mean {' or '.join(offered)}?" if offered else "."
    return f"No folder named {short(name)} has pictures{meant}"


def _near(name: str, known: Iterable[str]) -> list[str]:
    """Folders whose names hold this one, the shortest first, then those that are written much like it."""
    wanted = plain(name.rpartition("/")[2])
    names = {plain(one): one for one in sorted(known)}
    holding = sorted((one for one in names if wanted in one), key=lambda one: (len(one), one))
    found = dict.fromkeys([*holding, *get_close_matches(wanted, names, MOST, 0.7)])
    return [names[one] for one in found][:MOST]


def _folders(kept: Filter) -> Iterator[Condition]:
    match kept:
        case Condition("in", _):
            yield kept
        case Not(part):
            yield from _folders(part)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _folders(part)
