"""Search: by words, by an indexed picture, by an uploaded one, or by several of these."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi import Query as Asked
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import Scope

from search import Library
from search.blurring import Blur
from search.chips import chips
from search.query import Results, Term
from search.reasons import matches
from search.rerank import rerank
from vlm import Model
from web.api.asked import (
    MOST_CHARACTERS,
    Narrowing,
    SearchIn,
    Showing,
    asked_for,
    narrowing,
    parsed,
    showing,
    uploaded_by,
)
from web.api.errors import Busy, NotThere
from web.api.schemas import CompletionOut, CompletionsOut, MatchOut, ParsedOut, ResultsOut, chip_out, results_out
from web.scopes import needs
from web.uploading import Uploading
from web.uploads import Uploads

if TYPE_CHECKING:
    from PIL.Image import Image

# A second look takes a thread for a minute.
LOOKED_AT_ONCE = 4

_FORM = {
    "type": "object",
    "properties": {"picture": {"type": "string", "format": "binary"}, "q": {"type": "string"}},
    "required": ["picture"],
}


class Json(APIRoute):
    """A route for what is sent as JSON; the next one at the same address takes what is sent otherwise."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
        return (match, child) if match != Match.FULL or kind == "application/json" else (Match.NONE, {})


def router(
    library: Library, blur: Blur, uploading: Uploading, uploads: Uploads, model: Callable[[str], Model]
) -> APIRouter:
    """`/search` over one library; `model` gives the one of a spec that a visitor may name."""
    made = APIRouter(tags=["search"])

    uploaded = uploaded_by(library, uploads)
    looks = threading.BoundedSemaphore(LOOKED_AT_ONCE)

    def found(
        text: str, asked: Narrowing, shown: Showing, terms: tuple[Term, ...] = (), picture: Image | None = None
    ) -> ResultsOut:
        typed, parts = parsed(text)
        query = asked_for(text, asked, uploaded, terms)
        results = library.search(
            query, picture=picture, mode=asked.mode, limit=shown.limit, fold=shown.fold, cursor=shown.cursor
        )
        if shown.rerank and not shown.cursor:
            if not looks.acquire(blocking=False):
                raise Busy("Too many results are being looked at again; try again in a moment.")
            try:
                results = rerank(results, library.store, model(shown.rerank), shown.rerank_first)
            finally:
                looks.release()
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

    @made.get("/pictures/{picture_id}/similar")
    def similar(picture_id: int, shown: Annotated[Showing, Depends(showing)]) -> ResultsOut:
        """Pictures like this one, the most alike first; the weak ones show something else."""
        if not library.store.get([picture_id]):
            raise NotThere(f"There is no picture {picture_id} in this library.")
        return found(f"like:{picture_id}", Narrowing(None, "dense", "relevance", {}), shown)

    @made.get("/search/parse")
    def understood(q: Annotated[str, Asked(max_length=MOST_CHARACTERS)] = "") -> ParsedOut:
        """How a query is understood, without searching; or where it does not parse, and what may have been meant."""
        query, parts = parsed(q)
        return ParsedOut(
            query=str(query),
            terms=[chip_out(chip) for chip in chips(query, query, parts)],
            offers=list(library.searcher.offers(query)),
        )

    @made.get("/complete")
    def complete(
        q: Annotated[str, Asked(max_length=MOST_CHARACTERS)] = "", at: Annotated[int | None, Asked(ge=0)] = None
    ) -> CompletionsOut:
        """How the word may go on that ends at character `at` of a query (at its end, if that is not said)."""
        end = len(q) if at is None else min(at, len(q))
        start, offers = library.completions(q, end)
        made = [CompletionOut(text=one.text, kind=one.kind, label=one.label, count=one.count) for one in offers]
        return CompletionsOut(start=start, end=end, offers=made)

    def search_by_terms(asked: SearchIn) -> ResultsOut:
        """Search by terms of any kind, each with its weight (JSON); or by one uploaded picture with words (a form)."""
        terms = tuple(one.term() for one in asked.terms)
        return found(asked.q, asked.narrowing(), asked.showing(), terms)

    made.add_api_route(
        "/search", search_by_terms, methods=["POST"], route_class_override=Json,
        openapi_extra={**needs("read"), "requestBody": {"content": {"multipart/form-data": {"schema": _FORM}}}},
    )  # fmt: skip

    @made.post("/search", include_in_schema=False, openapi_extra=needs("read"))
    def search_by_picture(
        picture: Annotated[UploadFile, File()],
        asked: Annotated[Narrowing, Depends(narrowing)],
        shown: Annotated[Showing, Depends(showing)],
        q: Annotated[str, Form(max_length=MOST_CHARACTERS)] = "",
    ) -> ResultsOut:
        """Search by an uploaded picture, with or without words. It is kept nowhere."""
        example = uploading.read(picture.file, picture.filename, library.embedder().picture_side).picture
        return found(q, asked, shown, picture=example)

    return made


def explained(library: Library, results: Results, made: ResultsOut) -> ResultsOut:
    """The same, and for each hit where the words stand."""
    words = results.query.words
    texts = library.store.catalog.texts.of_each([hit.picture.id for hit in results.hits]) if words.strip() else {}
    for out, hit in zip(made.hits, results.hits, strict=True):
        said = matches(words, hit.picture, texts[hit.picture.id]) if texts else []
        out.matches = [MatchOut.model_validate(match, from_attributes=True) for match in said]
    return made
