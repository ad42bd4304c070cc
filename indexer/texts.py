"""Words and objects of pictures, in the catalog's tables: what models say, and what people write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from indexer.connections import Tables
from indexer.content import FROM_VECTOR, insert_said, insert_text, refresh_words
from indexer.records import Stage, Text
from indexer.rows import text_of
from indexer.vectors.protocol import Ids
from vlm.protocols import DetectedObject

TAGGING = "tag"
"""The mark in `annotated` that a model's revision has named what a picture shows."""


class Texts(Tables):
    """Full text is brought up to date in the same transaction."""

    def of(self, picture_id: int) -> list[Text]:
        """Every text of one picture, oldest first."""
        sql = (
            "SELECT picture_id, kind, text, model, revision, prompt_version, created_at, lines FROM texts "
            "WHERE picture_id = ? ORDER BY id"
        )
        return [text_of(*row) for row in self._db.execute(sql, (picture_id,))]

    def objects(self, picture_id: int) -> list[DetectedObject]:
        """Everything detected in one picture, surest first."""
        sql = "SELECT label, score, x1, y1, x2, y2 FROM objects WHERE picture_id = ? ORDER BY score DESC, id"
        return [DetectedObject(label, score, tuple(box)) for label, score, *box in self._db.execute(sql, (picture_id,))]

    def add(self, text: Text) -> int:
        """Add words to a picture; returns the text's id."""
        with self._writing() as db:
            made = insert_text(db, text)
            refresh_words(db, [text.picture_id])
            return made

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
                insert_said(db, text)
            db.executemany(
                "INSERT INTO objects (picture_id, label, score, x1, y1, x2, y2, model, revision, created_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(picture_id, o.label, o.score, *o.box_xyxy, model, revision, now) for o in objects],
            )
            db.execute(
                "INSERT OR REPLACE INTO annotated VALUES (?, ?, ?, ?, ?)", (picture_id, task, model, revision, now)
            )
            refresh_words(db, [picture_id])

    def unannotated(self, task: Stage, model: str, revision: str, limit: int) -> list[int]:
        """Ids of pictures that this version of a model has not seen in this task, newest first; not those it failed on."""
        sql = (
            "SELECT pictures.id FROM pictures JOIN roots ON roots.id = pictures.root_id AND online "
            "LEFT JOIN annotated ON picture_id = pictures.id AND task = ? AND model = ? AND revision = ? "
            "LEFT JOIN failures ON failures.root_id = pictures.root_id AND failures.path = pictures.path "
            "AND stage = ? AND failures.size = pictures.size AND failures.mtime_ns = pictures.mtime_ns "
            "WHERE picture_id IS NULL AND stage IS NULL ORDER BY moment DESC, pictures.id DESC LIMIT ?"
        )
        return [row[0] for row in self._db.execute(sql, (task, model, revision, task, limit))]

    def tag(self, model: str, revision: str, words: Mapping[int, Sequence[str]], now: str) -> None:
        """One transaction: the words that a model names these pictures by, in place of those it said before.

        These tags are for filters and for people to read. They are not words to rank by: they say nothing that the
        vector has not said, and taken twice it drowned the rest (recall@1 of captions in hybrid search 0.318 instead
        of 0.360).
        """
        with self._writing() as db:
            for picture_id, tags in words.items():
                db.execute("DELETE FROM texts WHERE picture_id = ? AND kind = 'tag' AND model = ?", (picture_id, model))
                for word in tags:
                    insert_said(db, Text(picture_id, "tag", word, model, revision, FROM_VECTOR, now))
                db.execute(
                    "INSERT OR REPLACE INTO annotated VALUES (?, ?, ?, ?, ?)",
                    (picture_id, TAGGING, model, revision, now),
                )

    def untagged(self, model_id: int, limit: int) -> Ids:
        """Pictures with a vector of this model that its revision has not tagged."""
        sql = (
            "SELECT e.picture_id FROM embeddings e JOIN models ON models.id = e.model_id LEFT JOIN annotated a "
            "ON a.picture_id = e.picture_id AND task = ? AND a.model = spec AND a.revision = models.revision "
            "WHERE e.model_id = ? AND a.picture_id IS NULL LIMIT ?"
        )
        return np.array([row[0] for row in self._db.execute(sql, (TAGGING, model_id, limit))], np.int64)
