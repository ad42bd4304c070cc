"""The library's catalog: pictures and their vectors, and the door to everything else that is kept of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from indexer import integrity
from indexer import lexical as lexical_search
from indexer.concepts import TaughtConcepts
from indexer.connections import Connections, Tables
from indexer.content import copy_said, forget_content, refresh_words, twin_of
from indexer.counting import Counting
from indexer.edits import Edits
from indexer.errors import LibraryDamaged, LibraryError, LibraryTooNew
from indexer.failures import Failures
from indexer.filters import EVERY_PICTURE, Filter, asks
from indexer.imports import Imports
from indexer.judgements import Judgements
from indexer.marks import Marks
from indexer.model_vectors import ModelVectors
from indexer.opened import Opened
from indexer.places import Places
from indexer.plain import plain
from indexer.records import LexicalMatch, NewPicture, Picture
from indexer.roots import Roots
from indexer.rows import PICTURES, file_time, matrix, picture_of
from indexer.saved import SavedSearches
from indexer.texts import Texts
from indexer.told import RATED_BY_HAND, ToldElsewhere, put_told
from indexer.vectors.protocol import Ids
from indexer.where import where
from indexer.words import phrase
from vlm.protocols import Vectors

LATEST = 16
"""How many migrations this version knows; kept in SQLite's user_version so that opening need not look further."""

CHUNK = 10_000
# Up to so many are cheaper to leave out of what was found than to list all others (60 ms for 100,000).
FEW_HIDDEN = 1000


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalog knows of one file: enough to tell whether it changed."""

    id: int
    size: int
    mtime_ns: int
    hash: str
    sidecar: str = ""


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One embedder whose vectors are kept."""

    id: int
    spec: str
    revision: str
    dim: int


