"""One query, the same for the command line, the API and the page; and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from indexer.records import Filters, Picture

if TYPE_CHECKING:
    from PIL.Image import Image

Mode = Literal["hybrid", "dense", "lexical"]
Order = Literal["relevance", "newest", "oldest"]
SignalName = Literal["dense", "caption", "text", "tag", "note", "name"]


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. Any of `text`, `picture` and `like` may be given together; none means every picture."""

    text: str = ""
    picture: Image | None = field(default=None, compare=False)
    like: int | None = None
    filters: Filters = field(default_factory=Filters)
    mode: Mode = "hybrid"
    order: Order = "relevance"
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason for a hit: its rank (1 is best) and score there. Dense scores are cosines, the others BM25-like."""

    name: SignalName
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """One found picture. `score` orders hits within one result only; `weak` hits lie below the cut-off."""

    rank: int
    picture: Picture
    score: float
    weak: bool
    signals: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """Hits best first, how many pictures were ranked in all, how long it took, and what the asker should know."""

    hits: tuple[Hit, ...]
    total: int
    seconds: float
    note: str = ""
