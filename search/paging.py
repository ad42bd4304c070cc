"""Results that are read on, page by page, while pictures come and go: rankings that are kept, and cursors into them."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from search.errors import QueryError
from search.query import Query
from search.ranking import Ranked

# Pictures in all kept rankings together, at some 300 bytes each; what a person last scrolled through stays.
MOST_ROWS = 200_000
# How many of the hits shown last a cursor names: it is lost only when all of them have left the library.
ANCHORS = 8


@dataclass(slots=True, eq=False)
class Ranking:
    """One query's pictures, as far down as they were asked for. It only grows at its end: what was shown stays where it was.

    `groups` are those that were shown, each led by its best; `free` are in no group yet, best first; `whole` says that
    no more come after these. Whoever reads or fills it holds `lock`.
    """

    depth: int
    free: list[Ranked]
    weak_below: float
    unknown: list[str]
    total: int
    whole: bool
    groups: list[list[Ranked]] = field(default_factory=list)
    known: set[int] = field(default_factory=set)
    name: str = field(default_factory=lambda: secrets.token_urlsafe(6))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.known = {row.id for row in self.free}

    def grow(self, rows: list[Ranked]) -> None:
        """Put what is not there yet at the end."""
        new = [row for row in rows if row.id not in self.known]
        self.free += new
        self.known |= {row.id for row in new}

    def take(self, groups: list[list[Ranked]]) -> None:
        """These of the free ones are shown next."""
        self.groups += groups
        taken = {row.id for group in groups for row in group}
        first = self.free[: len(taken)]
        rest = self.free[len(taken) :]  # all of it, where nothing was folded
        folded = taken != {row.id for row in first}
        self.free = [row for row in self.free if row.id not in taken] if folded else rest

    def holds(self, ids: Sequence[int]) -> bool:
        """Whether these were all shown."""
        return {row.id for group in self.groups for row in group}.issuperset(ids)

    def after(self, cursor: Cursor) -> int:
        """How many groups come up to the last hit of a cursor that is still there; as many as then where none is."""
        places = {row.id: at for at, group in enumerate(self.groups) for row in group}
        return next((places[one] + 1 for one in cursor.last if one in places), cursor.at)


class Kept:
    """The rankings last used, by name. Any thread may use it."""

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most = most_rows
        self._kept: dict[str, Ranking] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> Ranking | None:
        """The ranking, if it is still kept."""
        return self._kept.get(name)

    def put(self, ranking: Ranking) -> None:
        """Keep it as the one used last."""
        with self._lock:
            self._kept.pop(ranking.name, None)
            self._kept[ranking.name] = ranking
            rows = sum(len(one.known) for one in self._kept.values())
            while rows > self._most and len(self._kept) > 1:
                rows -= len(self._kept.pop(next(iter(self._kept))).known)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a query's next page begins: after `at` hits of a kept ranking; where that is kept no more, after the first
    of the ids `last` that is still found.
    """

    ranking: str
    query: str
    at: int
    last: tuple[int, ...]

    def __str__(self) -> str:
        said = json.dumps([self.ranking, self.query, self.at, self.last], separators=(",", ":"))
        return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")

    @classmethod
    def after(cls, ranking: Ranking, query: Query, at: int) -> Self:
        """The one after `at` groups of a ranking."""
        shown = ranking.groups[max(0, at - ANCHORS) : at]
        return cls(ranking.name, _digest(query), at, tuple(group[0].id for group in reversed(shown)))

    @classmethod
    def of(cls, query: Query) -> Self:
        """The one that a query was given. Raises QueryError for one of another query, or none at all."""
        try:
            padded = query.cursor + "=" * (-len(query.cursor) % 4)
            ranking, asked, at, last = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
            made = cls(str(ranking), str(asked), int(at), tuple(map(int, last)))
        except (ValueError, TypeError):
            made = None
        if made is None or made.at < 0 or len(made.last) > ANCHORS:
            raise QueryError("The cursor cannot be read; take the one that came with the page before as it is.")
        if made.query != _digest(query):
            raise QueryError("The cursor is of another query; begin without one.")
        return made


def _digest(query: Query) -> str:
    said = json.dumps([str(query), query.mode, query.fold])
    return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=6).hexdigest()