class Catalog(Tables):
    """A library's catalog.sqlite: pictures and vectors here, each other job in a part of its own. Any thread may use it."""

    def __init__(self, path: Path) -> None:
        connections = Connections(path)
        super().__init__(connections)
        self._path = path
        self.roots = Roots(connections)
        self.texts = Texts(connections)
        self.edits = Edits(connections)
        self.failures = Failures(connections)
        self.concepts = TaughtConcepts(connections)
        self.imports = Imports(connections)
        self.told = ToldElsewhere(connections)
        self.judgements = Judgements(connections)
        self.saved = SavedSearches(connections)
        self.marks = Marks(connections)
        self.opened = Opened(connections)
        self.places = Places(connections)
        self.model_vectors = ModelVectors(connections)
        self.counting = Counting(connections)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Create or migrate. Raises LibraryTooNew (the file stays as it is), LibraryDamaged, or LibraryError."""
        catalog = cls(path)
        try:
            version = catalog._db.execute("PRAGMA user_version").fetchone()[0]
            if version > LATEST:
                raise LibraryTooNew(f"{path} was written by a newer imsearch; update imsearch to open it.")
            if version < LATEST:
                catalog._migrate(version)
        except sqlite3.OperationalError as error:
            # Locked, no such folder, disk full: nothing is wrong with the file, so nobody should give it up.
            catalog.close()
            raise LibraryError(f"{path} cannot be opened ({error}).") from None
        except sqlite3.DatabaseError as error:
            catalog.close()
            raise LibraryDamaged(
                f"{path} cannot be opened ({error}); restore it, or index into a new folder."
            ) from None
        except LibraryTooNew:
            catalog.close()
            raise
        return catalog

    def _migrate(self, version: int) -> None:
        from filelock import FileLock
        from sqlite_utils import Database

        from indexer.migrations import migrations

        # Two processes may open a new library at once; the second finds everything done.
        with FileLock(f"{self._path}.migrating"):
            self._db.execute("PRAGMA journal_mode = WAL")
            migrations.apply(Database(self._db, execute_plugins=False))
            if version < 8:  # m008 emptied it
                self.mend()
            self._db.execute(f"PRAGMA user_version = {LATEST}")

    def close(self) -> None:
        """Close every thread's connection."""
        self.counting.close()
        self.connections.close()

    # -- models ------------------------------------------------------------------------------------------------------

    def add_model(self, spec: str, revision: str, dim: int) -> int:
        """The model's id; a known one is not added again."""
        row = self._db.execute("SELECT id FROM models WHERE spec = ? AND revision = ?", (spec, revision)).fetchone()
        if row:
            return int(row[0])
        with self._writing() as db:
            made = db.execute("INSERT INTO models (spec, revision, dim) VALUES (?, ?, ?)", (spec, revision, dim))
            return int(made.lastrowid or 0)

    def models(self) -> list[ModelRow]:
        """Every model that has or had vectors here."""
        return [ModelRow(*row) for row in self._db.execute("SELECT id, spec, revision, dim FROM models ORDER BY id")]

    def generation(self, model_id: int) -> int:
        """A number that grows with every change to a model's vectors: what a cache of them is checked against."""
        return int(self._db.execute("SELECT generation FROM models WHERE id = ?", (model_id,)).fetchone()[0])

    # -- files -----------------------------------------------------------------------------------------------------

    def known(self, root_id: int) -> dict[str, Known]:
        """What is known of each file below a root, by its relative path."""
        sql = "SELECT path, id, size, mtime_ns, hash, sidecar FROM pictures WHERE root_id = ?"
        return {path: Known(*rest) for path, *rest in self._db.execute(sql, (root_id,))}

    def same_content(self, content: str) -> list[int]:
        """Ids of the pictures with this content hash."""
        return [row[0] for row in self._db.execute("SELECT id FROM pictures WHERE hash = ? ORDER BY id", (content,))]

    def put(self, model_id: int, batch: Sequence[tuple[NewPicture, NDArray[np.float32] | None]], now: str) -> list[int]:
        """Insert or replace pictures with their vectors; returns their ids.

        A changed file loses what models said of its old content and keeps notes, the user's tags and judgements.
        With None for a vector, it is copied, with what models said, from a picture of the same content.
        Raises ValueError when there is no such picture.
        """
        with self._writing() as db:
            ids = [self._put_one(db, model_id, picture, vector, now) for picture, vector in batch]
            _bump(db, model_id)
            return ids

    def _put_one(
        self, db: sqlite3.Connection, model_id: int, new: NewPicture, vector: NDArray[np.float32] | None, now: str
    ) -> int:
        old = db.execute(
            "SELECT id, hash, width, height FROM pictures WHERE root_id = ? AND path = ?", (new.root_id, new.relative)
        ).fetchone()
        if old and old[1] != new.hash:
            forget_content(db, old[0], old[2:] == (new.width, new.height))
        folder, _, name = new.relative.rpartition("/")
        row = {
            "root_id": new.root_id, "path": new.relative, "folder": folder, "name": name, "hash": new.hash,
            "size": new.size, "mtime_ns": new.mtime_ns, "width": new.width, "height": new.height,
            "format": new.format, "moment": new.exif.taken_at or file_time(new.mtime_ns) or now, "taken_at": new.exif.taken_at,
            "clock": new.exif.clock, "camera": new.exif.camera, "lens": new.exif.lens, "latitude": new.exif.latitude,
            "longitude": new.exif.longitude, "orientation": new.exif.orientation, "rating": new.exif.rating,
            "told_sought": 1, "sidecar": new.sidecar, "colours": json.dumps([[c.name, c.rgb, c.share] for c in new.colours]),
            "damaged": new.damaged, "added_at": now, "place_id": None,
        }  # fmt: skip
        updates = ", ".join(f"{key} = excluded.{key}" for key in row if key not in ("added_at", "rating"))
        updates += f", rating = iif({RATED_BY_HAND}, pictures.rating, excluded.rating)"
        picture_id: int = db.execute(
            f"INSERT INTO pictures ({', '.join(row)}) VALUES ({', '.join('?' * len(row))}) "
            f"ON CONFLICT (root_id, path) DO UPDATE SET {updates} RETURNING id",
            tuple(row.values()),
        ).fetchone()[0]
        blob = None if vector is None else vector.astype(np.float16).tobytes()
        if blob is None and not _has_vector(db, model_id, picture_id):
            twin, blob = twin_of(db, model_id, new.hash, picture_id)
            # a file known with this content lacks the vector alone: its words are there, or will be made
            if not old or old[1] != new.hash:
                copy_said(db, twin, picture_id)
        put_told(db, picture_id, new.told, now)
        if blob is not None:
            db.execute("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?)", (picture_id, model_id, blob))
        db.execute(
            "DELETE FROM failures WHERE root_id = ? AND path = ? AND stage = 'index'", (new.root_id, new.relative)
        )
        refresh_words(db, [picture_id])
        return picture_id

    def move(self, moves: Sequence[tuple[int, int, str, int, int]]) -> None:
        """(picture id, root id, relative path, size, mtime_ns): the same pictures elsewhere; everything is kept."""
        if moves:
            with self._writing() as db:
                _move(db, moves)

    def touch(self, rows: Sequence[tuple[int, int, int]]) -> None:
        """(id, size, mtime_ns) of files whose time changed and whose content did not."""
        if rows:
            with self._writing() as db:
                db.executemany(
                    "UPDATE pictures SET size = ?, mtime_ns = ?, moment = coalesce(taken_at, ?, added_at) WHERE id = ?",
                    [(s, m, file_time(m), i) for i, s, m in rows],
                )

    def adopt(self, inner_id: int, root_id: int, below: str) -> None:
        """Make a root part of the one around it, in which it lies at `below`: its pictures keep what is known of them."""
        with self._writing() as db:
            known = {row[0] for row in db.execute("SELECT path FROM pictures WHERE root_id = ?", (root_id,))}
            rows = db.execute("SELECT id, path, size, mtime_ns FROM pictures WHERE root_id = ?", (inner_id,)).fetchall()
            # where both know a file, it is one picture: the outer root's
            _remove(db, [picture for picture, path, *_ in rows if f"{below}/{path}" in known])
            _move(
                db,
                [(i, root_id, f"{below}/{path}", *rest) for i, path, *rest in rows if f"{below}/{path}" not in known],
            )
            db.execute("DELETE FROM roots WHERE id = ?", (inner_id,))

    def remove(self, ids: Sequence[int]) -> None:
        """Forget pictures with all that is known of them."""
        if ids:
            with self._writing() as db:
                _remove(db, ids)

    # -- vectors ---------------------------------------------------------------------------------------------------

    def embeddings(self, model_id: int) -> Iterator[tuple[Ids, Vectors]]:
        """Every vector of a model, by id, in chunks: (n,) ids and (n, dim) float32."""
        last = 0
        sql = "SELECT picture_id, vector FROM embeddings WHERE model_id = ? AND picture_id > ? ORDER BY picture_id LIMIT ?"
        while rows := self._db.execute(sql, (model_id, last, CHUNK)).fetchall():
            last = rows[-1][0]
            yield np.array([row[0] for row in rows], dtype=np.int64), matrix([row[1] for row in rows])

    def vectors(self, model_id: int, ids: Sequence[int], zeros: int | None = None) -> Vectors:
        """(n, dim) float32 in the order asked. For a picture that has none so many `zeros`, or KeyError is raised."""
        sql = "SELECT picture_id, vector FROM embeddings WHERE model_id = ? AND picture_id IN (SELECT value FROM json_each(?))"
        blobs = dict(self._db.execute(sql, (model_id, json.dumps([int(i) for i in ids]))))
        if zeros is not None:
            blobs = dict.fromkeys(map(int, ids), bytes(2 * zeros)) | blobs
        return matrix([blobs[int(i)] for i in ids])

    def ids(self, model_id: int) -> Ids:
        """Ids of the pictures that have a vector of this model, sorted."""
        sql = "SELECT picture_id FROM embeddings WHERE model_id = ? ORDER BY picture_id"
        return np.array([row[0] for row in self._db.execute(sql, (model_id,))], dtype=np.int64)

    # -- reading ---------------------------------------------------------------------------------------------------

    def get(self, ids: Sequence[int]) -> list[Picture]:
        """Pictures in the order asked; unknown ids are left out."""
        sql = f"{PICTURES} WHERE pictures.id IN (SELECT value FROM json_each(?))"
        found = {row[0]: picture_of(row) for row in self._db.execute(sql, (json.dumps([int(i) for i in ids]),))}
        return [found[int(i)] for i in ids if int(i) in found]

    def find(self, path: str) -> Picture | None:
        """The picture at an absolute path (as text)."""
        for root_id, root in self.roots.paths().items():
            prefix = root.rstrip("/") + "/"
            if path.startswith(prefix):
                sql = f"{PICTURES} WHERE root_id = ? AND pictures.path = ?"
                row = self._db.execute(sql, (root_id, path.removeprefix(prefix))).fetchone()
                if row:
                    return picture_of(row)
        return None

    def count(self) -> int:
        """How many pictures can be found: those of roots that are there, and not hidden."""
        every = "SELECT count(*) FROM pictures"
        away = f"{every} WHERE root_id IN (SELECT id FROM roots WHERE NOT online)"
        hidden = f"{every} WHERE state = 'hidden' AND root_id IN (SELECT id FROM roots WHERE online)"
        # each count by an index of its own: asking every row for its state or its root takes ten times as long
        return int(self._db.execute(f"SELECT ({every}) - ({away}) - ({hidden})").fetchone()[0])

    def filter(self, kept: Filter) -> Ids | None:
        """Sorted ids that the filter keeps and are online; without hidden ones unless it asks for a state.

        None when that is every picture, but for a few hidden ones, which the store leaves out.
        """
        hidden = np.zeros(0, np.int64) if asks(kept, "state") else self.hidden()
        some_offline = self._db.execute("SELECT 1 FROM roots WHERE NOT online").fetchone()
        if kept == EVERY_PICTURE and not some_offline and len(hidden) <= FEW_HIDDEN:
            return None
        clause, given = where(kept)
        sql = f"SELECT pictures.id FROM pictures JOIN roots ON roots.id = root_id WHERE online AND {clause} ORDER BY 1"
        ids = np.array([row[0] for row in self._db.execute(sql, given)], np.int64)
        # not in SQL: it would read each picture's row, where an index alone answers most filters
        return ids[~np.isin(ids, hidden)]

    def hidden(self) -> Ids:
        """Ids of the pictures that no search finds unless it asks for their state."""
        return np.array(
            [row[0] for row in self._db.execute("SELECT id FROM pictures WHERE state = 'hidden'")], np.int64
        )

    def is_folder(self, name: str) -> bool:
        """Whether pictures lie below a folder of this name; of many whose folders hold its words, some are looked at."""
        expression = phrase(name)
        if expression is None:
            return False
        # not by the filter `in`, which looks at every folder: 30 ms of 100,000 pictures, at each search
        sql = (
            "SELECT DISTINCT roots.path || '/' || folder || '/' FROM pictures JOIN roots ON roots.id = root_id "
            "WHERE pictures.id IN (SELECT rowid FROM words WHERE words MATCH ? LIMIT 200)"
        )
        wanted = f"/{plain(name)}/"
        return any(wanted in plain(path) for (path,) in self._db.execute(sql, (f"{{folder}} : {expression}",)))

    def cameras(self) -> list[str]:
        """The names of all cameras, in order."""
        # from one name to the next by the index: DISTINCT would read a row for every picture
        sql = (
            "WITH RECURSIVE one(camera) AS (SELECT min(camera) FROM pictures UNION ALL "
            "SELECT (SELECT min(camera) FROM pictures WHERE camera > one.camera) FROM one WHERE camera IS NOT NULL) "
            "SELECT camera FROM one WHERE camera IS NOT NULL"
        )
        return [row[0] for row in self._db.execute(sql)]

    def ordered(self, among: Ids | None, newest_first: bool, limit: int) -> Ids:
        """Ids by the time taken, or the file's time where the camera wrote none that can be right; without `among`, of what is not hidden."""
        within = "WHERE state != 'hidden' " if among is None else "WHERE id IN (SELECT value FROM json_each(?)) "
        given = () if among is None else (json.dumps(among.tolist()),)
        way = "DESC" if newest_first else "ASC"
        sql = f"SELECT id FROM pictures {within}ORDER BY moment {way}, id {way} LIMIT ?"
        return np.array([row[0] for row in self._db.execute(sql, (*given, limit))], dtype=np.int64)

    def lexical(self, words: str, k: int, among: Ids | None = None, places: bool = True) -> list[LexicalMatch]:
        """The k pictures whose names and texts match best what a person typed."""
        return lexical_search.lexical(self._db, words, k, among, places)

    def holding(self, words: str, among: Ids | None = None, places: bool = True) -> Ids:
        """Every picture whose names and texts hold all words that a person typed."""
        return lexical_search.holding(self._db, words, among, places)

    def status(self) -> dict[str, int]:
        """Counts: pictures, offline, failures, those that a person opened, and each kind of text."""
        counted = {
            "pictures": "pictures",
            "offline": "pictures JOIN roots ON roots.id = root_id AND NOT online",
            "hidden": "pictures WHERE state = 'hidden'",
            "failures": "failures",
            "damaged": "pictures WHERE damaged",
            "opened": "opened",
            "read": "annotated WHERE task = 'ocr'",
        }
        made = {name: int(self._db.execute(f"SELECT count(*) FROM {of}").fetchone()[0]) for name, of in counted.items()}
        kinds = self._db.execute("SELECT kind, count(*) FROM texts GROUP BY kind")
        return made | {f"{kind} texts": number for kind, number in kinds}

    # -- health ----------------------------------------------------------------------------------------------------

    def check(self, model_id: int) -> list[str]:
        """What is wrong, one sentence each; an empty list when all is well."""
        return integrity.check(self._db, model_id)

    def mend(self) -> None:
        """Drop rows of pictures that are gone and write the full-text index anew."""
        with self._writing() as db:
            integrity.mend(db)


