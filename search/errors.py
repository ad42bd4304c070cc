"""The search branch of the error tree (drawn in `vlm/errors.py`)."""

from __future__ import annotations

from vlm.errors import UsageError

LONGEST = 60


class QueryError(UsageError):
    """A query that cannot be understood; the message holds the offending word and what may have been meant."""


class ParseError(QueryError):
    """A query that does not parse: `word` is what it stumbled over, at character `at`; `offers` is what may be meant."""

    def __init__(self, word: str, at: int, reason: str, offers: tuple[str, ...] = ()) -> None:
        self.word, self.at, self.offers = word, at, offers
        meant = f"; did you mean {' or '.join(offers)}?" if offers else "."
        super().__init__(" ".join(f"{short(word)}: {reason}{meant}".split()))


def short(word: str) -> str:
    """A word as a sentence can hold it: what was pasted by mistake may be a page."""
    return word if len(word) <= LONGEST else f"{word[:LONGEST]}…"
