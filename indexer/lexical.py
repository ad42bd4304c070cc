"""Ranking pictures by their words, on the catalog's full-text tables."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.everyday import is_shown
from indexer.records import LexicalMatch
from indexer.vectors.protocol import Ids
from indexer.words import contains, match, query_words

SAID = ("name", "folder", "caption", "ocr", "tag", "note")
FIELDS = (*SAID, "place")
# BM25 weights in the order of FIELDS: what a person wrote (note, tag) and names say most, a folder's words least.
WEIGHTS = "3.0, 1.0, 2.0, 1.0, 4.0, 4.0, 3.0"
# However well it ranks, a picture without one of the words scores less than 1.
NOT_ALL = 0.9999
# A word found only inside a longer one counts half: OCR glues words, but "art" in "party" is mostly chance.
INSIDE = 0.5
# One word that pictures often show ("dog") says this much less in a name or in print than another ("Rome"): a folder
# "dog sitting" holds many other things, and meaning finds the dogs. Two words together say what they say.
SHOWN = 0.1
# There a person said it of the very picture.
WRITTEN = frozenset(("tag", "note"))
# BM25 decides between pictures that hold equally many of the words; where more than this many do, the words are too
# common to say which is better, and ranking them all would take longer than the rest of a search.
MOST_RANKED = 20_000


def lexical(
    connection: sqlite3.Connection, typed: str, k: int, among: Ids | None, places: bool = True
) -> list[LexicalMatch]:
    """The k best pictures: those holding more of the words first, then by BM25; by where they were taken only with `places`.

    `score` is the share of the query's words that a picture holds (a part of a longer word counts half) plus up to
    0.1 for BM25, 1 and more only where it holds all; `rarity` sums what each word held says: 1 where it singles one picture out, 0 where all hold it; and
    `weight` is that over the same sum of every word asked for.
    """
    words = query_words(typed)
    if not words or k <= 0:
        return []
    fields = FIELDS if places else SAID
    ids, share, rarity, weight = _shares(connection, words, k, among, fields)
    if not len(ids):
        return []
    # everything that ties with the k-th stays in until BM25 has spoken
    kept = share >= (np.partition(share, len(share) - k)[len(share) - k] if len(share) > k else 0)
    ids, share, rarity, weight = ids[kept], share[kept], rarity[kept], weight[kept]
    bm25 = _bm25(connection, words, ids, fields) if len(ids) <= MOST_RANKED else np.zeros(len(ids))
    scores = share + 0.1 * bm25 / (bm25.max() or 1.0)
    scores[share < 1] = np.minimum(scores[share < 1], NOT_ALL)
    order = np.lexsort((ids, -scores))[:k]
    found = _fields(connection, words, ids[order], fields)
    made = []
    for at in order:
        where = found[picture := int(ids[at])]
        told = int(not WRITTEN.isdisjoint(where))
        made.append(LexicalMatch(picture, float(scores[at]), where, float(weight[at, told]), float(rarity[at, told])))
    return made


def holding(connection: sqlite3.Connection, typed: str, among: Ids | None, places: bool = True) -> Ids:
    """Sorted ids of every picture that holds all words, whole: those with a score of 1 and more."""
    words = query_words(typed)
    every = " AND ".join(f"({match(word)})" for word in words)
    return (
        _rowids(connection, "words", _in(FIELDS if places else SAID, every), among) if words else np.zeros(0, np.int64)
    )


def _in(fields: Sequence[str], expression: str) -> str:
    """The expression, of some fields alone."""
    # asked of all, SQLite would look at where each word stands
    return expression if len(fields) == len(FIELDS) else f"{{{' '.join(fields)}}} : ({expression})"


def _shares(
    connection: sqlite3.Connection, words: Sequence[str], k: int, among: Ids | None, fields: Sequence[str]
) -> tuple[Ids, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The n pictures that hold any of the words, the share of them that each holds, and (n, 2) rarities and weights:

    where names or print hold them, and where a person wrote them of the picture.
    """
    # the highest id is near enough to how many pictures there are, and costs no scan
    count = 1 + (connection.execute("SELECT max(id) FROM pictures").fetchone()[0] or 0)
    found: list[Ids] = []
    worth: list[NDArray[np.float64]] = []
    rare: list[float] = []
    for word in words:
        whole = _rowids(connection, "words", _in(fields, match(word)), None)
        part = contains(word)
        inside = np.zeros(0, np.int64)
        if part and len(whole) < k:
            inside = np.setdiff1d(_rowids(connection, "grams", part, None), whole)
        # how rare a word is does not depend on the filter
        rare.append(math.log(count / min(count, max(1, len(whole) + INSIDE * len(inside)))) / math.log(max(2, count)))
        for holding, value in ((whole, 1.0), (inside, INSIDE)):
            kept = holding if among is None else holding[np.isin(holding, among)]
            found.append(kept)
            worth.append(np.full(len(kept), value))
    ids, places = np.unique(np.concatenate(found), return_inverse=True)
    values = np.concatenate(worth)
    said = [r * (SHOWN if is_shown(word) else 1.0) for r, word in zip(rare, words, strict=True)]

    def summed(each: Sequence[float]) -> NDArray[np.float64]:
        of_row = np.repeat(np.repeat(np.asarray(each, np.float64), 2), [len(part) for part in found])
        return np.asarray(np.bincount(places, values * of_row, len(ids)), np.float64)

    held = summed([1.0] * len(words))
    telling: NDArray[np.float64] = np.stack([summed(said), summed(rare)], axis=1)
    telling[held >= 2, 0] = telling[held >= 2, 1]
    weight = telling / np.maximum([sum(said), sum(rare)], 1e-9)
    weight[held >= 2, 0] = weight[held >= 2, 1]
    return ids, held / len(words), telling, weight


