"""Judgements: queries and the pictures that answer them, as files or as kept in a library."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.catalog import Catalog
from search.parser import parse
from search.query import Query
from vlm.errors import UsageError


@dataclass(frozen=True, slots=True)
class Judged:
    """One query, what answers it and what was judged not to: paths (or their last parts) and ids as text."""

    query: str
    relevant: tuple[str, ...]
    bad: tuple[str, ...] = ()
    plain: bool = False
    """Whether the query is prose, whose quotation marks and minus signs mean nothing special."""

    def asked(self) -> Query:
        """The query as the searcher takes it. Raises ParseError."""
        return Query(self.query) if self.plain else parse(self.query)


def kept_judgements(catalog: Catalog) -> list[Judged]:
    """What was said with `imsearch judge`, of pictures that can be found now. Raises UsageError when there is none."""
    good: dict[str, list[str]] = {}
    bad: dict[str, list[str]] = {}
    for one in catalog.judgements.all():
        if not one.offline:
            (good if one.good else bad).setdefault(one.query, []).append(str(one.picture_id))
    if not good:
        raise UsageError(
            "No picture was judged good for any query yet; say so with: imsearch judge QUERY ID… --good, or name a "
            "FILE of judged queries."
        )
    return [Judged(q, tuple(good.get(q, ())), tuple(bad.get(q, ()))) for q in sorted({*good, *bad})]


def read_judgements(path: Path) -> list[Judged]:
    """One JSON object a line: {"query", "relevant": [...]}, or {"file", "captions": [...]} where each caption is a query.

    Raises UsageError naming the line that cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is no text in UTF-8; save it as that.") from None
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
