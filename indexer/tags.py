"""Tags that a model wrote, in the catalog's tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

import numpy as np

from indexer.content import FROM_VECTOR, insert_text
from indexer.records import Text
from indexer.vectors.protocol import Ids

TASK = "tag"


def untagged(db: sqlite3.Connection, model_id: int, limit: int) -> Ids:
    """Pictures with a vector of this model that its revision has not tagged."""
    sql = (
        "SELECT e.picture_id FROM embeddings e JOIN models ON models.id = e.model_id "
        "LEFT JOIN annotated a ON a.picture_id = e.picture_id AND task = ? AND a.model = spec AND a.revision = models.revision "
        "WHERE e.model_id = ? AND a.picture_id IS NULL LIMIT ?"
    )
    return np.array([row[0] for row in db.execute(sql, (TASK, model_id, limit))], np.int64)


def write_tags(db: sqlite3.Connection, model: str, revision: str, words: Mapping[int, Sequence[str]], now: str) -> None:
    """Replace what this model said before; a person's own tags stay.

    These tags are for filters and for people to read. They are not words to rank by: they say nothing that the vector
    has not said, and taken twice it drowned the rest (recall@1 of captions in hybrid search 0.318 instead of 0.360).
    """
    for picture_id, tags in words.items():
        db.execute("DELETE FROM texts WHERE picture_id = ? AND kind = 'tag' AND model = ?", (picture_id, model))
        for word in tags:
            insert_text(db, Text(picture_id, "tag", word, model, revision, FROM_VECTOR, now))
        db.execute("INSERT OR REPLACE INTO annotated VALUES (?, ?, ?, ?, ?)", (picture_id, TASK, model, revision, now))
