"""What people say of pictures, in the catalog's tables: it holds against every model, and what was there before is kept."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from indexer.connections import Tables
from indexer.content import insert_text, refresh_words
from indexer.filters import condition
from indexer.plain import plain
from indexer.records import Edit, Edited, Text
from indexer.rows import text_of
from indexer.words import clean
from vlm.errors import UsageError
from vlm.protocols import TextKind, TextLine

LONGEST_TAG = 60
WRITER = "user"
"""The model of a text that a person wrote."""

Row = tuple[str, str, str | None, str | None]
"""A row of history: field, name (of a tag, in its plain form), before, after."""

OBJECT = "label, score, x1, y1, x2, y2, model, revision, created_at"
_THINGS = f"SELECT {OBJECT} FROM objects WHERE picture_id = ?"
Before = tuple[list[Text], list[tuple[Any, ...]]]
"""The texts and objects of a picture before it is changed."""

_KIND: Mapping[str, TextKind] = {"note": "note", "caption": "caption", "ocr": "ocr", "tag": "tag"}
"""The kind of text that a field of history is about."""


class Edits(Tables):
    """The history of each picture is also the rule: models leave alone what a person has spoken of (`content.insert_said`)."""

    def make(self, ids: Sequence[int], edit: Edit, now: str) -> int | None:
        """One transaction, all or nothing; returns the number that `undo` knows the change by, None where all was so before.

        Raises UsageError naming every id that there is not, or what is wrong.
        """
        said = checked(edit)
        with self._writing() as db:
            wanted = list(dict.fromkeys(map(int, ids)))
            sql = "SELECT id FROM pictures WHERE id IN (SELECT value FROM json_each(?))"
            known = {row[0] for row in db.execute(sql, (json.dumps(wanted),))}
            unknown = [str(picture) for picture in wanted if picture not in known]
            if unknown:
                raise UsageError(f"Not in this library: {', '.join(unknown)}; nothing was changed.")
            change: int | None = None
            for picture in wanted:
                held = _held_before(db, picture)
                for row in _changes(db, picture, said, now):
                    change = _keep(db, picture, row, now, change, held)
            refresh_words(db, wanted)
            return change

    def undo(self, ids: Sequence[int], change: int | None, now: str) -> list[int]:
        """Take back a change (None: the last one of each picture), of these pictures or, without any, of all that it was made to.

        What stood there before stands there again, by whoever said it, and models may speak once more where they spoke
        before. One transaction; returns the ids. Raises UsageError where there is nothing to take back, or where
        something else was said since.
        """
        with self._writing() as db:
            rows = _of_change(db, ids, change)
            if not rows:
                raise UsageError("There is no such change to take back; the history of a picture tells what there is.")
            for row, picture, field, name, before, kept in rows:
                later = "SELECT 1 FROM edits WHERE picture_id = ? AND field = ? AND name = ? AND id > ?"
                if db.execute(later, (picture, field, name, row)).fetchone():
                    raise UsageError(f"The {field} of picture {picture} was changed again since; take that back first.")
                _restore(db, picture, field, name, before, kept)
                db.execute(
                    "INSERT INTO undone_edits SELECT id, picture_id, field, name, before, after, who, made_at, change, ? "
                    "FROM edits WHERE id = ?",
                    (now, row),
                )
                db.execute("DELETE FROM edits WHERE id = ?", (row,))
            pictures = sorted({picture for _, picture, *_ in rows})
            refresh_words(db, pictures)
            return pictures

    def of(self, picture_id: int) -> list[Edited]:
        """What was changed of one picture, oldest first; also what was taken back."""
        columns = "field, name, before, after, who, made_at, change"
        sql = (
            f"SELECT id, {columns}, NULL FROM edits WHERE picture_id = ?1 UNION ALL "
            f"SELECT id, {columns}, undone_at FROM undone_edits WHERE picture_id = ?1 ORDER BY 1"
        )
        return [Edited(*row) for _, *row in self._db.execute(sql, (picture_id,))]

    def edited(self) -> set[int]:
        """Pictures that a person said something of."""
        return {row[0] for row in self._db.execute("SELECT DISTINCT picture_id FROM edits")}

    def carry(self, origin: int, target: int, now: str) -> bool:
        """What a person said of one picture is said of another, too, unless they said otherwise of that; whether anything was.

        Notes are joined. Only `hidden` stays behind: of two copies, it is the one in the way that is hidden.
        """
        with self._writing() as db:
            edit = _carried(_spoken(db, origin), _spoken(db, target))
            if edit == Edit():
                return False
            change, held = None, _held_before(db, target)
            for row in _changes(db, target, edit, now):
                change = _keep(db, target, row, now, change, held)
            refresh_words(db, [target])
            return True

    def allow(self, ids: Sequence[int], tag: str, now: str) -> None:
        """A person says of these pictures that a tag is right after all: models may give it to them again."""
        with self._writing() as db:
            for picture in ids:
                refused = _latest(db, picture, "tag", plain(tag))
                if refused and refused[0] is None:
                    _keep(db, picture, ("tag", plain(tag), None, tag), now, None, _held_before(db, picture))


def checked(edit: Edit) -> Edit:
    """The edit in the form it is kept in. Raises UsageError when it says nothing, or what cannot be."""
    if edit == Edit():
        raise UsageError("Nothing is said of the pictures; give a state, a note, a caption, tags, a rating ...")
    try:
        state = None if edit.state is None else condition("state", edit.state).value
    except ValueError as error:
        raise UsageError(f"{edit.state!r} is no state; {error}.") from None
    if edit.rating is not None and not 0 <= edit.rating <= 5:
        raise UsageError(f"{edit.rating} is no rating; give 0 to 5 stars.")
    tags, untags = ({plain(tag): tag for tag in map(_tag, given)} for given in (edit.tags, edit.untags))
    if both := tags.keys() & untags.keys():
        raise UsageError(f"{tags[min(both)]!r} is both put on and taken away; say which.")
    note, caption, text = (
        None if said is None else clean(said).strip() for said in (edit.note, edit.caption, edit.text)
    )
    return Edit(state, note, caption, text, tuple(tags.values()), tuple(untags.values()), edit.rating)  # type: ignore[arg-type]


def _tag(name: str) -> str:
    tidy = " ".join(clean(name).split())
    if not tidy or len(tidy) > LONGEST_TAG or not tidy.isprintable():
        raise UsageError(f"{name!r} cannot be a tag: give it 1 to {LONGEST_TAG} characters.")
    return tidy


def _changes(db: sqlite3.Connection, picture: int, said: Edit, now: str) -> Iterator[Row]:
    """Make each change to one picture."""
    texts: tuple[tuple[TextKind, str | None], ...] = (
        ("note", said.note),
        ("caption", said.caption),
        ("ocr", said.text),
    )
    if said.state is not None:
        yield "state", "", _set(db, picture, "state", said.state), said.state
    if said.rating is not None:
        yield "rating", "", _set(db, picture, "rating", said.rating), str(said.rating)
    for kind, text in texts:
        if text is not None:
            yield kind, "", _write(db, picture, kind, text, now), text or None
    for tag in said.tags:
        held = _held(db, picture, tag)
        if WRITER not in held:
            insert_text(db, Text(picture, "tag", tag, WRITER, created_at=now))
        yield "tag", plain(tag), next(iter(held.values()), None), held.get(WRITER, tag)
    for tag in said.untags:
        held = _held(db, picture, tag)
        sql = "DELETE FROM texts WHERE picture_id = ? AND kind = 'tag' AND plain(text) = ?"
        db.execute(sql, (picture, plain(tag)))
        # what a detector found under this name is searched by like a tag, and is as wrong
        sql = "DELETE FROM objects WHERE picture_id = ? AND plain(label) = ? RETURNING label"
        labels = [label for (label,) in db.execute(sql, (picture, plain(tag))).fetchall()]
        yield "tag", plain(tag), next(iter([*held.values(), *labels]), None), None


def _set(db: sqlite3.Connection, picture: int, column: str, value: str | int) -> str | None:
    """Returns what was there."""
    before = db.execute(f"SELECT {column} FROM pictures WHERE id = ?", (picture,)).fetchone()[0]
    db.execute(f"UPDATE pictures SET {column} = ? WHERE id = ?", (value, picture))
    return None if before is None else str(before)


def _write(db: sqlite3.Connection, picture: int, kind: TextKind, text: str, now: str) -> str | None:
    """One text in place of all of its kind; returns what was there."""
    sql = "DELETE FROM texts WHERE picture_id = ? AND kind = ? RETURNING id, text"
    before = sorted(db.execute(sql, (picture, kind)).fetchall())
    if text:
        insert_text(db, Text(picture, kind, text, WRITER, created_at=now))
    return "\n".join(said for _, said in before) or None


def _held(db: sqlite3.Connection, picture: int, tag: str) -> dict[str, str]:
    """Who gave a picture this tag -> as they spell it."""
    sql = "SELECT model, text FROM texts WHERE picture_id = ? AND kind = 'tag' AND plain(text) = ? ORDER BY id"
    return dict(db.execute(sql, (picture, plain(tag))))


def _latest(db: sqlite3.Connection, picture: int, field: str, name: str) -> tuple[str | None] | None:
    sql = "SELECT after FROM edits WHERE picture_id = ? AND field = ? AND name = ? ORDER BY id DESC LIMIT 1"
    found: tuple[str | None] | None = db.execute(sql, (picture, field, name)).fetchone()
    return found


def _spoken(db: sqlite3.Connection, picture: int) -> dict[tuple[str, str], str | None]:
    """Field and name -> what a person said last of a picture."""
    sql = "SELECT field, name, after FROM edits WHERE picture_id = ? AND who = 'person' ORDER BY id"
    return {(field, name): after for field, name, after in db.execute(sql, (picture,))}


def _carried(said: dict[tuple[str, str], str | None], there: dict[tuple[str, str], str | None]) -> Edit:
    """What is to be said of a picture of which `there` was said, so that nothing of `said` is lost."""
    fresh = {key: after for key, after in said.items() if key not in there}
    note, its = said.get(("note", "")), there.get(("note", ""))
    if note and its:
        note = None if note in its else f"{its}\n{note}"
    rating = fresh.get(("rating", ""))
    return Edit(
        "approved" if fresh.get(("state", "")) == "approved" else None,
        note, fresh.get(("caption", "")), fresh.get(("ocr", "")),
        tuple(after for (field, _), after in fresh.items() if field == "tag" and after is not None),
        tuple(name for (field, name), after in fresh.items() if field == "tag" and after is None),
        int(rating) if rating else None,
    )  # fmt: skip


def _keep(db: sqlite3.Connection, picture: int, row: Row, now: str, change: int | None, held: Before) -> int | None:
    """Note one row of a change (None: a new one), with the words that were there; returns the change's number."""
    field, name, before, after = row
    if before == after and _latest(db, picture, field, name) == (after,):
        return change  # said before, and still so
    texts, objects = held
    those = [asdict(text) for text in texts if _is_about(text, field, name)]
    things = [thing for thing in objects if field == "tag" and plain(thing[0]) == name]
    content = db.execute("SELECT hash FROM pictures WHERE id = ?", (picture,)).fetchone()[0]
    sql = (
        "INSERT INTO edits (picture_id, field, name, before, after, who, made_at, change, kept) "
        "VALUES (?, ?, ?, ?, ?, 'person', ?, ?, ?) RETURNING id"
    )
    kept = json.dumps({"hash": content, "texts": those, "objects": things})
    made = int(db.execute(sql, (picture, *row, now, change or 0, kept)).fetchone()[0])
    if change is None:
        # a change goes by its first row, whose number is never given again
        db.execute("UPDATE edits SET change = id WHERE id = ?", (made,))
    return change or made


