"""Search: by words, by an indexed picture, by an uploaded one, or by several of these."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi import Query as Asked

from indexer.records import Orientation
from search import Library
from search.blurring import Blur
from search.chips import chips
from search.errors import QueryError
from search.narrowing import narrowed
from search.parser import Part, parse_parts
from search.query import Example, Mode, Order, Query, Results
from search.reasons import matches
from web.api.schemas import MatchOut, ParsedOut, ResultsOut, chip_out, results_out
from web.uploading import Uploading

if TYPE_CHECKING:
    from PIL.Image import Image

# No one types as much; a pasted book would only cost time.
MOST_CHARACTERS = 10_000
MOST_CURSOR = 1000
# Each folder is one condition in SQL, which nests at most 1,000 of them.
MOST_NAMED = 100


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What an address says of the pictures looked for, beside the words."""

    like: int | None
    mode: Mode
    order: Order
    filters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Showing:
    """What an address says of which hits are told, and how."""

    limit: int
    fold: bool
    cursor: str
    explain: bool


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


def router(library: Library, blur: Blur, uploading: Uploading) -> APIRouter:
    """`/search` over one library."""
    made = APIRouter(tags=["search"])

    def found(text: str, asked: Narrowing, shown: Showing, picture: Image | None = None) -> ResultsOut:
        typed, parts = parsed(text)
        query = asked_for(text, asked)
        results = library.search(
            query, picture=picture, mode=asked.mode, limit=shown.limit, fold=shown.fold, cursor=shown.cursor
        )
        made = results_out(results, chips(query, typed, parts), blur)
        return explained(library, results, made) if shown.explain else made

    @made.get("/search")
    def search(
        asked: Annotated[Narrowing, Depends(narrowing)],
        shown: Annotated[Showing, Depends(showing)],
        q: Annotated[str, Asked(max_length=MOST_CHARACTERS)] = "",
    ) -> ResultsOut:
        """Search by words (`q`), by an indexed picture (`like`), or both; without either: every picture, newest first."""
        return found(q, asked, shown)

    @made.get("/search/parse")
    def understood(q: Annotated[str, Asked(max_length=MOST_CHARACTERS)] = "") -> ParsedOut:
        """How a query is understood, without searching; or where it does not parse, and what may have been meant."""
        query, parts = parsed(q)
        return ParsedOut(
            query=str(query),
            terms=[chip_out(chip) for chip in chips(query, query, parts)],
            offers=list(library.searcher.offers(query)),
        )

    @made.post("/search")
    def search_by_picture(
        picture: Annotated[UploadFile, File()],
        asked: Annotated[Narrowing, Depends(narrowing)],
        shown: Annotated[Showing, Depends(showing)],
        q: Annotated[str, Form(max_length=MOST_CHARACTERS)] = "",
    ) -> ResultsOut:
        """Search by an uploaded picture, with or without words. It is kept nowhere."""
        example = uploading.read(picture.file, picture.filename, library.embedder().picture_side).picture
        return found(q, asked, shown, example)

    return made


def asked_for(text: str, asked: Narrowing) -> Query:
    """The query of words and an address. Raises QueryError, UsageError."""
    query = narrowed(query_of(text), **asked.filters)
    if asked.like is not None:
        query = replace(query, terms=(*query.terms, Example(id=asked.like)))
    order = query.order if asked.order == "relevance" else asked.order
    return replace(query, order=order, mode=asked.mode)


def query_of(text: str) -> Query:
    """What a visitor asks. Raises ParseError, and QueryError for one that names a file: it would be one of the server's."""
    return parsed(text)[0]


def parsed(text: str) -> tuple[Query, list[Part]]:
    """The same, with its parts."""
    query, parts = parse_parts(text)
    for term in query.terms:
        if isinstance(term, Example) and term.path:
            raise QueryError(f"{term}: no file can be named here; send the picture itself, or write like:ID.")
    return query, parts


def explained(library: Library, results: Results, made: ResultsOut) -> ResultsOut:
    """The same, and for each hit where the words stand."""
    store, words = library.store, results.query.words
    for out, hit in zip(made.hits, results.hits, strict=True):
        said = matches(words, hit.picture, store.texts(hit.picture.id))
        out.matches = [MatchOut(**asdict(match)) for match in said]
    return made
