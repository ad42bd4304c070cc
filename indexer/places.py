"""Where pictures were taken, by name: each is given the place of its coordinates once, and found by it in many languages."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indexer.connections import Tables
from indexer.records import Progress
from indexer.words import as_called, indexable

if TYPE_CHECKING:
    from indexer.gazetteer import Named

# Pictures in one transaction: the most that a crash has to name again.
BATCH = 2000
NOWHERE = 0
"""The place of pictures that were taken where nobody lives; that of those not yet named is NULL."""

Known = dict[str, tuple[int, str]]
"""The ids of places by their whole names, and these as full text holds them."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its whole name ("Rome, Italy"), how many pictures were taken there, and the id of one of them."""

    name: str
    count: int
    example: int


class Places(Tables):
    """The places where pictures were taken: towns within towns within countries, each with its other names."""

    def seek(self, on_progress: Callable[[Progress], None]) -> None:
        """Name the places of pictures that have coordinates and no place yet. Each batch is a transaction; goes on where it was."""
        rows = self._db.execute(
            "SELECT id, latitude, longitude FROM pictures WHERE place_id IS NULL AND latitude IS NOT NULL ORDER BY id"
        ).fetchall()
        if not rows:
            return
        # 2 s and 210 MB: only where there is something to name, and gone before it is written down
        from indexer.gazetteer import Gazetteer

        ids, latitudes, longitudes = zip(*rows, strict=True)
        named = Gazetteer().names(np.array(latitudes, np.float64), np.array(longitudes, np.float64))
        known: Known = {}
        for start in range(0, len(ids), BATCH):
            some = slice(start, start + BATCH)
            self.put(ids[some], named[some], known)
            on_progress(Progress("place", min(len(ids), start + BATCH), len(ids), 0))
        if len(ids) > BATCH:
            # what was written anew lies scattered: searches of 80,000 took 99 ms in place of 70, this takes 0.1 s
            with self._writing() as db:
                db.execute("INSERT INTO words (words) VALUES ('optimize')")

    def called(self, name: str, begun: bool = False) -> list[str]:
        """The places that have this name in some language (with `begun`, one that begins so) and where pictures were taken."""
        said = as_called(name)
        if not said:
            return []
        # a name that begins so lies before all that begin with its last letter's successor
        which, given = ("name >= ? AND name < ?", (said, f"{said}\U0010ffff")) if begun else ("name = ?", (said,))
        sql = (
            f"SELECT id, name FROM places WHERE id IN (SELECT place_id FROM place_names WHERE {which}) AND EXISTS "
            "(WITH RECURSIVE p(id) AS (SELECT places.id UNION SELECT inner.id FROM places AS inner JOIN p ON inner.within = p.id) "
            "SELECT 1 FROM p CROSS JOIN pictures ON place_id = p.id) ORDER BY name"
        )
        return [row[1] for row in self._db.execute(sql, given)]

    def put(self, ids: Sequence[int], named: Sequence[Named], known: Known | None = None) -> None:
        """One transaction: where each of these pictures was taken. `known` grows by what is written down."""
        known, wholes = {} if known is None else known, [_whole(one) for one in named]
        with self._writing() as db:
            for whole, one in zip(wholes, named, strict=True):
                if whole not in known:
                    known[whole] = (_id_of(db, one), indexable(whole))
            rows = [(*known[whole], picture) for whole, picture in zip(wholes, ids, strict=True)]
            db.executemany("UPDATE pictures SET place_id = ? WHERE id = ?", [(place, i) for place, _, i in rows])
            # the rest of a picture's words is as it was
            db.executemany("UPDATE words SET place = ? WHERE rowid = ?", [(words, i) for _, words, i in rows])


def _whole(named: Named) -> str:
    return ", ".join(part.name for part in named)


def _id_of(db: sqlite3.Connection, named: Named) -> int:
    """The id of a place; it is written down with all that it lies in where it is new."""
    inner = NOWHERE
    for at in reversed(range(len(named))):
        part, whole = named[at], _whole(named[at:])
        sql = "INSERT OR IGNORE INTO places (name, whole, within) VALUES (?, ?, ?)"
        db.execute(sql, (whole, as_called(whole), inner or None))
        inner = int(db.execute("SELECT id FROM places WHERE name = ?", (whole,)).fetchone()[0])
        # a name may hold a comma itself ("Bonaire, Saint Eustatius and Saba"), where a filter parts it
        names = {as_called(name) for name in (part.name, *part.name.split(","), *part.others)} - {""}
        sql = "INSERT OR IGNORE INTO place_names (name, place_id) VALUES (?, ?)"
        db.executemany(sql, [(name, inner) for name in sorted(names)])
    return inner
