"""Words and objects of pictures, in the catalog's tables: what models say, and what people write."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from indexer.connections import Tables
from indexer.content import FROM_VECTOR, PEOPLE, drop_untagged, insert_said, refresh_words
from indexer.opened import LOOKED_AT
from indexer.records import Covered, Provenance, SeenObject, Text
from indexer.rows import text_of
from indexer.vectors.protocol import Ids
from vlm.protocols import Annotation, DetectedObject, Task, TextKind

TAGGING = "tag"
"""The mark in `annotated` that a model's revision has named what a picture shows."""


_KINDS: Mapping[Task, tuple[TextKind, ...]] = {
    "ocr": ("ocr",), "caption": ("caption",), "describe": ("caption", "tag"), "tag": ("tag",), "object": (), "moderate": (),
}  # fmt: skip
"""The kinds of text that a task writes, and so replaces."""


class Texts(Tables):
    """Full text is brought up to date in the same transaction."""

    def of(self, picture_id: int) -> list[Text]:
        """Every text of one picture, oldest first."""
        sql = (
            "SELECT picture_id, kind, text, model, revision, prompt_version, created_at, lines FROM texts "
            "WHERE picture_id = ? ORDER BY id"
        )
        return [text_of(*row) for row in self._db.execute(sql, (picture_id,))]

    def of_each(self, ids: Sequence[int]) -> dict[int, list[Text]]:
        """The same of several pictures, in one question."""
        made: dict[int, list[Text]] = {int(i): [] for i in ids}
        sql = (
            "SELECT picture_id, kind, text, model, revision, prompt_version, created_at, lines FROM texts "
            "WHERE picture_id IN (SELECT value FROM json_each(?)) ORDER BY id"
        )
        for row in self._db.execute(sql, (json.dumps(list(made)),)):
            made[row[0]].append(text_of(*row))
        return made

    def objects(self, picture_id: int) -> list[DetectedObject]:
        """Everything detected in one picture, surest first."""
        return [seen.object for seen in self.seen_objects(picture_id)]

    def seen_objects(self, picture_id: int) -> list[SeenObject]:
        """Everything detected in one picture, surest first, with which model detected each, and when."""
        sql = (
            "SELECT label, score, x1, y1, x2, y2, model, created_at FROM objects WHERE picture_id = ? "
            "ORDER BY score DESC, id"
        )
        return [
            SeenObject(DetectedObject(label, score, tuple(where[:4])), *where[4:])
            for label, score, *where in self._db.execute(sql, (picture_id,))
        ]

    def annotate(self, picture_id: int, task: Task, made: Annotation) -> None:
        """What a model said of a picture in one task, in place of what was said in that task before."""
        now = made.time.isoformat(timespec="seconds")
        with self._writing() as db:
            if not db.execute("SELECT 1 FROM pictures WHERE id = ?", (picture_id,)).fetchone():
                return
            for kind in _KINDS[task]:
                db.execute(
                    "DELETE FROM texts WHERE picture_id = ? AND kind = ? "
                    f"AND model != 'file' AND model NOT IN {PEOPLE} AND model NOT LIKE 'concept:%' AND prompt_version != ?",
                    (picture_id, kind, FROM_VECTOR),
                )
            for text in _texts(picture_id, made, now):
                insert_said(db, text)
            objects = made.objects
            if task == "object":
                db.execute(f"DELETE FROM objects WHERE picture_id = ? AND model NOT IN {PEOPLE}", (picture_id,))
                # boxes that were imported are all there are: a model's beside them would be counted twice
                if db.execute("SELECT 1 FROM objects WHERE picture_id = ?", (picture_id,)).fetchone():
                    objects = ()
            db.executemany(
                "INSERT INTO objects (picture_id, label, score, x1, y1, x2, y2, model, revision, created_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(picture_id, o.label, o.score, *o.box_xyxy, made.model, made.revision, now) for o in objects],
            )
            drop_untagged(db, picture_id)
            db.execute("DELETE FROM labels WHERE picture_id = ? AND task = ?", (picture_id, task))
            db.executemany(
                "INSERT INTO labels VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(picture_id, task, label.word, label.chance, made.model, made.revision, now) for label in made.labels],
            )
            db.execute(
                "INSERT OR REPLACE INTO annotated VALUES (?, ?, ?, ?, ?, ?)",
                (picture_id, task, made.model, made.revision, now, made.prompt_version),
            )
            db.execute(
                "DELETE FROM failures WHERE stage = ? AND (root_id, path) = (SELECT root_id, path FROM pictures WHERE id = ?)",
                (task, picture_id),
            )
            if _KINDS[task] or task == "object":  # what was detected is searched by too
                refresh_words(db, [picture_id])

    def to_annotate(
        self, task: Task, model: str, revision: str, prompt_version: str = "", keep_others: bool = False,
        anew: bool = False,
    ) -> list[int]:  # fmt: skip
        """Ids of pictures that this version of a model, so asked, has not seen in this task; with `anew` of all there are.

        First what a person looked at, the last look first, then the newest. With `keep_others` those that another model
        has seen are left to it. Those that this model failed on are left out until their file changes or they are tried
        once more.
        """
        sql = (
            "SELECT pictures.id FROM pictures JOIN roots ON roots.id = pictures.root_id AND online "
            "LEFT JOIN annotated a ON a.picture_id = pictures.id AND a.task = ?1 "
            "AND (a.model = ?2 AND a.revision = ?3 AND a.prompt_version = ?4 OR a.model != ?2 AND ?5) "
            "LEFT JOIN failures f ON f.root_id = pictures.root_id AND f.path = pictures.path "
            "AND f.stage = ?1 AND f.model = ?2 AND f.size = pictures.size AND f.mtime_ns = pictures.mtime_ns "
            f"LEFT JOIN ({LOOKED_AT}) looked ON looked.picture_id = pictures.id "
            "WHERE a.picture_id IS NULL AND f.stage IS NULL OR ?6 "
            "ORDER BY looked.at DESC, moment DESC, pictures.id DESC"
        )
        return [row[0] for row in self._db.execute(sql, (task, model, revision, prompt_version, keep_others, anew))]

    def judged_by(self, task: Task, model: str) -> bool:
        """Whether a model has done a task on any picture."""
        sql = "SELECT 1 FROM annotated WHERE task = ? AND model = ? LIMIT 1"
        return self._db.execute(sql, (task, model)).fetchone() is not None

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
                    "INSERT OR REPLACE INTO annotated VALUES (?, ?, ?, ?, ?, '')",
                    (picture_id, TAGGING, model, revision, now),
                )

    def provenance(self, picture_id: int) -> list[Provenance]:
        """Which model has looked at a picture for which task, and when."""
        sql = "SELECT task, model, revision, prompt_version, at FROM annotated WHERE picture_id = ? ORDER BY task"
        return [Provenance(*row) for row in self._db.execute(sql, (picture_id,))]

    def covered(self) -> list[Covered]:
        """How many pictures each model has looked at for each task."""
        sql = "SELECT task, model, revision, count(*) FROM annotated GROUP BY task, model, revision ORDER BY 1, 4 DESC"
        return [Covered(*row) for row in self._db.execute(sql)]

    def untagged(self, model_id: int) -> Ids:
        """Pictures with a vector of this model that its revision has not tagged."""
        sql = (
            "SELECT e.picture_id FROM embeddings e JOIN models ON models.id = e.model_id LEFT JOIN annotated a "
            "ON a.picture_id = e.picture_id AND task = ? AND a.model = spec AND a.revision = models.revision "
            "WHERE e.model_id = ? AND a.picture_id IS NULL ORDER BY e.picture_id"
        )
        return np.array([row[0] for row in self._db.execute(sql, (TAGGING, model_id))], np.int64)


def _texts(picture_id: int, made: Annotation, now: str) -> Iterator[Text]:
    by = (made.model, made.revision, made.prompt_version, now)
    if made.lines:
        yield Text(picture_id, "ocr", made.text, *by, made.lines)
    if made.caption:
        yield Text(picture_id, "caption", made.caption, *by)
    for tag in made.tags:
        yield Text(picture_id, "tag", tag, *by)
