"""What could not be used, in the catalog's table: which file, in which pass, why, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.connections import Tables
from indexer.records import Failure, Stage
from indexer.upright import REPAIR
from indexer.words import clean

DAMAGED = "The file is damaged: only part of the picture could be read."


class Failures(Tables):
    """Kept until the file changes, is well, or is tried once more."""

    def put(
        self, root_id: int, relative: str, stage: Stage, reason: str, remedy: str, size: int, mtime_ns: int, now: str,
        model: str = "",
    ) -> None:  # fmt: skip
        """Note why a file could not be used (by this model), and with which size and time that was so."""
        with self._writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (root_id, relative, stage, model, clean(reason), clean(remedy), size, mtime_ns, now),
            )

    def put_picture(self, picture_id: int, stage: Stage, model: str, reason: str, remedy: str, now: str) -> None:
        """Note that a model failed on an indexed picture in a task of the second pass."""
        row = self._db.execute(
            "SELECT root_id, path, size, mtime_ns FROM pictures WHERE id = ?", (picture_id,)
        ).fetchone()
        if row:
            self.put(row[0], row[1], stage, reason, remedy, row[2], row[3], now, model)

    def stamps(self, root_id: int, stage: Stage) -> dict[str, tuple[int, int]]:
        """(size, mtime_ns) of each file that failed, by relative path."""
        sql = "SELECT path, size, mtime_ns FROM failures WHERE root_id = ? AND stage = ?"
        return {path: (size, mtime) for path, size, mtime in self._db.execute(sql, (root_id, stage))}

    def try_again(self, stage: Stage, model: str) -> None:
        """Forget what this model failed on in this task, so that it is tried once more."""
        with self._writing() as db:
            db.execute("DELETE FROM failures WHERE stage = ? AND model = ?", (stage, model))

    def forget(self, root_id: int, gone: Sequence[str]) -> None:
        """Drop those of files that are gone."""
        if gone:
            with self._writing() as db:
                sql = "DELETE FROM failures WHERE root_id = ? AND path = ?"
                db.executemany(sql, [(root_id, relative) for relative in gone])

    def paths(self, root_id: int) -> set[str]:
        """Relative paths of the files that failed in any pass."""
        return {row[0] for row in self._db.execute("SELECT path FROM failures WHERE root_id = ?", (root_id,))}

    def counts(self) -> dict[tuple[str, str], int]:
        """How many pictures failed in each stage by each model, and how many are damaged."""
        sql = "SELECT stage, model, count(*) FROM failures GROUP BY stage, model"
        counted = {(stage, model): number for stage, model, number in self._db.execute(sql)}
        (damaged,) = self._db.execute("SELECT count(*) FROM pictures WHERE damaged").fetchone()
        return counted | {("damaged", ""): damaged} if damaged else counted

    def all(self, since: str = "", limit: int = -1) -> list[Failure]:
        """Failures (of this time or later) and damaged pictures, newest first."""
        sql = (
            "SELECT roots.path || '/' || f.path, stage, reason, remedy, seen_at, model FROM ("
            "SELECT root_id, path, stage, reason, remedy, seen_at, model FROM failures UNION ALL "
            "SELECT root_id, path, 'damaged', ?, ?, added_at, '' FROM pictures WHERE damaged"
            ") AS f JOIN roots ON roots.id = root_id WHERE seen_at >= ? ORDER BY seen_at DESC, 1 LIMIT ?"
        )
        return [Failure(*row) for row in self._db.execute(sql, (DAMAGED, REPAIR, since, limit))]
