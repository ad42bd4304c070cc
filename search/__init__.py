"""From words and pictures to hits."""

from __future__ import annotations

from search.errors import QueryError
from search.library import Library
from search.query import Hit, Query, Results, Signal

__all__ = ["Hit", "Library", "Query", "QueryError", "Results", "Signal"]
