"""Stars of pictures that were indexed before stars were read: looked for once, at the next indexing run; no picture is decoded for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from indexer.ahead import ahead
from indexer.connections import Tables
from indexer.paths import to_path
from indexer.records import Progress

# Files in one transaction: the most that a crash has to look at again.
BATCH = 500

RATED_BY_HAND = "EXISTS (SELECT 1 FROM edits WHERE picture_id = pictures.id AND field = 'rating')"
"""True for a picture whose stars a person gave: they outlast those of the file."""

File = tuple[int, str, int, int]
"""Picture id, absolute path as text, size, mtime_ns."""


class Ratings(Tables):
    """Which pictures' stars were never looked for. What `Catalog.put` writes was; an index makes asking cost nothing."""

    def seek(self, read: Callable[[Path], int | None], on_progress: Callable[[Progress], None]) -> None:
        """`read` the stars of each unchanged file that is there. Each batch is a transaction; goes on where it was."""
        done = last = 0
        total = self._db.execute("SELECT count(*) FROM pictures WHERE rating_sought = 0").fetchone()[0]
        while files := self._unsought(last):
            last = files[-1][0]
            found = ahead(lambda file: _stars(file, read), files, max(2, os.cpu_count() or 2), window=64)
            self._put([rating for rating in found if rating])
            done += len(files)
            on_progress(Progress("rating", done, total, 0, files[-1][1]))

    def _unsought(self, after: int) -> list[File]:
        sql = (
            "SELECT pictures.id, roots.path || '/' || pictures.path, size, mtime_ns FROM pictures "
            "JOIN roots ON roots.id = root_id AND online WHERE rating_sought = 0 AND pictures.id > ? ORDER BY 1 LIMIT ?"
        )
        return self._db.execute(sql, (after, BATCH)).fetchall()

    def _put(self, found: list[tuple[int | None, int]]) -> None:
        sql = f"UPDATE pictures SET rating_sought = 1, rating = iif({RATED_BY_HAND}, rating, ?) WHERE id = ?"
        with self._writing() as db:
            db.executemany(sql, found)


def _stars(file: File, read: Callable[[Path], int | None]) -> tuple[int | None, int] | None:
    """Stars and picture id; None for a file that is away or has changed: indexing it reads them."""
    picture, path, size, mtime_ns = file
    try:
        now = to_path(path).stat()
    except OSError:
        return None
    return (read(to_path(path)), picture) if (now.st_size, now.st_mtime_ns) == (size, mtime_ns) else None
