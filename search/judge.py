"""Judgements: queries and the pictures that answer them, as files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from search.parser import parse
from search.query import Query
from vlm.errors import UsageError


@dataclass(frozen=True, slots=True)
class Judged:
    """One query and what answers it: paths (or their last parts) and ids as text."""

    query: str
    relevant: tuple[str, ...]
    plain: bool = False
    """Whether the query is prose, whose quotation marks and minus signs mean nothing special."""

    def asked(self) -> Query:
        """The query as the searcher takes it. Raises ParseError."""
        return Query(self.query) if self.plain else parse(self.query)


def read_judgements(path: Path) -> list[Judged]:
    """One JSON object a line: {"query", "relevant": [...]}, or {"file", "captions": [...]} where each caption is a query.

    Raises UsageError naming the line that cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read ({error}).") from None
    judged = [one for number, line in enumerate(lines, 1) if line.strip() for one in _judged(path, number, line)]
    if not judged:
        raise UsageError(f"{path} holds no judgements.")
    return judged


def _judged(path: Path, number: int, line: str) -> Iterator[Judged]:
    form = 'a line is {"query": ..., "relevant": [...]} or {"file": ..., "captions": [...]}'
    try:
        row = json.loads(line)
    except ValueError as error:
        raise UsageError(f"{path}, line {number}: {error}; {form}.") from None
    if isinstance(row, dict) and isinstance(row.get("captions"), list) and isinstance(row.get("file"), str):
        for caption in row["captions"]:
            yield Judged(str(caption), (row["file"],), plain=True)
    elif isinstance(row, dict) and isinstance(row.get("query"), str) and isinstance(row.get("relevant"), list):
        yield Judged(row["query"], tuple(map(str, row["relevant"])))
    else:
        raise UsageError(f"{path}, line {number}: {form}.")