def _rowids(connection: sqlite3.Connection, table: str, expression: str, among: Ids | None) -> Ids:
    # The filter is applied here: in SQL it makes FTS5 run MATCH once for each id (58 s for 100,000 of them).
    ids = _numbers(connection.execute(f"SELECT group_concat(rowid) FROM {table} WHERE {table} MATCH ?", (expression,)))
    return ids if among is None else ids[np.isin(ids, among)]


def _numbers(found: Iterable[tuple[str | None, ...]]) -> Ids:
    """The one answer, which SQLite put together. Row by row, it would take and give back Python's lock for each: four
    times as long, and other threads would wait for it thousands of times.
    """
    [(text,)] = found
    return np.fromstring(text or "", np.int64, sep=",")


def _bm25(connection: sqlite3.Connection, words: Sequence[str], ids: Ids, fields: Sequence[str]) -> NDArray[np.float64]:
    """BM25 of these pictures (sorted) for the words they hold whole, 0 where they hold none; higher is better."""
    # "+rowid": without the plus, FTS5 runs MATCH anew for each id; LIMIT: without it, there is no bm25 to be put together
    sql = (
        "SELECT json_group_array(id), json_group_array(score) FROM "
        f"(SELECT rowid AS id, -bm25(words, {WEIGHTS}) AS score FROM words WHERE words MATCH ? "
        "AND +rowid IN (SELECT value FROM json_each(?)) LIMIT -1)"
    )
    given = (_in(fields, " OR ".join(map(match, words))), json.dumps(ids.tolist()))
    found, scores = map(json.loads, connection.execute(sql, given).fetchone())
    made = np.zeros(len(ids))
    made[np.searchsorted(ids, found)] = np.maximum(scores, 0.0)
    return made


def _fields(
    connection: sqlite3.Connection, words: Sequence[str], ids: Ids, fields: Sequence[str]
) -> dict[int, tuple[str, ...]]:
    """In which kinds of words each of these pictures matches."""
    made: dict[int, list[str]] = {int(i): [] for i in ids}
    any_word = " OR ".join(map(match, words))
    for name in fields:
        for picture in _rowids(connection, "words", _in([name], any_word), ids):
            made[int(picture)].append(name)
    inside = [picture for picture, held in made.items() if not held]
    sql = f"SELECT rowid, {', '.join(SAID)} FROM words WHERE rowid IN (SELECT value FROM json_each(?))"
    for picture, *texts in connection.execute(sql, (json.dumps(inside),)):
        made[picture] = [field for field, text in zip(SAID, texts, strict=True) if any(word in text for word in words)]
    return {picture: tuple(held) for picture, held in made.items()}
