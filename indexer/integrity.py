"""Is the catalog whole? Its own tables against each other; and how to make them agree again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from indexer.content import full_text, refresh_words
from vlm.wording import many


def check(db: sqlite3.Connection, model_id: int) -> list[str]:
    """What is wrong, one sentence each; an empty list when all is well."""
    problems = [f"The catalog is damaged: {row[0]}." for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
    if db.execute("PRAGMA foreign_key_check").fetchone():
        problems.append("The catalog holds rows of pictures that are gone.")
    lacking = db.execute(
        "SELECT count(*) FROM pictures WHERE id NOT IN (SELECT picture_id FROM embeddings WHERE model_id = ?)",
        (model_id,),
    ).fetchone()[0]
    if lacking:
        problems.append(f"{many(lacking, 'picture')} without a vector of the library's model; imsearch index makes it.")
    stale = sum(1 for _ in _stale(db))
    if stale:
        problems.append(f"The full-text index is out of step with {many(stale, 'picture')}.")
    return problems


def mend(db: sqlite3.Connection) -> None:
    """Drop rows of pictures that are gone and write the full-text index anew."""
    for table in ("embeddings", "texts", "objects", "annotated", "judgements", "edits", "undone_edits"):
        db.execute(f"DELETE FROM {table} WHERE picture_id NOT IN (SELECT id FROM pictures)")
    db.execute("DELETE FROM words")
    db.execute("DELETE FROM grams")
    refresh_words(db, [row[0] for row in db.execute("SELECT id FROM pictures").fetchall()])


def _stale(db: sqlite3.Connection) -> Iterator[int]:
    """Pictures whose full-text rows are missing, left over, or do not say what the catalog says."""
    sql = (
        "SELECT words.rowid, words.name, words.folder, caption, ocr, tag, note, place, body FROM words "
        "LEFT JOIN grams ON grams.rowid = words.rowid"
    )
    stored = {picture: tuple(columns) for picture, *columns in db.execute(sql)}
    for (picture,) in db.execute("SELECT id FROM pictures"):
        words, body = full_text(db, picture)
        if stored.pop(picture, None) != (*words, body):
            yield picture
    yield from stored
