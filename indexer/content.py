"""What is said of a picture, in the catalog's tables: written, copied to a twin, forgotten, and put into full text."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from indexer.plain import plain
from indexer.records import Text
from indexer.rows import text_of
from indexer.words import clean, indexable, indexable_name
from vlm.protocols import TextLine

PEOPLE = "('user', 'import')"
"""Whose words outlast a file's content: what was written here, and what was imported."""
FROM_VECTOR = "vector"
"""The prompt version of a tag that was told from a picture's vector: it stays out of full text (see `indexer.tags`)."""


def forget_content(db: sqlite3.Connection, picture_id: int, same_size: bool) -> None:
    """What was said of a file's old content goes; what its owner wrote (notes, their own tags) or brought along stays.

    So do boxes that were brought along, where the picture still has its size: its metadata may be all that changed.
    """
    db.execute("DELETE FROM embeddings WHERE picture_id = ?", (picture_id,))
    db.execute(f"DELETE FROM texts WHERE picture_id = ? AND model NOT IN {PEOPLE}", (picture_id,))
    db.execute(f"DELETE FROM objects WHERE picture_id = ? AND NOT (model IN {PEOPLE} AND ?)", (picture_id, same_size))
    db.execute("DELETE FROM labels WHERE picture_id = ?", (picture_id,))
    db.execute("DELETE FROM annotated WHERE picture_id = ?", (picture_id,))


def twin_of(db: sqlite3.Connection, model_id: int, content: str, picture_id: int) -> tuple[int, bytes]:
    """Another picture with this content, and its vector of this model. Raises ValueError when there is none."""
    found = db.execute(
        "SELECT id, vector FROM pictures JOIN embeddings ON picture_id = id AND model_id = ? WHERE hash = ? AND id != ?",
        (model_id, content, picture_id),
    ).fetchone()
    if not found:
        raise ValueError(f"no picture with content {content} has a vector to copy")
    return found[0], found[1]


def copy_said(db: sqlite3.Connection, twin: int, picture_id: int) -> None:
    """Give a picture, of which no model has said anything, what models said of another one with the same content."""
    by_models = f"model != 'file' AND model NOT IN {PEOPLE}"
    said = "SELECT kind, text, model, revision, prompt_version, created_at, lines FROM texts"
    for row in db.execute(f"{said} WHERE picture_id = ? AND {by_models} ORDER BY id", (twin,)).fetchall():
        insert_said(db, text_of(picture_id, *row))
    columns = "label, score, x1, y1, x2, y2, model, revision, created_at"
    db.execute(
        f"INSERT INTO objects (picture_id, {columns}) SELECT ?, {columns} FROM objects WHERE picture_id = ? AND {by_models}",
        (picture_id, twin),
    )
    drop_untagged(db, picture_id)
    db.execute(
        "INSERT INTO labels SELECT ?, task, name, score, model, revision, created_at FROM labels WHERE picture_id = ?",
        (picture_id, twin),
    )
    # where a person's words stand in place of a model's, the copy has neither yet
    db.execute(
        "INSERT INTO annotated (picture_id, task, model, revision, at, prompt_version) "
        "SELECT ?1, task, model, revision, at, prompt_version FROM annotated WHERE picture_id = ?2 "
        "AND CASE WHEN task IN ('concepts', 'object') THEN 'tag' ELSE task END NOT IN (SELECT field FROM edits WHERE picture_id = ?2)",
        (picture_id, twin),
    )


def insert_said(db: sqlite3.Connection, text: Text) -> None:
    """Words of a model, unless a person has spoken: the one text of its kind is theirs, and a tag they took away stays away."""
    one = plain(text.text) if text.kind == "tag" else ""
    sql = "SELECT after FROM edits WHERE picture_id = ? AND field = ? AND name = ? ORDER BY id DESC LIMIT 1"
    said = db.execute(sql, (text.picture_id, text.kind, one)).fetchone()
    if said is None or (text.kind == "tag" and said[0] is not None):
        insert_text(db, text)


def drop_untagged(db: sqlite3.Connection, picture_id: int) -> None:
    """Objects by the name of a tag that a person took away are not there either, whoever found them."""
    taken = (
        "SELECT name FROM edits AS e WHERE picture_id = ?1 AND field = 'tag' AND after IS NULL "
        "AND id = (SELECT max(id) FROM edits WHERE picture_id = ?1 AND field = 'tag' AND name = e.name)"
    )
    db.execute(f"DELETE FROM objects WHERE picture_id = ?1 AND plain(label) IN ({taken})", (picture_id,))


def insert_text(db: sqlite3.Connection, text: Text) -> int:
    made = db.execute(
        "INSERT INTO texts (picture_id, kind, text, model, revision, prompt_version, created_at, lines) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            text.picture_id, text.kind, clean(text.text), text.model, text.revision, text.prompt_version,
            text.created_at, json.dumps([_line(line) for line in text.lines]),
        ),
    )  # fmt: skip
    return int(made.lastrowid or 0)


def _line(line: TextLine) -> list[object]:
    """Without a polygon where it says no more than the box."""
    made: list[object] = [clean(line.text), round(line.score, 3), line.box_xyxy]
    return [*made, [[round(x, 1), round(y, 1)] for x, y in line.polygon]] if line.polygon else made


def refresh_words(db: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Write the full-text rows of these pictures anew."""
    for picture_id in ids:
        words, body = full_text(db, picture_id)
        db.execute("DELETE FROM words WHERE rowid = ?", (picture_id,))
        db.execute("DELETE FROM grams WHERE rowid = ?", (picture_id,))
        db.execute(
            "INSERT INTO words (rowid, name, folder, caption, ocr, tag, note, place) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (picture_id, *words),
        )
        db.execute("INSERT INTO grams (rowid, body) VALUES (?, ?)", (picture_id, body))


def full_text(db: sqlite3.Connection, picture_id: int) -> tuple[tuple[str, ...], str]:
    """A picture's row of `words` (name, folder, caption, ocr, tag, note, place) and its body in `grams`.

    Of places whole words alone are found: within longer ones, "bar" is in Barcelona and "art" in Stuttgart.
    """
    sql = (
        "SELECT pictures.name, folder, coalesce(places.name, '') FROM pictures "
        "LEFT JOIN places ON places.id = place_id WHERE pictures.id = ?"
    )
    name, folder, place = db.execute(sql, (picture_id,)).fetchone()
    kinds: dict[str, list[str]] = {"caption": [], "ocr": [], "tag": [], "note": []}
    said = "SELECT kind, text FROM texts WHERE picture_id = ? AND prompt_version != ? ORDER BY id"
    for kind, text in db.execute(said, (picture_id, FROM_VECTOR)):
        kinds[kind].append(text)
    # what a detector found is searched by like tags: it sees what the vector does not (docs/vision.md has the gain)
    labels = db.execute("SELECT DISTINCT label FROM objects WHERE picture_id = ? ORDER BY label", (picture_id,))
    kinds["tag"] += [clean(label) for (label,) in labels if label not in kinds["tag"]]
    texts = ["\n".join(lines) for lines in kinds.values()]
    words = (indexable_name(name), indexable_name(folder), *map(indexable, texts), indexable(place))
    return words, plain("\n".join([name, folder, *texts]))
