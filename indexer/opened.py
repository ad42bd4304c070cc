"""Which pictures a person looked at, and when last: a hint of what to do first, kept in the library and nowhere else."""

from __future__ import annotations

import contextlib
import sqlite3

from indexer.connections import Tables

# an edit or a judgement is a look too
LOOKED_AT = (
    "SELECT picture_id, max(at) AS at FROM (SELECT picture_id, at FROM opened UNION ALL "
    "SELECT picture_id, made_at FROM edits UNION ALL SELECT picture_id, created_at FROM judgements) GROUP BY picture_id"
)
"""The last look (UTC, ISO 8601) at each picture that a person opened, edited or judged."""


class Opened(Tables):
    """When each picture was last opened."""

    def note(self, picture_id: int, now: str) -> None:
        """A person opened this picture. Never waits and never fails: what cannot be written at once is dropped."""
        with contextlib.suppress(sqlite3.Error), self.connections.impatient() as db:
            db.execute("INSERT OR REPLACE INTO opened VALUES (?, ?)", (picture_id, now))

    def since(self, when: str) -> list[int]:
        """Pictures that were opened, edited or judged at this time or later, the last first."""
        sql = f"SELECT picture_id FROM ({LOOKED_AT}) WHERE at >= ? ORDER BY at DESC, picture_id DESC"
        return [row[0] for row in self._db.execute(sql, (when,))]

    def forget(self) -> int:
        """Forget which pictures were opened; how many there were."""
        with self._writing() as db:
            return db.execute("DELETE FROM opened").rowcount
