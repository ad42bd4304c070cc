"""What each model has embedded: vectors put beside those of other models, counted, and dropped."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from indexer.connections import Tables

CHUNK = 10_000


class ModelVectors(Tables):
    """For adding a model and dropping one."""

    def lacking(self, model_id: int, after: int, limit: int) -> list[int]:
        """Ids above `after` of pictures without a vector of this model, sorted; those of absent roots too."""
        sql = (
            "SELECT id FROM pictures WHERE id > ? AND NOT EXISTS "
            "(SELECT 1 FROM embeddings WHERE model_id = ? AND picture_id = id) ORDER BY id LIMIT ?"
        )
        return [row[0] for row in self._db.execute(sql, (after, model_id, limit))]

    def counts(self) -> dict[int, int]:
        """Model id -> how many pictures have a vector of it."""
        return dict(self._db.execute("SELECT model_id, count(*) FROM embeddings GROUP BY model_id"))

    def pictures(self) -> int:
        """How many pictures there are, those of absent roots among them."""
        return int(self._db.execute("SELECT count(*) FROM pictures").fetchone()[0])

    def put(self, model_id: int, by_content: Mapping[str, NDArray[np.float32]]) -> int:
        """Give a vector to every picture with one of these contents that has none yet; returns how many got one.

        By content, not by id: another process may have changed, removed or copied a picture since it was decoded.
        """
        rows = [
            (model_id, vector.astype(np.float16).tobytes(), content, model_id) for content, vector in by_content.items()
        ]
        sql = (
            "INSERT INTO embeddings (picture_id, model_id, vector) SELECT id, ?, ? FROM pictures WHERE hash = ? "
            "AND NOT EXISTS (SELECT 1 FROM embeddings WHERE model_id = ? AND picture_id = id)"
        )
        with self._writing() as db:
            before = db.total_changes
            db.executemany(sql, rows)
            put = db.total_changes - before
            db.execute("UPDATE models SET generation = generation + 1 WHERE id = ?", (model_id,))
        return put

    def drop(self, model_id: int) -> None:
        """Forget a model's vectors, some at a time, so that no reader or writer waits for long.

        The generation stays: a reader that has not moved to another model yet goes on with what it holds in memory.
        """
        sql = (
            "DELETE FROM embeddings WHERE model_id = ? AND picture_id IN "
            "(SELECT picture_id FROM embeddings WHERE model_id = ? LIMIT ?)"
        )
        gone = True
        while gone:
            with self._writing() as db:
                gone = db.execute(sql, (model_id, model_id, CHUNK)).rowcount > 0

    def shrink(self) -> bool:
        """Give the room of what was deleted back to the disk; False when there is no room to do so, or others use it."""
        try:
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError:
            return False
        return True
