"""Filters given beside a query, as options or parameters, in place of being written into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indexer.filters import All, AnyOf, Condition, Filter, Operator, both, condition
from search.query import Query
from vlm.errors import UsageError


def narrowed(
    query: Query, *, folders: Sequence[str] = (), types: Sequence[str] = (), after: str | None = None,
    before: str | None = None, min_size: str | None = None, max_size: str | None = None, orientation: str | None = None,
) -> Query:  # fmt: skip
    """The query with these filters: all hold, of the types any. Raises UsageError naming what cannot be read."""
    parts: list[Filter] = [_condition("in", folder) for folder in folders]
    kinds = tuple(_condition("type", kind) for kind in types)
    if kinds:
        parts.append(kinds[0] if len(kinds) == 1 else AnyOf(kinds))
    given: tuple[tuple[str, str | None, Operator], ...] = (
        ("after", after, ":"), ("before", before, ":"), ("size", min_size, ">="), ("size", max_size, "<="),
        ("orientation", orientation, ":"),
    )  # fmt: skip
    parts += [_condition(name, value, operator) for name, value, operator in given if value is not None]
    return replace(query, filters=both(query.filters, All(tuple(parts))))


def _condition(name: str, value: str, operator: Operator = ":") -> Condition:
    try:
        return condition(name, value, operator)
    except ValueError as error:
        raise UsageError(f"{value!r}: {error}.") from None
