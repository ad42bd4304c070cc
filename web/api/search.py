"""Search: by words, by an indexed picture, by an uploaded one, or by several of these."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi import Query as Asked

from indexer.records import Orientation
from search import Library
from search.blurring import Blur
from search.errors import QueryError
from search.narrowing import narrowed
from search.parser import parse
from search.query import Example, Mode, Order, Query
from web.api.schemas import ResultsOut, results_out
from web.uploading import Uploading

if TYPE_CHECKING:
    from PIL.Image import Image

# No one types as much; a pasted book would only cost time.
MOST_CHARACTERS = 10_000
# Each folder is one condition in SQL, which nests at most 1,000 of them.
MOST_NAMED = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything that may be said of a search in its address, beside the words and pictures themselves."""

    like: int | None
    mode: Mode
    order: Order
    limit: int
    fold: bool
    filters: dict[str, Any]


def wanted(
    limit: int = 60, mode: Mode = "hybrid", order: Order = "relevance", like: int | None = None,
    fold: bool = False,
    folders: Annotated[list[str], Asked(alias="in", max_length=MOST_NAMED)] = [],  # noqa: B006 - FastAPI copies it
    types: Annotated[list[str], Asked(alias="type", max_length=MOST_NAMED)] = [],  # noqa: B006
    after: str | None = None, before: str | None = None, min_size: str | None = None, max_size: str | None = None,
    orientation: Orientation | None = None,
) -> Wanted:  # fmt: skip
    """The same choices as those of `imsearch search`."""
    return Wanted(
        like, mode, order, limit, fold,
        {"folders": folders, "types": types, "after": after, "before": before, "min_size": min_size,
         "max_size": max_size, "orientation": orientation},
    )  # fmt: skip


def router(library: Library, blur: Blur, uploading: Uploading) -> APIRouter:
    """`/search` over one library."""
    made = APIRouter(tags=["search"])

    def found(text: str, asked: Wanted, picture: Image | None = None) -> ResultsOut:
        query = narrowed(query_of(text), **asked.filters)
        if asked.like is not None:
            query = replace(query, terms=(*query.terms, Example(id=asked.like)))
        if asked.order != "relevance":
            query = replace(query, order=asked.order)
        results = library.search(query, picture=picture, mode=asked.mode, limit=asked.limit, fold=asked.fold)
        return results_out(results, blur)

    @made.get("/search")
    def search(
        asked: Annotated[Wanted, Depends(wanted)],
        q: Annotated[str, Asked(max_length=MOST_CHARACTERS)] = "",
    ) -> ResultsOut:
        """Search by words (`q`), by an indexed picture (`like`), or both; without either: every picture, newest first."""
        return found(q, asked)

    @made.post("/search")
    def search_by_picture(
        picture: Annotated[UploadFile, File()],
        asked: Annotated[Wanted, Depends(wanted)],
        q: Annotated[str, Form(max_length=MOST_CHARACTERS)] = "",
    ) -> ResultsOut:
        """Search by an uploaded picture, with or without words. It is kept nowhere."""
        example = uploading.read(picture.file, picture.filename, library.embedder().picture_side).picture
        return found(q, asked, example)

    return made


def query_of(text: str) -> Query:
    """What a visitor asks. Raises ParseError, and QueryError for one that names a file: it would be one of the server's."""
    query = parse(text)
    for term in query.terms:
        if isinstance(term, Example) and term.path:
            raise QueryError(f"{term}: no file can be named here; send the picture itself, or write like:ID.")
    return query
