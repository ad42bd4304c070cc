"""Ranking pictures by their words, on the catalog's full-text tables."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from indexer.records import LexicalMatch
from indexer.vectors.protocol import Ids
from indexer.words import contains, match, query_words

FIELDS = ("name", "folder", "caption", "ocr", "tag", "note")
# BM25 weights in the order of FIELDS: what a person wrote (note, tag) and names say most, a folder's words least.
WEIGHTS = "3.0, 1.0, 2.0, 1.0, 4.0, 4.0"
# A word found only inside a longer one counts half: OCR glues words, but "art" in "party" is mostly chance.
INSIDE = 0.5


def lexical(connection: sqlite3.Connection, typed: str, k: int, among: Ids | None) -> list[LexicalMatch]:
    """The k best pictures: those holding more of the words first, then by BM25; whole words before parts of words.

    `score` is the share of the query's words that were found (halved for parts of words) plus up to 0.1 for BM25.
    """
    words = query_words(typed)
    if not words or k <= 0:
        return []
    within = None if among is None else json.dumps(among.tolist())
    found = _whole(connection, words, k, within)
    if len(found) < k:
        known = {picture for picture, _ in found}
        found += [row for row in _inside(connection, words, k, within) if row[0] not in known]
    found = sorted(found, key=lambda row: (-row[1], row[0]))[:k]
    fields = _fields(connection, words, [picture for picture, _ in found])
    return [LexicalMatch(picture, score, fields.get(picture, ("ocr",))) for picture, score in found]


def _whole(connection: sqlite3.Connection, words: Sequence[str], k: int, within: str | None) -> list[tuple[int, float]]:
    # Pictures with every word come from a query of their own: BM25 alone would let one rare word outrank all of them.
    every = _ranked(connection, " AND ".join(map(match, words)), k, within)
    some = _ranked(connection, " OR ".join(map(match, words)), max(4 * k, 400), within) if len(words) > 1 else every
    bm25 = dict(some) | dict(every)
    held: dict[int, int] = dict.fromkeys(bm25, 0)
    ids = json.dumps(list(bm25))
    for word in words:
        for (picture,) in connection.execute(
            "SELECT rowid FROM words WHERE words MATCH ? AND +rowid IN (SELECT value FROM json_each(?))",
            (match(word), ids),
        ):
            held[picture] += 1
    best = max((-rank for rank in bm25.values()), default=1.0) or 1.0
    return [(picture, held[picture] / len(words) + 0.1 * max(0.0, -rank) / best) for picture, rank in bm25.items()]


def _inside(
    connection: sqlite3.Connection, words: Sequence[str], k: int, within: str | None
) -> list[tuple[int, float]]:
    parts = [part for word in words if (part := contains(word))]
    if not parts:
        return []
    sql = "SELECT rowid FROM grams WHERE grams MATCH ?" + _clause(within) + " ORDER BY rank LIMIT ?"
    rows = connection.execute(sql, (" AND ".join(parts), *_given(within), k))
    return [(picture, INSIDE * len(parts) / len(words)) for (picture,) in rows]


def _ranked(connection: sqlite3.Connection, expression: str, k: int, within: str | None) -> list[tuple[int, float]]:
    sql = f"SELECT rowid, bm25(words, {WEIGHTS}) AS score FROM words WHERE words MATCH ?"
    sql += _clause(within) + " ORDER BY score, rowid LIMIT ?"
    return connection.execute(sql, (expression, *_given(within), k)).fetchall()


def _clause(within: str | None) -> str:
    # "+rowid" here and below: without the plus, FTS5 runs MATCH anew for each id (58 s for 100,000 of them, not 0.16 s).
    return "" if within is None else " AND +rowid IN (SELECT value FROM json_each(?))"


def _given(within: str | None) -> tuple[str, ...]:
    return () if within is None else (within,)


def _fields(connection: sqlite3.Connection, words: Sequence[str], ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Which kinds of words matched, for these pictures."""
    made: dict[int, tuple[str, ...]] = {}
    any_word = " OR ".join(map(match, words))
    for name in FIELDS:
        sql = "SELECT rowid FROM words WHERE words MATCH ? AND +rowid IN (SELECT value FROM json_each(?))"
        for (picture,) in connection.execute(sql, (f"{{{name}}} : ({any_word})", json.dumps(list(ids)))):
            made[picture] = (*made.get(picture, ()), name)
    return made