def _of_change(db: sqlite3.Connection, ids: Sequence[int], change: int | None) -> list[tuple[Any, ...]]:
    """Row, picture, field, name, before and kept of what is to be taken back, the last first."""
    given = json.dumps([int(i) for i in ids])
    among = "picture_id IN (SELECT value FROM json_each(:ids))"
    if change is None:
        which = f"{among} AND change = (SELECT max(change) FROM edits e WHERE e.picture_id = edits.picture_id)"
    else:
        which = f"change = :change AND ({among} OR :ids = '[]')"
    sql = f"SELECT id, picture_id, field, name, before, kept FROM edits WHERE {which} ORDER BY id DESC"
    return db.execute(sql, {"ids": given, "change": change}).fetchall()


def _restore(db: sqlite3.Connection, picture: int, field: str, name: str, before: str | None, kept: str | None) -> None:
    if field in ("state", "rating"):
        db.execute(f"UPDATE pictures SET {field} = ? WHERE id = ?", (before, picture))
        return
    if kept is None:
        raise UsageError(
            f"The {field} of picture {picture} was changed by an earlier imsearch; write what it should be."
        )
    kind, was = _KIND[field], json.loads(kept)
    same = db.execute("SELECT hash FROM pictures WHERE id = ?", (picture,)).fetchone()[0] == was["hash"]
    for text in _texts_of(db, picture):
        if text.model == WRITER and _is_about(text, field, name):
            sql = "DELETE FROM texts WHERE picture_id = ? AND kind = ? AND model = ? AND text = ?"
            db.execute(sql, (picture, kind, WRITER, text.text))
    there = {(text.model, text.text) for text in _texts_of(db, picture) if text.kind == kind}
    for said in was["texts"]:
        one = Text(**said | {"lines": tuple(TextLine(**line) for line in said["lines"])})
        # what models said of another content of the file is no longer so
        if (one.model, one.text) not in there and (same or one.model in (WRITER, "import")):
            insert_text(db, one)
    if same and not db.execute(f"{_THINGS} AND plain(label) = ?", (picture, name)).fetchone():
        marks = ", ".join("?" * len(OBJECT.split(", ")))
        sql = f"INSERT INTO objects (picture_id, {OBJECT}) VALUES (?, {marks})"
        db.executemany(sql, [(picture, *thing) for thing in was["objects"]])
    if not same:
        tasks = {"caption": ("caption", "describe"), "ocr": ("ocr",), "tag": ("tag", "describe", "concepts", "object")}
        for task in tasks.get(kind, ()):
            db.execute("DELETE FROM annotated WHERE picture_id = ? AND task = ?", (picture, task))


def _held_before(db: sqlite3.Connection, picture: int) -> Before:
    return _texts_of(db, picture), db.execute(_THINGS, (picture,)).fetchall()


def _texts_of(db: sqlite3.Connection, picture: int) -> list[Text]:
    sql = (
        "SELECT picture_id, kind, text, model, revision, prompt_version, created_at, lines FROM texts "
        "WHERE picture_id = ? ORDER BY id"
    )
    return [text_of(*row) for row in db.execute(sql, (picture,))]


def _is_about(text: Text, field: str, name: str) -> bool:
    return text.kind == _KIND.get(field) and (field != "tag" or plain(text.text) == name)
