"""Judgements in the catalog's tables: which pictures answer a query in their owner's eyes (1) and which do not (0)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indexer.connections import Tables
from indexer.words import clean


@dataclass(frozen=True, slots=True)
class Judgement:
    """One picture judged for one query. `path` is absolute as text; `offline` ones cannot be found just now."""

    query: str
    picture_id: int
    path: str
    good: bool
    created_at: str
    offline: bool


class Judgements(Tables):
    """What was said of pictures, by query."""

    def put(self, query: str, said: Mapping[int, bool], now: str) -> None:
        """Judge pictures for a query; the latest word on a picture holds."""
        sql = "INSERT OR REPLACE INTO judgements (query, picture_id, relevance, created_at) VALUES (?, ?, ?, ?)"
        with self._writing() as db:
            db.executemany(sql, [(tidy(query), picture, int(good), now) for picture, good in said.items()])

    def all(self) -> list[Judgement]:
        """Every judgement: by query, the good ones first."""
        sql = (
            "SELECT query, picture_id, roots.path || '/' || pictures.path, relevance, created_at, NOT online "
            "FROM judgements JOIN pictures ON pictures.id = picture_id JOIN roots ON roots.id = root_id "
            "ORDER BY query, relevance DESC, picture_id"
        )
        rows = self._db.execute(sql)
        return [Judgement(q, i, path, bool(good), at, bool(away)) for q, i, path, good, at, away in rows]

    def forget(self, query: str, pictures: Sequence[int] = ()) -> int:
        """Drop what was said of these pictures (none: of all) for a query; returns how many judgements went."""
        which = " AND picture_id IN (SELECT value FROM json_each(?))" if pictures else ""
        given = (tidy(query), json.dumps(list(pictures))) if pictures else (tidy(query),)
        with self._writing() as db:
            return db.execute(f"DELETE FROM judgements WHERE query = ?{which}", given).rowcount


def tidy(query: str) -> str:
    """A query as it is kept: one space between words."""
    return " ".join(clean(query).split())
