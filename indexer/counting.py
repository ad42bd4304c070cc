"""How many pictures have each value of what they can be filtered by: counted in a table that is held in memory.

SQL took 3 s to count everything of 100,000 pictures, and counting in this table takes some milliseconds; it is read
again when the library has changed.
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.connections import Connections, Tables
from indexer.places import Place
from indexer.plain import plain
from indexer.records import Counts
from indexer.vectors.protocol import Ids

Codes = NDArray[np.int32]

# A table of so many pictures is read again (in 0.1 s) before it answers.
AT_ONCE = 10_000
# A bigger one is read again meanwhile, and takes no more of the machine than one part in so many.
REST = 10
# More people than these are "5 or more".
MOST_PEOPLE = 5
_COLOUR = re.compile(r'\["([a-z]+)",')


@dataclass(frozen=True, slots=True)
class _Column:
    """What pictures have of one thing: pairs of a picture's row in the table and a place in `values`."""

    values: Sequence[str]
    rows: Codes
    codes: Codes

    def count(self, chosen: NDArray[np.bool_]) -> Counts:
        found = np.bincount(self.codes[chosen[self.rows]], minlength=len(self.values))
        return [(self.values[at], int(found[at])) for at in np.flatnonzero(found).tolist()]


@dataclass(frozen=True, slots=True)
class _Table:
    """Every picture that is there (hidden ones too), by id; and a column for each thing."""

    ids: Ids
    shown: NDArray[np.bool_]
    columns: Mapping[str, _Column]

    def chosen(self, among: Ids | None) -> NDArray[np.bool_]:
        return self.shown if among is None else np.isin(self.ids, among, assume_unique=True)


