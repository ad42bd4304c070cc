"""Concepts in the catalog's tables: what was taught by example, and the tags that come of it.

An example is remembered by its content, so that it survives a moved file, a second copy and a change of model. A tag
of a concept is a text of kind "tag" whose model is `concept:NAME`: the owner's own tags of the same name are not touched.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.connections import Tables
from indexer.content import insert_said, refresh_words
from indexer.records import Text
from indexer.vectors.protocol import Ids
from indexer.words import folded

# The mark in `annotated` that every concept has looked at a picture's vector of that model and revision.
TASK = "concepts"
SOURCE = "concept:"
CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Cross-validation in counts: examples that show it and were found or missed, and that do not and were tagged or not."""

    found: int
    missed: int
    wrongly_tagged: int
    rightly_not: int


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """A picture is tagged when the product of `weights` (dim,) with its vector is at least `threshold`."""

    weights: NDArray[np.float32]
    threshold: float
    held_out: HeldOut


@dataclass(frozen=True, slots=True, eq=False)
class Concept:
    """What was taught: content hash -> whether it shows it. `classifier` is for one model, None when it has none yet."""

    name: str
    examples: Mapping[str, bool]
    taught_at: str
    classifier: Classifier | None
    tagged: int


class TaughtConcepts(Tables):
    """Concepts, their classifiers, and the tags that come of them."""

    def all(self, model_id: int) -> list[Concept]:
        """Every concept by name, with its classifier for this model and how many pictures hold its tag."""
        db = self._db
        examples: dict[int, dict[str, bool]] = {}
        for concept, content, yes in db.execute("SELECT concept_id, hash, yes FROM concept_examples ORDER BY rowid"):
            examples.setdefault(concept, {})[content] = bool(yes)
        tags = "SELECT model, count(DISTINCT picture_id) FROM texts WHERE kind = 'tag' GROUP BY model"
        tagged = dict(db.execute(tags))
        sql = (
            "SELECT id, name, taught_at, weights, threshold, held_out FROM concepts "
            "LEFT JOIN concept_classifiers ON concept_id = id AND model_id = ? ORDER BY key"
        )
        return [
            Concept(name, examples.get(i, {}), taught_at, _classifier(*kept), tagged.get(SOURCE + name, 0))
            for i, name, taught_at, *kept in db.execute(sql, (model_id,)).fetchall()
        ]

    def teach(
        self, name: str, examples: Mapping[str, bool] | None, model_id: int, made: Classifier | None,
        tagged: Sequence[int], now: str,
    ) -> None:  # fmt: skip
        """One transaction: a concept's examples (None: as they are), its classifier for a model, and all its tags."""
        with self._writing() as db:
            if examples is not None:
                _write(db, name, examples, now)
            if made is not None:
                _keep(db, name, model_id, made)
            _retag(db, name, tagged, _revision(db, model_id), now)

    def forget(self, name: str) -> None:
        """Drop a concept, its examples, classifiers and tags; tags that others gave stay."""
        with self._writing() as db:
            _retag(db, name, [], "", "")
            db.execute("DELETE FROM concepts WHERE key = ?", (folded(name),))

    def unseen(self, model_id: int, limit: int = CHUNK) -> Ids:
        """Ids of pictures whose vector of this model the concepts have not looked at."""
        # from `pictures`, not `embeddings`: that table's rows hold the vectors, a gigabyte for a million
        sql = (
            "SELECT pictures.id FROM models CROSS JOIN pictures LEFT JOIN annotated "
            "ON picture_id = pictures.id AND task = ? AND model = spec AND annotated.revision = models.revision "
            "WHERE models.id = ? AND concepts_at != generation AND picture_id IS NULL "
            "AND EXISTS (SELECT 1 FROM embeddings WHERE model_id = models.id AND embeddings.picture_id = pictures.id) "
            "ORDER BY 1 LIMIT ?"
        )
        return np.array([row[0] for row in self._db.execute(sql, (TASK, model_id, limit))], np.int64)

    def tag(self, model_id: int, seen: Sequence[int], tagged: Mapping[str, Sequence[int]], now: str) -> None:
        """One transaction: pictures now seen by every concept, and which of them each of these concepts tags."""
        sql = "INSERT OR REPLACE INTO annotated SELECT ?, ?, spec, revision, ?, '' FROM models WHERE id = ?"
        with self._writing() as db:
            for name, ids in tagged.items():
                _retag(db, name, ids, _revision(db, model_id), now, among=seen)
            db.executemany(sql, [(picture, TASK, now, model_id) for picture in seen])

    def saw_all(self, model_id: int, generation: int) -> None:
        """Every concept has looked at every picture of this state of a model's vectors: the next run need not ask.

        Tags are those of one model at a time, so what holds for the others holds no longer.
        """
        with self._writing() as db:
            db.execute("UPDATE models SET concepts_at = -1 WHERE id != ? AND concepts_at != -1", (model_id,))
            db.execute("UPDATE models SET concepts_at = ?1 WHERE id = ?2 AND concepts_at != ?1", (generation, model_id))

    def with_content(self, contents: Sequence[str]) -> dict[int, str]:
        """Picture id -> content hash, for the pictures with one of these contents."""
        sql = "SELECT id, hash FROM pictures WHERE hash IN (SELECT value FROM json_each(?))"
        return dict(self._db.execute(sql, (json.dumps(list(contents)),)))


