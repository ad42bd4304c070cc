"""What a search is asked for over HTTP: in its address or as JSON; and the query that this means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query as Asked
from pydantic import Field, model_validator

from indexer.records import Orientation
from search import Library
from search.errors import ParseError, QueryError
from search.narrowing import narrowed
from search.parser import Part, parse, parse_parts
from search.query import LEAST_WEIGHT, MOST_WEIGHT, Example, Mode, Order, Query, Term, Words
from search.regions import region_of
from web.api.bodies import Body, PictureId
from web.api.schemas import UPLOADED
from web.uploads import Uploads

if TYPE_CHECKING:
    from PIL.Image import Image

# No one types as much; a pasted book would only cost time.
MOST_CHARACTERS = 10_000
MOST_CURSOR = 1000
# Each folder is one condition in SQL, which nests at most 1,000 of them.
MOST_NAMED = 100
MOST_TERMS = 100
# Each is decoded at its full size, which takes up to seconds.
MOST_PARTS = 10
# A second look takes a second a picture, or more.
MOST_LOOKED_AT = 100

Pixels = Annotated[int, Field(ge=0, le=999_999)]
Uploaded = Callable[[Example], "tuple[Image, ...]"]
"""What is looked at of an example that names an upload. Raises NotThere."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which pictures are looked for, beside the words."""

    like: int | None
    mode: Mode
    order: Order
    filters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Showing:
    """Which hits are told, and how; `rerank` is the spec of a model that looks at the first ones again."""

    limit: int
    fold: bool
    cursor: str
    explain: bool
    rerank: str = ""
    rerank_first: int = 20


def narrowing(
    mode: Mode = "hybrid", order: Order = "relevance", like: int | None = None,
    folders: Annotated[list[str], Asked(alias="in", max_length=MOST_NAMED)] = [],  # noqa: B006 - FastAPI copies it
    types: Annotated[list[str], Asked(alias="type", max_length=MOST_NAMED)] = [],  # noqa: B006
    after: str | None = None, before: str | None = None, min_size: str | None = None, max_size: str | None = None,
    orientation: Orientation | None = None,
) -> Narrowing:  # fmt: skip
    """The same choices as those of `imsearch search`."""
    filters = {
        "folders": folders, "types": types, "after": after, "before": before, "min_size": min_size,
        "max_size": max_size, "orientation": orientation,
    }  # fmt: skip
    return Narrowing(like, mode, order, filters)


def showing(
    limit: int = 60, fold: bool = False, cursor: Annotated[str, Asked(max_length=MOST_CURSOR)] = "",
    explain: bool = False,
) -> Showing:  # fmt: skip
    """Which hits, and what is told of them."""
    return Showing(limit, fold, cursor, explain)


class TermIn(Body):
    """One term: plain words (`text`), an indexed picture or an upload; of a picture perhaps a part, in its pixels.

    A weight below zero asks for less of it.
    """

    text: Annotated[str, Field(max_length=MOST_CHARACTERS)] | None = None
    picture: PictureId | None = None
    upload: Annotated[str, Field(pattern=r"^[0-9a-f]{1,64}$")] | None = None
    box_xywh: tuple[Pixels, Pixels, Pixels, Pixels] | None = None
    weight: float = 1.0

    @model_validator(mode="after")
    def _is_one_thing(self) -> TermIn:
        if sum(one is not None for one in (self.text, self.picture, self.upload)) != 1:
            raise ValueError("a term has one of text, picture and upload")
        if not LEAST_WEIGHT <= abs(self.weight) <= MOST_WEIGHT:
            raise ValueError(f"a weight is between {LEAST_WEIGHT:g} and {MOST_WEIGHT:g}, or as much below zero")
        if self.box_xywh and (self.text is not None or not self.box_xywh[2] or not self.box_xywh[3]):
            raise ValueError("a box is a part of a picture, at least one pixel wide and high")
        return self

    def term(self) -> Term:
        """As the query has it. Raises QueryError for words that are more than words."""
        if self.text is None:
            path = f"{UPLOADED}{self.upload}" if self.upload else ""
            return Example(self.picture, path, (), self.box_xywh, self.weight)
        made = Words(" ".join(self.text.split()), self.weight)
        try:
            if parse(str(made)).terms == (made,):
                return made
        except ParseError:
            pass
        raise QueryError(f"{self.text[:60]}: the text of a term is plain words; filters and signs belong into q.")