def _bump(db: sqlite3.Connection, model_id: int) -> None:
    db.execute("UPDATE models SET generation = generation + 1 WHERE id = ?", (model_id,))


def _has_vector(db: sqlite3.Connection, model_id: int, picture_id: int) -> bool:
    given = (model_id, picture_id)
    return bool(db.execute("SELECT 1 FROM embeddings WHERE model_id = ? AND picture_id = ?", given).fetchone())


def _move(db: sqlite3.Connection, moves: Sequence[tuple[int, int, str, int, int]]) -> None:
    # Names may be swapped in one go: step aside first, so that no two share a path on the way.
    db.executemany("UPDATE pictures SET path = '/moving/' || id WHERE id = ?", [(picture,) for picture, *_ in moves])
    for picture, root, relative, size, mtime_ns in moves:
        folder, _, name = relative.rpartition("/")
        db.execute(
            "UPDATE pictures SET root_id = ?, path = ?, folder = ?, name = ?, size = ?, mtime_ns = ?, "
            "moment = coalesce(taken_at, ?, added_at) WHERE id = ?",
            (root, relative, folder, name, size, mtime_ns, file_time(mtime_ns), picture),
        )
    refresh_words(db, [picture for picture, *_ in moves])


def _remove(db: sqlite3.Connection, ids: Sequence[int]) -> None:
    rows = [(picture,) for picture in ids]
    models = [row[0] for row in db.execute("SELECT id FROM models")]
    db.executemany("DELETE FROM words WHERE rowid = ?", rows)
    db.executemany("DELETE FROM grams WHERE rowid = ?", rows)
    db.executemany("DELETE FROM pictures WHERE id = ?", rows)
    for model_id in models:
        _bump(db, model_id)
