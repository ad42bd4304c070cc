"""What is said of a picture, in the catalog's tables: written, copied to a twin, forgotten, and put into full text."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from indexer.plain import plain
from indexer.records import Text
from indexer.words import clean, indexable, indexable_name

FROM_VECTOR = "vector"
"""The prompt version of a tag that was told from a picture's vector: it stays out of full text (see `indexer.tags`)."""


def forget_content(db: sqlite3.Connection, picture_id: int) -> None:
    """What was said of a file's old content goes; what its owner wrote (notes, their own tags) stays."""
    db.execute("DELETE FROM embeddings WHERE picture_id = ?", (picture_id,))
    db.execute("DELETE FROM texts WHERE picture_id = ? AND model != 'user'", (picture_id,))
    db.execute("DELETE FROM objects WHERE picture_id = ?", (picture_id,))
    db.execute("DELETE FROM annotated WHERE picture_id = ?", (picture_id,))


def copy_content(db: sqlite3.Connection, model_id: int, content: str, picture_id: int) -> bytes:
    """Give a picture what models said of another one with the same content; returns the vector."""
    found = db.execute(
        "SELECT id, vector FROM pictures JOIN embeddings ON picture_id = id AND model_id = ? WHERE hash = ? AND id != ?",
        (model_id, content, picture_id),
    ).fetchone()
    if not found:
        raise ValueError(f"no picture with content {content} has a vector to copy")
    twin, vector = found
    for table, columns in (
        ("texts", "kind, text, model, revision, prompt_version, created_at, lines"),
        ("objects", "label, score, x1, y1, x2, y2, model, revision, created_at"),
        ("annotated", "task, model, revision, at"),
    ):
        mine = " AND model != 'user'" if table == "texts" else ""
        db.execute(
            f"INSERT OR IGNORE INTO {table} (picture_id, {columns}) SELECT ?, {columns} FROM {table} WHERE picture_id = ?{mine}",
            (picture_id, twin),
        )
    return bytes(vector)


def insert_text(db: sqlite3.Connection, text: Text) -> int:
    made = db.execute(
        "INSERT INTO texts (picture_id, kind, text, model, revision, prompt_version, created_at, lines) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            text.picture_id, text.kind, clean(text.text), text.model, text.revision, text.prompt_version,
            text.created_at, json.dumps([[clean(line), score, box] for line, score, box in text.lines]),
        ),
    )  # fmt: skip
    return int(made.lastrowid or 0)


def refresh_words(db: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Write the full-text rows of these pictures anew."""
    for picture_id in ids:
        words, body = full_text(db, picture_id)
        db.execute("DELETE FROM words WHERE rowid = ?", (picture_id,))
        db.execute("DELETE FROM grams WHERE rowid = ?", (picture_id,))
        db.execute(
            "INSERT INTO words (rowid, name, folder, caption, ocr, tag, note) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (picture_id, *words),
        )
        db.execute("INSERT INTO grams (rowid, body) VALUES (?, ?)", (picture_id, body))


def full_text(db: sqlite3.Connection, picture_id: int) -> tuple[tuple[str, ...], str]:
    """A picture's row of `words` (name, folder, caption, ocr, tag, note) and its body in `grams`."""
    name, folder = db.execute("SELECT name, folder FROM pictures WHERE id = ?", (picture_id,)).fetchone()
    kinds: dict[str, list[str]] = {"caption": [], "ocr": [], "tag": [], "note": []}
    said = "SELECT kind, text FROM texts WHERE picture_id = ? AND prompt_version != ? ORDER BY id"
    for kind, text in db.execute(said, (picture_id, FROM_VECTOR)):
        kinds[kind].append(text)
    texts = ["\n".join(lines) for lines in kinds.values()]
    words = (indexable_name(name), indexable_name(folder), *map(indexable, texts))
    return words, plain("\n".join([name, folder, *texts]))