class Counting(Tables):
    """Counts by value, over all pictures or some. Any thread may ask."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self._lock = threading.Lock()
        self._table: _Table | None = None
        self._changes = -1
        self._took = self._read_at = 0.0
        self._reading: threading.Thread | None = None

    def counts(self, among: Ids | None, of: Iterable[str]) -> dict[str, Counts]:
        """How many of these pictures (None: of all that are not hidden) have each value, thing by thing, in no order.

        `of` are: folder ("ROOT/PATH", the root by its whole path), type, day, camera, lens, rating, orientation,
        state, tag, object, people ("1" to "5", which is five or more), place (a town, and what it lies in), colour, has
        (what `has:` takes).
        """
        table = self._now()
        chosen = table.chosen(among)
        return {name: table.columns[name].count(chosen) for name in of}

    def places(self, among: Ids | None) -> list[Place]:
        """Where these pictures (None: all that are not hidden) were taken: every town, state and country, in no order."""
        table = self._now()
        column = table.columns["place"]
        held = table.chosen(among)[column.rows]
        codes, first, counts = np.unique(column.codes[held], return_index=True, return_counts=True)
        examples = table.ids[column.rows[held][first]]
        return [
            Place(column.values[code], count, example)
            for code, count, example in zip(codes.tolist(), counts.tolist(), examples.tolist(), strict=True)
        ]

    def close(self) -> None:
        """Wait for what is being read."""
        if self._reading:
            self._reading.join()

    def _now(self) -> _Table:
        with self._lock:
            if self._table is None or (len(self._table.ids) <= AT_ONCE and self._stale()):
                self._read()
            elif not self._reading and self._stale() and time.monotonic() - self._read_at > REST * self._took:
                self._reading = threading.Thread(target=self._read_beside, name="counting", daemon=True)
                self._reading.start()
            assert self._table is not None
            return self._table

    def _stale(self) -> bool:
        return self.connections.changes() != self._changes

    def _read_beside(self) -> None:
        try:
            self._read()
        finally:
            self._reading = None

    def _read(self) -> None:
        started = time.monotonic()
        # before it is read: what is written meanwhile is read the next time
        changes = self.connections.changes()
        sql = (
            "SELECT pictures.id, state, colours, latitude IS NOT NULL, taken_at IS NOT NULL, damaged, coalesce(place_id, 0), roots.path || '/' || folder, "
            "format, substr(moment, 1, 10), camera, lens, rating, "
            "CASE WHEN width > height THEN 'landscape' WHEN width < height THEN 'portrait' ELSE 'square' END "
            "FROM pictures JOIN roots ON roots.id = root_id AND online ORDER BY pictures.id"
        )
        rows = self._db.execute(sql).fetchall()
        ids, states, colours, located, dated, damaged, places = (
            list(zip(*(row[:7] for row in rows), strict=True)) if rows else [()] * 7
        )
        held = np.array(ids, np.int64)
        names = ("folder", "type", "day", "camera", "lens", "rating", "orientation")
        columns = {name: _single([row[at] for row in rows]) for at, name in enumerate(names, 7)}
        columns["state"] = _single(states)
        named = [(at, name) for at, said in enumerate(colours) for name in _COLOUR.findall(said)]
        columns["colour"] = _column([at for at, _ in named], [name for _, name in named])
        columns["tag"] = self._words(held, "SELECT picture_id, text FROM texts WHERE kind = 'tag'")
        columns["object"] = self._words(held, "SELECT picture_id, label FROM objects")
        columns["people"] = self._people(held)
        columns["place"] = self._places(places)
        columns["has"] = self._has(
            held,
            columns,
            {"gps": np.flatnonzero(located), "date": np.flatnonzero(dated), "damage": np.flatnonzero(damaged)},
        )
        shown = np.array([state != "hidden" for state in states], bool)
        self._table = _Table(held, shown, columns)
        self._changes, self._read_at = changes, time.monotonic()
        self._took = self._read_at - started

    def _people(self, held: Ids) -> _Column:
        """How many people were seen in each picture in which any were."""
        labels = [
            label for (label,) in self._db.execute("SELECT DISTINCT label FROM objects") if plain(label) == "person"
        ]
        sql = f"SELECT picture_id, min(count(*), ?) FROM objects WHERE label IN ({', '.join('?' * len(labels))}) GROUP BY picture_id"
        return _there(held, self._db.execute(sql, (MOST_PEOPLE, *labels)).fetchall())

    def _places(self, places: Sequence[int]) -> _Column:
        """Where each picture was taken (0: nobody knows), and all that this lies in."""
        tree = self._db.execute("SELECT id, name, coalesce(within, 0) FROM places ORDER BY id").fetchall()
        values, within = [""] * (tree[-1][0] + 1 if tree else 1), np.zeros(tree[-1][0] + 1 if tree else 1, np.int32)
        for place, name, around in tree:
            values[place], within[place] = name, around
        levels = [np.array(places, np.int32)]
        while levels[-1].any():
            levels.append(within[levels[-1]])
        each = np.stack(levels)
        return _Column(values, np.nonzero(each)[1].astype(np.int32), each[each > 0])

    def _has(self, held: Ids, columns: Mapping[str, _Column], rows: dict[str, NDArray[np.integer]]) -> _Column:
        """What is known of each picture at all, whatever it is; of some things it was found out already."""
        rows |= {name: np.unique(columns[name].rows) for name in ("tag", "object", "camera", "rating")}
        sql = "SELECT picture_id, kind FROM texts WHERE kind IN ('caption', 'ocr', 'note')"
        said = _there(held, self._db.execute(sql).fetchall())
        rows |= {kind: np.unique(said.rows[said.codes == code]) for code, kind in enumerate(said.values)}
        codes = np.repeat(np.arange(len(rows), dtype=np.int32), [len(each) for each in rows.values()])
        return _Column(list(rows), np.concatenate(list(rows.values())).astype(np.int32), codes)

    def _words(self, held: Ids, sql: str) -> _Column:
        """Words that compare alike are one value, as most write it; each counts once a picture."""
        rows = self._db.execute(sql).fetchall()
        words = [word for _, word in rows]
        folded = {word: plain(word) for word in set(words)}
        written: dict[str, str] = {}
        for word, _ in Counter(words).most_common():
            written.setdefault(folded[word], word)
        made = _there(held, [(picture, written[folded[word]]) for picture, word in rows])
        kinds = max(1, len(made.values))
        each = np.unique(made.rows.astype(np.int64) * kinds + made.codes)
        return _Column(made.values, (each // kinds).astype(np.int32), (each % kinds).astype(np.int32))


def _there(held: Ids, rows: Sequence[tuple[int, object]]) -> _Column:
    """Values by picture; of pictures that are away none."""
    found = np.array([picture for picture, _ in rows], np.int64)
    made = _column(np.searchsorted(held, found), [str(value) for _, value in rows])
    there = np.isin(found, held)
    return _Column(made.values, made.rows[there], made.codes[there])


def _single(values: Sequence[object]) -> _Column:
    held = [(at, str(value)) for at, value in enumerate(values) if value is not None]
    return _column([at for at, _ in held], [value for _, value in held])


def _column(rows: Sequence[int] | Ids, values: Sequence[str]) -> _Column:
    places: dict[str, int] = {}
    codes = [places.setdefault(value, len(places)) for value in values]
    return _Column(list(places), np.array(rows, np.int32), np.array(codes, np.int32))