def _write(db: sqlite3.Connection, name: str, examples: Mapping[str, bool], now: str) -> None:
    """Make a concept or replace its examples; classifiers made from the old ones go."""
    sql = (
        "INSERT INTO concepts (name, key, taught_at) VALUES (?, ?, ?) "
        "ON CONFLICT (key) DO UPDATE SET taught_at = excluded.taught_at RETURNING id"
    )
    concept = db.execute(sql, (name, folded(name), now)).fetchone()[0]
    db.execute("DELETE FROM concept_classifiers WHERE concept_id = ?", (concept,))
    db.execute("DELETE FROM concept_examples WHERE concept_id = ?", (concept,))
    rows = [(concept, content, int(yes)) for content, yes in examples.items()]
    db.executemany("INSERT INTO concept_examples (concept_id, hash, yes) VALUES (?, ?, ?)", rows)


def _keep(db: sqlite3.Connection, name: str, model_id: int, made: Classifier) -> None:
    """Keep a concept's classifier for a model."""
    db.execute(
        "INSERT OR REPLACE INTO concept_classifiers (concept_id, model_id, weights, threshold, held_out) "
        "SELECT id, ?, ?, ?, ? FROM concepts WHERE key = ?",
        (model_id, made.weights.tobytes(), made.threshold, json.dumps(asdict(made.held_out)), folded(name)),
    )


def _retag(
    db: sqlite3.Connection, name: str, tagged: Sequence[int], model: str, now: str, among: Sequence[int] | None = None
) -> None:
    """Exactly these pictures (of `among`, or of all) hold the concept's tag; only what changes is written to full text."""
    source = SOURCE + name
    held = {row[0] for row in db.execute("SELECT picture_id FROM texts WHERE kind = 'tag' AND model = ?", (source,))}
    if among is not None:
        held &= set(among)
    wanted = set(tagged)
    drop, add = sorted(held - wanted), sorted(wanted - held)
    db.executemany("DELETE FROM texts WHERE kind = 'tag' AND model = ? AND picture_id = ?", [(source, i) for i in drop])
    kept = [(model, source, picture) for picture in sorted(held & wanted)]
    db.executemany("UPDATE texts SET revision = ? WHERE kind = 'tag' AND model = ? AND picture_id = ?", kept)
    for picture in add:
        insert_said(db, Text(picture, "tag", name, source, model, created_at=now))
    refresh_words(db, [*drop, *add])


def _revision(db: sqlite3.Connection, model_id: int) -> str:
    spec, revision = db.execute("SELECT spec, revision FROM models WHERE id = ?", (model_id,)).fetchone()
    return f"{spec}@{revision}"


def _classifier(weights: bytes | None, threshold: float, held_out: str) -> Classifier | None:
    if weights is None:
        return None
    return Classifier(np.frombuffer(weights, np.float32), threshold, HeldOut(**json.loads(held_out)))
