"""Server-sent events out of work that takes its time: each event of a generator as it comes, until it ends or nobody listens."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent

from web.api.errors import problem_of

# A server that is stopped waits so long for streams to end themselves.
GRACE_SECONDS = 2.0
# Who does not take an event for so long is let go.
SLOW_SECONDS = 60.0

Event = tuple[str, Any]
"""A name and what is sent with it, for JSON."""


def sent(events: Callable[[anyio.Event], AsyncIterator[ServerSentEvent]]) -> EventSourceResponse:
    """The answer of a route. The event that it is made with is set when the server is stopped: the stream then ends itself."""
    stopping = anyio.Event()
    return EventSourceResponse(
        events(stopping), shutdown_event=stopping, shutdown_grace_period=GRACE_SECONDS, send_timeout=SLOW_SECONDS
    )


async def streamed(
    make: Callable[[], Iterator[Event]], at_once: anyio.CapacityLimiter, stopping: anyio.Event
) -> AsyncIterator[ServerSentEvent]:
    """Each step is done in a thread of `at_once`. What is raised is the last event, `problem`, as any refusal is told.

    When nobody listens any more the generator is closed at its next step, so that a model stops writing.
    """
    made = make()
    try:
        while not stopping.is_set() and (one := await anyio.to_thread.run_sync(_next, made, limiter=at_once)):
            yield ServerSentEvent(json.dumps(one[1], ensure_ascii=False), event=one[0])
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(_close, made, limiter=at_once)


def _next(made: Iterator[Event]) -> Event | None:
    try:
        return next(made, None)
    except Exception as error:  # noqa: BLE001 - the answer has begun: nobody else can tell
        return "problem", json.loads(bytes(problem_of(error).body))


def _close(made: Any) -> None:
    made.close()
