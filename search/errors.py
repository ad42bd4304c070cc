"""The search branch of the error tree (drawn in `vlm/errors.py`)."""

from __future__ import annotations

from vlm.errors import UsageError


class QueryError(UsageError):
    """A query that cannot be understood; the message holds the offending word and what may have been meant."""
