"""Questions about pictures of the library, answered while they listen: server-sent events."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated

import anyio
from fastapi import APIRouter
from pydantic import Field
from sse_starlette import EventSourceResponse

from indexer import Picture
from indexer.paths import printable
from search import Library
from search.ask import Conversation, best_of, query_for
from search.blurring import Blur
from vlm import UsageError
from web.api.asked import MOST_CHARACTERS, query_of
from web.api.bodies import Body, PictureId, pictures_of
from web.api.schemas import thumbnail_address
from web.events import Event, sent, streamed
from web.offered import Offered
from web.scopes import needs

MOST_PICTURES = 200
# A model answers one after the other; those who wait for it take no threads from searches.
ASKED_AT_ONCE = 4

Question = Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS, pattern=r"\S")]


class Before(Body):
    """An earlier question of the same conversation, and its answer."""

    question: Question
    answer: Annotated[str, Field(max_length=50_000)]


class AskIn(Body):
    """A question about the pictures of `ids`, or about the best `count` hits of the query `q`, or of the question itself.

    `model` is one that GET /models offers for ask; without it the first one, and where there is none, or with `look`
    false, what is stored of the pictures is told. `history` goes on with a conversation about the same `ids`.
    """

    question: Question = Field(examples=["Which of these were taken at the sea?"])
    q: Annotated[str, Field(max_length=MOST_CHARACTERS)] | None = None
    ids: Annotated[tuple[PictureId, ...], Field(max_length=MOST_PICTURES)] = ()
    count: Annotated[int, Field(ge=1, le=MOST_PICTURES)] = 8
    model: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    look: bool = True
    history: Annotated[tuple[Before, ...], Field(max_length=50)] = ()


def router(library: Library, blur: Blur, offered: Offered) -> APIRouter:
    """`/ask` over one library."""
    made = APIRouter(tags=["asking"])
    at_once = anyio.CapacityLimiter(ASKED_AT_ONCE)

    @made.post("/ask", response_class=EventSourceResponse, openapi_extra=needs("read"))
    async def ask(asked: AskIn) -> EventSourceResponse:
        """Server-sent events: `pictures` with their numbers, `piece` after piece of the answer, then `answer`, the whole
        with the numbers that it names; or `problem`."""
        named = await anyio.to_thread.run_sync(checked, asked)
        return sent(partial(streamed, lambda: answered(asked, named), at_once))

    def checked(asked: AskIn) -> list[Picture]:
        """What can be refused before anything is looked at."""
        if asked.ids and asked.q is not None:
            raise UsageError("Give either ids or q, not both.")
        if asked.history and not asked.ids:
            raise UsageError("A conversation goes on about the same pictures; send their ids with the history.")
        if asked.q is not None:
            query_of(asked.q)
        if asked.look and asked.model:
            offered.for_task("ask", asked.model)
        return pictures_of(library, asked.ids)

    def answered(asked: AskIn, named: list[Picture]) -> Iterator[Event]:
        model = None
        if asked.look and (spec := asked.model or offered.first("ask")):
            model = offered.for_task("ask", spec)
        query, about = None, named
        if not named:
            query = query_for(asked.question, asked.q, model)
            about = best_of(library, query, asked.count)
        yield "pictures", {"query": None if query is None else str(query), "pictures": _listed(about, blur)}
        talk = Conversation(library.store, model, about)
        talk.remember([(one.question, one.answer) for one in asked.history])
        said = ""
        pieces = talk.stream(asked.question)
        for piece in pieces:
            said += piece
            yield "piece", {"text": piece}
        answer = talk.answer(said)
        yield "answer", {"text": answer.text, "cited": list(answer.cited), "model": answer.model}

    return made


def _listed(pictures: list[Picture], blur: Blur) -> list[dict[str, object]]:
    return [
        {
            "number": number, "id": one.id, "name": printable(one.path.rpartition("/")[2]), "width": one.width,
            "height": one.height, "thumbnail": thumbnail_address(one), **blur.as_json(one),
        }
        for number, one in enumerate(pictures, 1)
    ]  # fmt: skip
