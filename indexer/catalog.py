"""The one owner of SQLite: pictures, vectors and words. Each writing method is one transaction."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from indexer import concepts as concept_rows
from indexer import integrity
from indexer import judgements as judgement_rows
from indexer import lexical as lexical_search
from indexer import saved as saved_rows
from indexer import tags as tag_rows
from indexer.content import copy_content, forget_content, insert_text, refresh_words
from indexer.errors import LibraryDamaged, LibraryError, LibraryTooNew
from indexer.filters import EVERY_PICTURE, Filter
from indexer.marks import Marks
from indexer.model_vectors import ModelVectors
from indexer.plain import plain
from indexer.records import Choice, Failure, LexicalMatch, NewPicture, Picture, Stage, Text
from indexer.rows import PICTURES, matrix, picture_of, text_of, utc
from indexer.vectors.protocol import Ids
from indexer.where import km_between, where
from indexer.words import clean, phrase
from vlm.protocols import DetectedObject, Vectors

LATEST = 7
"""How many migrations this version knows; kept in SQLite's user_version so that opening need not look further."""

CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalog knows of one file: enough to tell whether it changed."""

    id: int
    size: int
    mtime_ns: int
    hash: str


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One embedder whose vectors are kept."""

    id: int
    spec: str
    revision: str
    dim: int


