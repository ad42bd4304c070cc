"""Filters as SQL: pure functions from values to clauses over `pictures` joined with `roots`."""

from __future__ import annotations

from indexer.records import Filters
from indexer.words import folded

_ALIASES = {"jpg": "jpeg", "jpe": "jpeg", "tif": "tiff", "heif": "heic", "jp2": "jpeg2000", "j2k": "jpeg2000"}
_SHAPES = {"landscape": "width > height", "portrait": "width < height", "square": "width = height"}


def where(filters: Filters) -> tuple[list[str], list[object]]:
    """The clauses (joined by AND) and their values; no clause when nothing is filtered."""
    clauses: list[str] = []
    given: list[object] = []
    for folder in filters.folders:
        clauses.append("instr(folded(roots.path || '/' || folder || '/'), ?) > 0")
        given.append(f"/{folded(folder).strip('/')}/")
    if filters.types:
        types = [_ALIASES.get(name, name) for name in (t.lower().lstrip(".") for t in filters.types)]
        clauses.append(f"format IN ({', '.join('?' * len(types))})")
        given += types
    for column, operator, value in (
        ("moment", ">=", filters.after and filters.after.isoformat()),
        ("moment", "<", filters.before and filters.before.isoformat()),
        ("size", ">=", filters.min_size),
        ("size", "<=", filters.max_size),
    ):
        if value is not None:
            clauses.append(f"{column} {operator} ?")
            given.append(value)
    if filters.orientation:
        clauses.append(_SHAPES[filters.orientation])
    return clauses, given
