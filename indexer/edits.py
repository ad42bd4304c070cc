"""What people say of pictures, in the catalog's tables: it holds against every model, and what was there before is kept."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence

from indexer.connections import Tables
from indexer.content import insert_text, refresh_words
from indexer.filters import condition
from indexer.plain import plain
from indexer.records import Edit, Edited, Text
from indexer.words import clean
from vlm.errors import UsageError
from vlm.protocols import TextKind

LONGEST_TAG = 60
WRITER = "user"
"""The model of a text that a person wrote."""

Row = tuple[str, str, str | None, str | None]
"""A row of history: field, name (of a tag, in its plain form), before, after."""


class Edits(Tables):
    """The history of each picture is also the rule: models leave alone what a person has spoken of (`content.insert_said`)."""

    def make(self, ids: Sequence[int], edit: Edit, now: str) -> None:
        """One transaction, all or nothing. Raises UsageError naming every id that there is not, or what is wrong."""
        said = checked(edit)
        with self._writing() as db:
            wanted = list(dict.fromkeys(map(int, ids)))
            sql = "SELECT id FROM pictures WHERE id IN (SELECT value FROM json_each(?))"
            known = {row[0] for row in db.execute(sql, (json.dumps(wanted),))}
            unknown = [str(picture) for picture in wanted if picture not in known]
            if unknown:
                raise UsageError(f"Not in this library: {', '.join(unknown)}; nothing was changed.")
            for picture in wanted:
                for row in _changes(db, picture, said, now):
                    _keep(db, picture, row, now)
            refresh_words(db, wanted)

    def of(self, picture_id: int) -> list[Edited]:
        """What was changed of one picture, oldest first."""
        sql = "SELECT field, name, before, after, who, made_at FROM edits WHERE picture_id = ? ORDER BY id"
        return [Edited(*row) for row in self._db.execute(sql, (picture_id,))]

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
            for row in _changes(db, target, edit, now):
                _keep(db, target, row, now)
            refresh_words(db, [target])
            return True

    def allow(self, ids: Sequence[int], tag: str, now: str) -> None:
        """A person says of these pictures that a tag is right after all: models may give it to them again."""
        with self._writing() as db:
            for picture in ids:
                refused = _latest(db, picture, "tag", plain(tag))
                if refused and refused[0] is None:
                    _keep(db, picture, ("tag", plain(tag), None, tag), now)


def checked(edit: Edit) -> Edit:
    """The edit in the form it is kept in. Raises UsageError when it says nothing, or what cannot be."""
    if edit == Edit():
        raise UsageError("Nothing is said of the pictures; say it with --state, --note, --caption, --tag, --rating ...")
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


def _keep(db: sqlite3.Connection, picture: int, row: Row, now: str) -> None:
    field, name, before, after = row
    if before == after and _latest(db, picture, field, name) == (after,):
        return  # said before, and still so
    sql = "INSERT INTO edits (picture_id, field, name, before, after, who, made_at) VALUES (?, ?, ?, ?, ?, 'person', ?)"
    db.execute(sql, (picture, *row, now))