class _Handle:
    """One thread's connection, closed with its thread: a server's threads come and go, and files are few."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class Catalog:
    """A library's catalog.sqlite. Any thread may use it; each gets a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._opened: weakref.WeakSet[_Handle] = weakref.WeakSet()
        self._lock = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Create or migrate. Raises LibraryTooNew (the file stays as it is), LibraryDamaged, or LibraryError."""
        catalog = cls(path)
        try:
            version = catalog._connection.execute("PRAGMA user_version").fetchone()[0]
            if version > LATEST:
                raise LibraryTooNew(f"{path} was written by a newer imsearch; update imsearch to open it.")
            if version < LATEST:
                catalog._migrate()
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

    def _migrate(self) -> None:
        from filelock import FileLock
        from sqlite_utils import Database

        from indexer.migrations import migrations

        # Two processes may open a new library at once; the second finds everything done.
        with FileLock(f"{self._path}.migrating"):
            self._connection.execute("PRAGMA journal_mode = WAL")
            migrations.apply(Database(self._connection, execute_plugins=False))
            self._connection.execute(f"PRAGMA user_version = {LATEST}")

    @property
    def _connection(self) -> sqlite3.Connection:
        handle: _Handle | None = getattr(self._local, "handle", None)
        if handle is None:
            # autocommit: transactions are begun by _writing alone; check_same_thread off only so that close() may
            # close every thread's connection
            connection = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.create_function("plain", 1, plain, deterministic=True)
            connection.create_function("km_between", 4, km_between, deterministic=True)
            handle = self._local.handle = _Handle(connection)
            with self._lock:
                self._opened.add(handle)
        return handle.connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def close(self) -> None:
        """Close every thread's connection."""
        with self._lock:
            for handle in list(self._opened):
                handle.connection.close()
            self._opened.clear()
        self._local = threading.local()

    # -- roots and models ------------------------------------------------------------------------------------------

    def add_root(self, path: str) -> int:
        """The root's id; a known one is not added again."""
        with self._writing() as db:
            db.execute("INSERT OR IGNORE INTO roots (path) VALUES (?)", (path,))
            return int(db.execute("SELECT id FROM roots WHERE path = ?", (path,)).fetchone()[0])

    def roots(self) -> dict[int, str]:
        """Each root's path as text."""
        return dict(self._connection.execute("SELECT id, path FROM roots ORDER BY id"))

    def choice(self, root_id: int) -> Choice:
        """Which files of a root were last asked for."""
        kept = json.loads(self._connection.execute("SELECT choice FROM roots WHERE id = ?", (root_id,)).fetchone()[0])
        return Choice(tuple(kept.get("include", ())), tuple(kept.get("exclude", ())), bool(kept.get("hidden")))

    def choose(self, root_id: int, choice: Choice) -> None:
        """Keep which files of a root are asked for."""
        with self._writing() as db:
            db.execute("UPDATE roots SET choice = ? WHERE id = ?", (json.dumps(asdict(choice)), root_id))

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

    def set_online(self, root_id: int, online: bool) -> None:
        """Offline pictures stay in the catalog and are left out of searches."""
        with self._writing() as db:
            db.execute("UPDATE roots SET online = ? WHERE id = ?", (int(online), root_id))

    def add_model(self, spec: str, revision: str, dim: int) -> int:
        """The model's id; a known one is not added again."""
        row = self._connection.execute(
            "SELECT id FROM models WHERE spec = ? AND revision = ?", (spec, revision)
        ).fetchone()
        if row:
            return int(row[0])
        with self._writing() as db:
            made = db.execute("INSERT INTO models (spec, revision, dim) VALUES (?, ?, ?)", (spec, revision, dim))
            return int(made.lastrowid or 0)

    def models(self) -> list[ModelRow]:
        """Every model that has or had vectors here."""
        return [
            ModelRow(*row) for row in self._connection.execute("SELECT id, spec, revision, dim FROM models ORDER BY id")
        ]

    def generation(self, model_id: int) -> int:
        """A number that grows with every change to a model's vectors: what a cache of them is checked against."""
        return int(self._connection.execute("SELECT generation FROM models WHERE id = ?", (model_id,)).fetchone()[0])

    # -- files -----------------------------------------------------------------------------------------------------

    def known(self, root_id: int) -> dict[str, Known]:
        """What is known of each file below a root, by its relative path."""
        sql = "SELECT path, id, size, mtime_ns, hash FROM pictures WHERE root_id = ?"
        return {path: Known(*rest) for path, *rest in self._connection.execute(sql, (root_id,))}

    def same_content(self, content: str) -> list[int]:
        """Ids of the pictures with this content hash."""
        return [
            row[0] for row in self._connection.execute("SELECT id FROM pictures WHERE hash = ? ORDER BY id", (content,))
        ]

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
            "SELECT id, hash FROM pictures WHERE root_id = ? AND path = ?", (new.root_id, new.relative)
        ).fetchone()
        if old and old[1] != new.hash:
            forget_content(db, old[0])
        folder, _, name = new.relative.rpartition("/")
        row = {
            "root_id": new.root_id, "path": new.relative, "folder": folder, "name": name, "hash": new.hash,
            "size": new.size, "mtime_ns": new.mtime_ns, "width": new.width, "height": new.height,
            "format": new.format, "moment": new.exif.taken_at or utc(new.mtime_ns), "taken_at": new.exif.taken_at,
            "camera": new.exif.camera, "lens": new.exif.lens, "latitude": new.exif.latitude,
            "longitude": new.exif.longitude, "orientation": new.exif.orientation, "rating": new.exif.rating,
            "colours": json.dumps([[c.name, c.rgb, c.share] for c in new.colours]), "added_at": now,
        }  # fmt: skip
        updates = ", ".join(f"{key} = excluded.{key}" for key in row if key != "added_at")
        picture_id: int = db.execute(
            f"INSERT INTO pictures ({', '.join(row)}) VALUES ({', '.join('?' * len(row))}) "
            f"ON CONFLICT (root_id, path) DO UPDATE SET {updates} RETURNING id",
            tuple(row.values()),
        ).fetchone()[0]
        blob = None if vector is None else vector.astype(np.float16).tobytes()
        if blob is None and not _has_vector(db, model_id, picture_id):
            blob = copy_content(db, model_id, new.hash, picture_id)
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
                    "UPDATE pictures SET size = ?, mtime_ns = ?, moment = coalesce(taken_at, ?) WHERE id = ?",
                    [(s, m, utc(m), i) for i, s, m in rows],
                )

    def remove(self, ids: Sequence[int]) -> None:
        """Forget pictures with all that is known of them."""
        if ids:
            with self._writing() as db:
                _remove(db, ids)

    # -- failures --------------------------------------------------------------------------------------------------

    def fail(
        self, root_id: int, relative: str, stage: Stage, reason: str, remedy: str, size: int, mtime_ns: int, now: str
    ) -> None:
        """Note why a file could not be used, and with which size and time that was so."""
        with self._writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (root_id, relative, stage, clean(reason), clean(remedy), size, mtime_ns, now),
            )

    def failed(self, root_id: int, stage: Stage) -> dict[str, tuple[int, int]]:
        """(size, mtime_ns) of each file that failed, by relative path."""
        sql = "SELECT path, size, mtime_ns FROM failures WHERE root_id = ? AND stage = ?"
        return {path: (size, mtime) for path, size, mtime in self._connection.execute(sql, (root_id, stage))}

    def failures(self) -> list[Failure]:
        """Every failure, newest first."""
        sql = (
            "SELECT roots.path || '/' || failures.path, stage, reason, remedy, seen_at FROM failures "
            "JOIN roots ON roots.id = root_id ORDER BY seen_at DESC, 1"
        )
        return [Failure(*row) for row in self._connection.execute(sql)]

    def forget_failures(self, root_id: int, relatives: Sequence[str]) -> None:
        """Drop the failures of files that are gone or well."""
        if relatives:
            with self._writing() as db:
                sql = "DELETE FROM failures WHERE root_id = ? AND path = ?"
                db.executemany(sql, [(root_id, relative) for relative in relatives])

    # -- vectors ---------------------------------------------------------------------------------------------------

    def embeddings(self, model_id: int) -> Iterator[tuple[Ids, Vectors]]:
        """Every vector of a model, by id, in chunks: (n,) ids and (n, dim) float32."""
        last = 0
        sql = "SELECT picture_id, vector FROM embeddings WHERE model_id = ? AND picture_id > ? ORDER BY picture_id LIMIT ?"
        while rows := self._connection.execute(sql, (model_id, last, CHUNK)).fetchall():
            last = rows[-1][0]
            yield np.array([row[0] for row in rows], dtype=np.int64), matrix([row[1] for row in rows])

    def vectors(self, model_id: int, ids: Sequence[int]) -> Vectors:
        """(n, dim) float32 in the order asked. Raises KeyError for a picture that has none."""
        sql = "SELECT picture_id, vector FROM embeddings WHERE model_id = ? AND picture_id IN (SELECT value FROM json_each(?))"
        blobs = dict(self._connection.execute(sql, (model_id, json.dumps([int(i) for i in ids]))))
        return matrix([blobs[int(i)] for i in ids])

    def ids(self, model_id: int) -> Ids:
        """Ids of the pictures that have a vector of this model, sorted."""
        sql = "SELECT picture_id FROM embeddings WHERE model_id = ? ORDER BY picture_id"
        return np.array([row[0] for row in self._connection.execute(sql, (model_id,))], dtype=np.int64)

    # -- words and objects -----------------------------------------------------------------------------------------

    def annotate(
        self, picture_id: int, task: Stage, texts: Sequence[Text], objects: Sequence[DetectedObject], model: str,
        revision: str, now: str,
    ) -> None:  # fmt: skip
        """What a model said of a picture in one task; replaces what was said in that task before."""
        with self._writing() as db:
            if not db.execute("SELECT 1 FROM pictures WHERE id = ?", (picture_id,)).fetchone():
                return
            db.execute(
                "DELETE FROM texts WHERE picture_id = ? AND kind = ? AND model != 'user' "
                "AND model NOT LIKE 'concept:%'",
                (picture_id, task),
            )
            db.execute("DELETE FROM objects WHERE picture_id = ? AND model = ?", (picture_id, model))
            for text in texts:
                insert_text(db, text)
            db.executemany(
                "INSERT INTO objects (picture_id, label, score, x1, y1, x2, y2, model, revision, created_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(picture_id, o.label, o.score, *o.box_xyxy, model, revision, now) for o in objects],
            )
            db.execute(
                "INSERT OR REPLACE INTO annotated VALUES (?, ?, ?, ?, ?)", (picture_id, task, model, revision, now)
            )
            refresh_words(db, [picture_id])

    def unannotated(self, task: Stage, model: str, revision: str, limit: int) -> list[Picture]:
        """Pictures that this version of a model has not seen in this task, newest first; not those it failed on."""
        sql = (
            "SELECT pictures.id FROM pictures JOIN roots ON roots.id = pictures.root_id AND online "
            "LEFT JOIN annotated ON picture_id = pictures.id AND task = ? AND model = ? AND revision = ? "
            "LEFT JOIN failures ON failures.root_id = pictures.root_id AND failures.path = pictures.path "
            "AND stage = ? AND failures.size = pictures.size AND failures.mtime_ns = pictures.mtime_ns "
            "WHERE picture_id IS NULL AND stage IS NULL ORDER BY moment DESC, pictures.id DESC LIMIT ?"
        )
        rows = self._connection.execute(sql, (task, model, revision, task, limit))
        return self.get([row[0] for row in rows])

    def fail_picture(self, picture_id: int, stage: Stage, reason: str, remedy: str, now: str) -> None:
        """Note that a second-pass task failed on an indexed picture."""
        row = self._connection.execute(
            "SELECT root_id, path, size, mtime_ns FROM pictures WHERE id = ?", (picture_id,)
        ).fetchone()
        if row:
            self.fail(row[0], row[1], stage, reason, remedy, row[2], row[3], now)

    def untagged(self, model_id: int, limit: int) -> Ids:
        """Pictures with a vector of this model that its revision has not tagged."""
        return tag_rows.untagged(self._connection, model_id, limit)

    def tag(self, model: str, revision: str, words: Mapping[int, Sequence[str]], now: str) -> None:
        """One transaction: the words that a model names these pictures by, in place of those it said before."""
        with self._writing() as db:
            tag_rows.write_tags(db, model, revision, words, now)

    def add_text(self, text: Text) -> int:
        """Add words to a picture (a note, a tag ...); returns the text's id."""
        with self._writing() as db:
            made = insert_text(db, text)
            refresh_words(db, [text.picture_id])
            return made

    def texts(self, picture_id: int) -> list[Text]:
        """Every text of one picture, oldest first."""
        sql = (
            "SELECT picture_id, kind, text, model, revision, prompt_version, created_at, lines FROM texts "
            "WHERE picture_id = ? ORDER BY id"
        )
        return [text_of(*row) for row in self._connection.execute(sql, (picture_id,))]

    # -- concepts --------------------------------------------------------------------------------------------------

    def concepts(self, model_id: int) -> list[concept_rows.Concept]:
        """Every concept, with its classifier for this model."""
        return concept_rows.read(self._connection, model_id)

    def teach(
        self, name: str, examples: Mapping[str, bool] | None, model_id: int, made: concept_rows.Classifier | None,
        tagged: Sequence[int], now: str,
    ) -> None:  # fmt: skip
        """One transaction: a concept's examples (None: as they are), its classifier for a model, and all its tags."""
        with self._writing() as db:
            if examples is not None:
                concept_rows.write(db, name, examples, now)
            if made is not None:
                concept_rows.keep(db, name, model_id, made)
            concept_rows.retag(db, name, tagged, self._revision(model_id), now)

    def forget_concept(self, name: str) -> None:
        """Drop a concept with the tags that came of it."""
        with self._writing() as db:
            concept_rows.forget(db, name)

    def unseen_by_concepts(self, model_id: int, limit: int = CHUNK) -> Ids:
        """Pictures that no concept has looked at with this model's vectors."""
        return concept_rows.unseen(self._connection, model_id, limit)

    def tag_by_concepts(
        self, model_id: int, seen: Sequence[int], tagged: Mapping[str, Sequence[int]], now: str
    ) -> None:
        """One transaction: pictures now seen by every concept, and which of them each of these concepts tags."""
        with self._writing() as db:
            for name, ids in tagged.items():
                concept_rows.retag(db, name, ids, self._revision(model_id), now, among=seen)
            concept_rows.saw(db, model_id, seen, now)

    def seen_by_concepts(self, model_id: int, generation: int) -> None:
        """Every concept has looked at this state of a model's vectors."""
        with self._writing() as db:
            concept_rows.saw_all(db, model_id, generation)

    def with_content(self, contents: Sequence[str]) -> dict[int, str]:
        """Picture id -> content hash, for the pictures with one of these contents."""
        return concept_rows.hashes(self._connection, contents)

    def _revision(self, model_id: int) -> str:
        return next(f"{row.spec}@{row.revision}" for row in self.models() if row.id == model_id)

    # -- judgements ------------------------------------------------------------------------------------------------

    def judge(self, query: str, said: Mapping[int, bool], now: str) -> None:
        """Keep which pictures answer a query (True) and which do not."""
        with self._writing() as db:
            judgement_rows.put(db, query, said, now)

    def judgements(self) -> list[judgement_rows.Judgement]:
        """Every judgement: by query, the good ones first."""
        return judgement_rows.read(self._connection)

    def forget_judgements(self, query: str, ids: Sequence[int] = ()) -> int:
        """Drop what was said of these pictures (none: of all) for a query; returns how many judgements went."""
        with self._writing() as db:
            return judgement_rows.forget(db, query, ids)

    # -- saved searches --------------------------------------------------------------------------------------------

    def save_search(self, name: str, query: str, now: str) -> None:
        """Keep a query by name."""
        with self._writing() as db:
            saved_rows.put(db, name, query, now)

    def saved_searches(self) -> list[saved_rows.SavedSearch]:
        """Every saved search, by name."""
        return saved_rows.read(self._connection)

    def saw_search(self, name: str, now: str) -> None:
        """Its results have been looked at."""
        with self._writing() as db:
            saved_rows.seen(db, name, now)

    def forget_search(self, name: str) -> None:
        """Drop a saved search."""
        with self._writing() as db:
            saved_rows.forget(db, name)

    # -- reading ---------------------------------------------------------------------------------------------------

    def get(self, ids: Sequence[int]) -> list[Picture]:
        """Pictures in the order asked; unknown ids are left out."""
        sql = f"{PICTURES} WHERE pictures.id IN (SELECT value FROM json_each(?))"
        found = {row[0]: picture_of(row) for row in self._connection.execute(sql, (json.dumps([int(i) for i in ids]),))}
        return [found[int(i)] for i in ids if int(i) in found]

    def find(self, path: str) -> Picture | None:
        """The picture at an absolute path (as text)."""
        for root_id, root in self.roots().items():
            prefix = root.rstrip("/") + "/"
            if path.startswith(prefix):
                sql = f"{PICTURES} WHERE root_id = ? AND pictures.path = ?"
                row = self._connection.execute(sql, (root_id, path.removeprefix(prefix))).fetchone()
                if row:
                    return picture_of(row)
        return None

    def count(self) -> int:
        """How many pictures can be found: those of roots that are there."""
        sql = "SELECT count(*) FROM pictures JOIN roots ON roots.id = root_id AND online"
        return int(self._connection.execute(sql).fetchone()[0])

    def filter(self, kept: Filter) -> Ids | None:
        """Sorted ids that the filter keeps and are online; None when that is every picture."""
        some_offline = self._connection.execute("SELECT 1 FROM roots WHERE NOT online").fetchone()
        if kept == EVERY_PICTURE and not some_offline:
            return None
        clause, given = where(kept)
        sql = f"SELECT pictures.id FROM pictures JOIN roots ON roots.id = root_id WHERE online AND {clause}"
        return np.array([row[0] for row in self._connection.execute(sql + " ORDER BY 1", given)], dtype=np.int64)

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
        return any(wanted in plain(path) for (path,) in self._connection.execute(sql, (f"{{folder}} : {expression}",)))

    def cameras(self) -> list[str]:
        """The names of all cameras, in order."""
        # from one name to the next by the index: DISTINCT would read a row for every picture
        sql = (
            "WITH RECURSIVE one(camera) AS (SELECT min(camera) FROM pictures UNION ALL "
            "SELECT (SELECT min(camera) FROM pictures WHERE camera > one.camera) FROM one WHERE camera IS NOT NULL) "
            "SELECT camera FROM one WHERE camera IS NOT NULL"
        )
        return [row[0] for row in self._connection.execute(sql)]

    def ordered(self, among: Ids | None, newest_first: bool, limit: int) -> Ids:
        """Ids by the time taken, or the file's time where the camera wrote none."""
        within = "" if among is None else "WHERE id IN (SELECT value FROM json_each(?)) "
        given = () if among is None else (json.dumps(among.tolist()),)
        way = "DESC" if newest_first else "ASC"
        sql = f"SELECT id FROM pictures {within}ORDER BY moment {way}, id {way} LIMIT ?"
        return np.array([row[0] for row in self._connection.execute(sql, (*given, limit))], dtype=np.int64)

    def lexical(self, words: str, k: int, among: Ids | None = None) -> list[LexicalMatch]:
        """The k pictures whose names and texts match best what a person typed."""
        return lexical_search.lexical(self._connection, words, k, among)

    def status(self) -> dict[str, int]:
        """Counts: pictures, offline, failures, and each kind of text."""
        one = self._connection.execute(
            "SELECT (SELECT count(*) FROM pictures), (SELECT count(*) FROM pictures JOIN roots ON roots.id = root_id "
            "AND NOT online), (SELECT count(*) FROM failures), (SELECT count(*) FROM annotated WHERE task = 'ocr')"
        ).fetchone()
        kinds = dict(self._connection.execute("SELECT kind, count(*) FROM texts GROUP BY kind"))
        return dict(zip(("pictures", "offline", "failures", "read"), one, strict=True)) | {
            f"{k} texts": n for k, n in kinds.items()
        }

    def marks(self) -> Marks:
        """What is kept by content for finding duplicates."""
        return Marks(lambda: self._connection, self._writing)

    def model_vectors(self) -> ModelVectors:
        """What each model has embedded, for adding a model and dropping one."""
        return ModelVectors(lambda: self._connection, self._writing)

    # -- health ----------------------------------------------------------------------------------------------------

    def check(self, model_id: int) -> list[str]:
        """What is wrong, one sentence each; an empty list when all is well."""
        return integrity.check(self._connection, model_id)

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
            "moment = coalesce(taken_at, ?) WHERE id = ?",
            (root, relative, folder, name, size, mtime_ns, utc(mtime_ns), picture),
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