class SearchIn(Body):
    """A search as JSON: the words of `q` and further terms, the choices of the address, and a second look (`rerank`)."""

    q: Annotated[str, Field(max_length=MOST_CHARACTERS)] = ""
    terms: list[TermIn] = Field([], max_length=MOST_TERMS)
    like: PictureId | None = None
    folders: list[str] = Field([], alias="in", max_length=MOST_NAMED)
    types: list[str] = Field([], alias="type", max_length=MOST_NAMED)
    after: str | None = None
    before: str | None = None
    min_size: str | None = None
    max_size: str | None = None
    orientation: Orientation | None = None
    mode: Mode = "hybrid"
    order: Order = "relevance"
    limit: int = 60
    fold: bool = False
    cursor: Annotated[str, Field(max_length=MOST_CURSOR)] = ""
    explain: bool = False
    rerank: Annotated[str, Field(max_length=500)] = ""
    rerank_first: Annotated[int, Field(ge=1, le=MOST_LOOKED_AT)] = 20

    def narrowing(self) -> Narrowing:
        """Which pictures."""
        return narrowing(
            self.mode, self.order, self.like, self.folders, self.types, self.after, self.before, self.min_size,
            self.max_size, self.orientation,
        )  # fmt: skip

    def showing(self) -> Showing:
        """Which hits."""
        return Showing(self.limit, self.fold, self.cursor, self.explain, self.rerank, self.rerank_first)


def uploaded_by(library: Library, uploads: Uploads) -> Uploaded:
    """Gives what is looked at of uploads, as big as the library's model wants it."""

    def views(example: Example) -> tuple[Image, ...]:
        kept = uploads.get(example.path.removeprefix(UPLOADED))
        region, side = region_of(example, kept.width, kept.height), library.embedder().picture_side
        if region is None:
            return (uploads.picture(kept, side, None),)
        return region.views(uploads.picture(kept, region.least(side), region.seen))

    return views


def asked_for(text: str, asked: Narrowing, uploaded: Uploaded, terms: tuple[Term, ...] = ()) -> Query:
    """The query of words, terms and choices, with the pictures of its uploads. Raises QueryError, UsageError, NotThere."""
    query = narrowed(parsed(text)[0], **asked.filters)
    likes = () if asked.like is None else (Example(id=asked.like),)
    if sum(isinstance(one, Example) and one.box_xywh is not None for one in (*query.terms, *terms)) > MOST_PARTS:
        raise QueryError(f"More than {MOST_PARTS} parts of pictures are too many for one search.")
    every = tuple(
        replace(one, views=uploaded(one)) if isinstance(one, Example) and one.path else one
        for one in (*query.terms, *terms, *likes)
    )
    order = query.order if asked.order == "relevance" else asked.order
    return replace(query, terms=every, order=order, mode=asked.mode)


def query_of(text: str) -> Query:
    """What a visitor asks where nothing is sent. Raises ParseError, and QueryError for one that names a file or an upload."""
    query, _ = parsed(text)
    for term in query.terms:
        if isinstance(term, Example) and term.path:
            raise QueryError(f"{term}: a picture that was sent cannot be looked for here.")
    return query


def parsed(text: str) -> tuple[Query, list[Part]]:
    """A query that may name uploads, and its parts. Raises ParseError, and QueryError for one that names a file: it would
    be one of the server's."""
    query, parts = parse_parts(text)
    for term in query.terms:
        if isinstance(term, Example) and term.path and not term.path.startswith(UPLOADED):
            raise QueryError(f"{term}: no file can be named here; send the picture itself, or write like:ID.")
    return query, parts
