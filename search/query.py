"""One query, the same for the command line, the API, the page and saved searches; and what comes back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from indexer.filters import EVERY_PICTURE, All, AnyOf, Condition, Filter, Not
from indexer.records import Picture
from search.negation import BEFORE
from vlm.protocols import Box

if TYPE_CHECKING:
    from PIL.Image import Image

Mode = Literal["hybrid", "dense", "lexical"]
Order = Literal["relevance", "newest", "oldest", "diverse"]
SignalName = Literal["dense", "caption", "text", "tag", "object", "note", "name", "place", "look"]

OPERATORS = BEFORE | {"or"}
"""Words that say something of what follows them, where they stand before it."""

LEAST_WEIGHT, MOST_WEIGHT = 0.01, 100.0


@dataclass(frozen=True, slots=True)
class Words:
    """A term of plain words: what the picture should show (or, with a negative weight, should not)."""

    text: str
    weight: float = 1.0

    def __str__(self) -> str:
        return f"{_weight(self.weight)}{_group(self.text)}"


@dataclass(frozen=True, slots=True)
class Example:
    """A term that is a picture: an indexed one (`id`), a file (`path`) or one in memory; `box_xywh` is a part of it, in pixels.

    `views` are what is looked at of one in memory: the picture, or what `search.regions` shows of its part.
    """

    id: int | None = None
    path: str = ""
    views: tuple[Image, ...] = field(default=(), compare=False)
    box_xywh: tuple[int, int, int, int] | None = None
    weight: float = 1.0

    @property
    def box_xyxy(self) -> Box | None:
        """The part as corners."""
        if self.box_xywh is None:
            return None
        x, y, width, height = self.box_xywh
        return (x, y, x + width, y + height)

    def __str__(self) -> str:
        named = f"like:{self.id}" if self.id is not None else f"picture:{quoted(self.path, '@' in self.path)}"
        part = f"@{','.join(map(str, self.box_xywh))}" if self.box_xywh else ""
        return ("" if self.weight == 1 else _weight(self.weight)) + named + part


Term = Words | Example


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. `text` are the plain words (weight 1); nothing at all means every picture.

    `str(query)` prints it in the query language: `parse(str(query)) == query`. How it is looked for and shown (`mode`,
    `limit`, `fold`: copies and bursts under the best of them; `cursor`: from where on; `places`: whether plain words may
    name where pictures were taken) and a picture in memory are not printed.
    """

    text: str = ""
    terms: tuple[Term, ...] = ()
    filters: Filter = EVERY_PICTURE
    order: Order = "relevance"
    mode: Mode = field(default="hybrid", compare=False)
    limit: int = field(default=20, compare=False)
    fold: bool = field(default=False, compare=False)
    cursor: str = field(default="", compare=False)
    places: bool = field(default=True, compare=False)

    @property
    def words(self) -> str:
        """All words that a picture may hold for this query: plain, weighted, and quoted."""
        said = [self.text, *(term.text for term in self.terms if isinstance(term, Words) and term.weight > 0)]
        conditions = self.filters.parts if isinstance(self.filters, All) else (self.filters,)
        said += [c.value for c in conditions if isinstance(c, Condition) and c.field in ("words", "text")]
        return " ".join(said)

    def __str__(self) -> str:
        parts = [self.text, *map(str, self.terms)]
        if self.text.lower().rpartition(" ")[2] in OPERATORS:
            parts[0] = f"({self.text})"  # or it would take hold of what follows
        if self.filters != EVERY_PICTURE:
            parts.append(printed(self.filters))
        if self.order != "relevance":
            parts.append(f"sort:{self.order}")
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason for a hit: its rank (1 is best) and score there. Dense scores are cosines, the others BM25-like.

    `share` is how much of the hit's standing is due to it: those of one hit sum to 1.
    """

    name: SignalName
    rank: int
    score: float
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Hit:
    """One found picture. `score` orders hits within one result only; `weak` hits lie below the cut-off.

    `folded` are further hits that show the same picture over again, where it was asked to fold them.
    """

    rank: int
    picture: Picture
    score: float
    weak: bool
    signals: tuple[Signal, ...]
    folded: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """Hits best first, how many pictures were ranked in all, how long it took, what the asker should know, the query as
    it was understood, filters that its plain words may mean (offered, not applied), which model would know its words,
    and the query's `cursor` for the hits after these (empty where none come).
    """

    hits: tuple[Hit, ...]
    total: int
    seconds: float
    note: str = ""
    query: Query = field(default_factory=lambda: Query())
    offers: tuple[str, ...] = ()
    advice: str = ""
    next: str = ""

    def only(self, hits: Sequence[Hit]) -> Results:
        """The same with some of the hits, ranked anew."""
        kept = tuple(replace(hit, rank=rank) for rank, hit in enumerate(hits, 1))
        return replace(self, hits=kept, total=len(kept), next="")


def printed(kept: Filter, inside: bool = False) -> str:
    """A filter in the query language; `inside` another one, where several conditions need parentheses."""
    match kept:
        case Condition("words", value):
            return quoted(value, always=True)
        case Condition(name, value, operator):
            return f"{name}:{'' if operator == ':' else operator}{quoted(value, always=name == 'text')}"
        case Not(part):
            return f"-{printed(part, True)}"
        case All(parts):
            joined = " ".join(printed(part, isinstance(part, All | AnyOf)) for part in parts)
        case AnyOf(parts):
            joined = " or ".join(printed(part, True) for part in parts)
    return f"({joined})" if inside else joined


def quoted(value: str, always: bool = False) -> str:
    """A value as it must be written to be read as one."""
    if not always and re.fullmatch(r'[^\s"()\\]+', value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _weight(weight: float) -> str:
    sign, size = ("-" if weight < 0 else "+"), f"{abs(weight):g}"
    return sign if size == "1" else f"{sign}{size}*"


def _group(text: str) -> str:
    return text if re.fullmatch(r"\w+", text) else f"({text})"
