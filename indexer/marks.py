"""What is kept of pictures by their content, for the finder of duplicates: looks, comparisons, decisions.

Rows go by content hash and outlive their pictures: a file that leaves and comes back finds its decisions again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Literal

from indexer.connections import Tables

Decision = Literal["keep", "best"]
Pair = tuple[str, str]


class Marks(Tables):
    """Looks, comparisons and decisions."""

    def looks(self) -> dict[str, tuple[bytes, float]]:
        """Sketch and sharpness of each content."""
        return {key: (sketch, sharp) for key, sketch, sharp in self._db.execute("SELECT * FROM looks")}

    def unseen(self) -> list[str]:
        """The contents of pictures that were not looked at yet."""
        sql = (
            "SELECT DISTINCT hash FROM pictures WHERE NOT EXISTS (SELECT 1 FROM looks WHERE looks.hash = pictures.hash)"
        )
        return [content for (content,) in self._db.execute(sql)]

    def sketches(self, ids: Sequence[int]) -> dict[int, bytes]:
        """The sketches of these pictures; those that were not looked at are left out."""
        sql = (
            "SELECT pictures.id, sketch FROM pictures JOIN looks ON looks.hash = pictures.hash "
            "WHERE pictures.id IN (SELECT value FROM json_each(?))"
        )
        return dict(self._db.execute(sql, (json.dumps([int(i) for i in ids]),)))

    def put_looks(self, rows: Sequence[tuple[str, bytes, float]]) -> None:
        """(hash, sketch, sharpness)."""
        with self._writing() as db:
            db.executemany("INSERT OR REPLACE INTO looks VALUES (?, ?, ?)", rows)

    def compared(self, version: int) -> dict[Pair, str | None]:
        """How the second differs from the first, None where they are two pictures, as this version saw it."""
        sql = "SELECT first, second, how FROM comparisons WHERE version = ?"
        return {(first, second): how for first, second, how in self._db.execute(sql, (version,))}

    def put_compared(self, rows: Iterable[tuple[Pair, str | None]], version: int) -> None:
        """Replaces what an earlier version saw."""
        with self._writing() as db:
            db.executemany(
                "INSERT OR REPLACE INTO comparisons VALUES (?, ?, ?, ?)", [(*pair, version, how) for pair, how in rows]
            )

    def stamp(self) -> tuple[int, int, int, int]:
        """Changes with every decision, and with every edit: what a list of duplicates that is kept goes by."""
        sql = (
            "SELECT (SELECT count(*) FROM decisions), (SELECT coalesce(max(id), 0) FROM decisions), "
            "(SELECT coalesce(max(id), 0) FROM edits), (SELECT count(*) FROM undone_edits)"
        )
        found: tuple[int, int, int, int] = self._db.execute(sql).fetchone()
        return found

    def kept(self) -> set[Pair]:
        """Pairs of contents that are both to be kept; (h, h) for copies of one content."""
        sql = "SELECT first, second FROM decisions WHERE decision = 'keep'"
        return {(first, second) for first, second in self._db.execute(sql)}

    def chosen(self) -> dict[str, tuple[int, str]]:
        """Contents chosen as best of their group, each with a number (the higher, the later) and the path it was named by."""
        sql = "SELECT first, rowid, second FROM decisions WHERE decision = 'best' ORDER BY rowid"
        return {content: (number, path) for content, number, path in self._db.execute(sql)}

    def decide(self, decision: Decision, pairs: Iterable[Pair], now: str) -> None:
        """The second of a `best` is the path of the file that was chosen."""
        with self._writing() as db:
            db.executemany(
                "INSERT OR REPLACE INTO decisions (first, second, decision, made_at) VALUES (?, ?, ?, ?)",
                [(*pair, decision, now) for pair in pairs],
            )

    def ask_again(self, contents: Sequence[str]) -> int:
        """Drop every decision on these contents; how many there were."""
        among = json.dumps(list(contents))
        each = "(SELECT value FROM json_each(?))"
        with self._writing() as db:
            gone = db.execute(f"DELETE FROM decisions WHERE first IN {each} OR second IN {each}", (among, among))
            return gone.rowcount
