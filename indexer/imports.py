"""Words and boxes that were imported, in the catalog's tables: a person's, so they hold against models; and what was exported."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from pathlib import PurePath

from indexer.connections import Tables
from indexer.content import drop_untagged, insert_said, refresh_words
from indexer.plain import plain
from indexer.records import Imported, Text

WRITER = "import"
"""The model of what was imported; its revision is the file or the kind of files that it came from."""

BATCH = 500


class Imports(Tables):
    """What is imported again from the same source takes the place of what was."""

    def put(self, said: Sequence[Imported], source: str, now: str) -> None:
        """One transaction for each 500 pictures. What a person said of them here holds against it."""
        for start in range(0, len(said), BATCH):
            some = said[start : start + BATCH]
            with self._writing() as db:
                for one in some:
                    _put_words(db, one, source, now)
                    _put_objects(db, one, source, now)
                    _put_rating(db, one, now)
                refresh_words(db, [one.picture_id for one in some])

    def paths(self) -> list[tuple[int, str]]:
        """Id and absolute path of every picture."""
        sql = "SELECT pictures.id, roots.path || '/' || pictures.path FROM pictures JOIN roots ON roots.id = root_id"
        return self._db.execute(sql).fetchall()

    def exported(self, path: str) -> str | None:
        """The hash of what this library wrote into a file."""
        found = self._db.execute("SELECT hash FROM exported WHERE path = ?", (path,)).fetchone()
        return found[0] if found else None

    def note_exported(self, path: str, content: str, beside: tuple[int, str] | None = None) -> None:
        """A file was written, with a content of this hash; `beside` is the picture and its sidecar, as the walk will find it.

        So the next run does not take this library's own words for those of another program.
        """
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO exported VALUES (?, ?)", (path, content))
            if beside:
                db.execute("UPDATE pictures SET sidecar = ?2 WHERE id = ?1", beside)


class Names:
    """Finds pictures by what a file elsewhere calls them."""

    def __init__(self, paths: Sequence[tuple[int, str]]) -> None:
        self._by_name: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        self._by_stem: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        for picture, path in paths:
            *folder, name = path.casefold().split("/")
            self._by_name[name].append((tuple(folder), picture))
            self._by_stem[_stem(name)].append((tuple(folder), picture))

    def find(self, path: str, stem: bool = False) -> list[int] | None:
        """The picture of this name whose folder agrees longest from its end; empty when there is none, None when there are several.

        With `stem` a name without its ending will do; then it may be several pictures of one folder: raw and JPEG.
        """
        *folder, name = path.casefold().replace("\\", "/").split("/")
        found = self._by_name.get(name) or (self._by_stem.get(name, []) if stem else [])
        if len(found) < 2:
            return [picture for _, picture in found]
        agree = [_agreeing(place, tuple(folder)) for place, _ in found]
        best = [one for one, length in zip(found, agree, strict=True) if length == max(agree)]
        return [picture for _, picture in best] if len({place for place, _ in best}) == 1 else None


def _stem(name: str) -> str:
    return PurePath(name).stem


def _agreeing(first: Sequence[str], second: Sequence[str]) -> int:
    length = 0
    while length < min(len(first), len(second)) and first[-1 - length] == second[-1 - length]:
        length += 1
    return length


def _put_words(db: sqlite3.Connection, one: Imported, source: str, now: str) -> None:
    said: tuple[tuple[str, tuple[str, ...]], ...] = (("caption", one.captions), ("tag", one.tags))
    for kind, texts in said:
        if not texts:
            continue
        sql = "DELETE FROM texts WHERE picture_id = ? AND kind = ? AND model = ? AND revision = ?"
        db.execute(sql, (one.picture_id, kind, WRITER, source))
        # what another import or a program said before need not be said twice
        sql = "SELECT plain(text) FROM texts WHERE picture_id = ? AND kind = ? AND model IN ('user', 'file', 'import')"
        there = {row[0] for row in db.execute(sql, (one.picture_id, kind))}
        for text in texts:
            if plain(text) not in there:
                there.add(plain(text))
                insert_said(db, Text(one.picture_id, kind, text, WRITER, source, created_at=now))  # type: ignore[arg-type]


def _put_objects(db: sqlite3.Connection, one: Imported, source: str, now: str) -> None:
    if one.objects is None:
        return
    sql = "DELETE FROM objects WHERE picture_id = ? AND (model != ? OR revision = ?)"
    db.execute(sql, (one.picture_id, WRITER, source))
    db.executemany(
        "INSERT INTO objects (picture_id, label, score, x1, y1, x2, y2, model, revision, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(one.picture_id, o.label, o.score, *o.box_xyxy, WRITER, source, now) for o in one.objects],
    )
    drop_untagged(db, one.picture_id)


def _put_rating(db: sqlite3.Connection, one: Imported, now: str) -> None:
    """In place of the file's stars and of those imported before, not of those given here."""
    if one.rating is None:
        return
    sql = "SELECT who FROM edits WHERE picture_id = ? AND field = 'rating' ORDER BY id DESC LIMIT 1"
    last = db.execute(sql, (one.picture_id,)).fetchone()
    before = db.execute("SELECT rating FROM pictures WHERE id = ?", (one.picture_id,)).fetchone()[0]
    if before == one.rating or (last and last[0] == "person"):
        return
    db.execute("UPDATE pictures SET rating = ? WHERE id = ?", (one.rating, one.picture_id))
    sql = (
        "INSERT INTO edits (picture_id, field, name, before, after, who, made_at) VALUES (?, 'rating', '', ?, ?, ?, ?)"
    )
    db.execute(sql, (one.picture_id, None if before is None else str(before), str(one.rating), WRITER, now))
