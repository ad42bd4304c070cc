"""Exception -> status and one sentence: the table, and the errors that only the API knows.

    ImsearchError (drawn in `vlm/errors.py`)
      NotThere                        what was asked for does not exist (any more)
      WorkedElsewhere                 another server works the library's jobs
      TooBig                          more was sent than is read
      Foreign                         a page of another site asks, or under another name
      NotKnown                        a token is needed, or this one opens nothing
      NotAllowed                      the token is for less than this
      TooMany                         too much is asked in too short a time
      Busy                            too much is being done for others

Every refusal is problem+json (RFC 9457): `{title, status, detail}`; that of a query that does not parse also says
`word, at, offers`.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from indexer import LibraryError, PictureError
from search.errors import ParseError
from vlm import ImsearchError, ModelError, UsageError

log = logging.getLogger("imsearch.web")


class NotThere(ImsearchError):
    """What was asked for does not exist (any more)."""


class WorkedElsewhere(ImsearchError):
    """Another server works the library's jobs."""


class TooBig(ImsearchError):
    """More was sent than is read."""


class Foreign(ImsearchError):
    """A page of another site asks, or someone who calls this server by another name."""


class NotKnown(ImsearchError):
    """A token is needed, or this one opens nothing."""

    headers = MappingProxyType({"WWW-Authenticate": 'Bearer realm="imsearch"'})


class NotAllowed(ImsearchError):
    """The token is for less than this."""


class TooMany(ImsearchError):
    """Too much is asked in too short a time; `seconds` until more is answered."""

    def __init__(self, sentence: str, seconds: int) -> None:
        super().__init__(sentence)
        self.headers = {"Retry-After": str(seconds)}


class Busy(ImsearchError):
    """Too much is being done for others."""

    headers = MappingProxyType({"Retry-After": "2"})


# The first row that fits decides; a sentence of None is the error's own. What fits no row is a fault of ours.
TABLE: tuple[tuple[type[Exception], int, str | None], ...] = (
    (NotKnown, 401, None),
    (Foreign, 403, None),
    (NotAllowed, 403, None),
    (NotThere, 404, None),
    (WorkedElsewhere, 409, None),
    (TooBig, 413, None),
    (TooMany, 429, None),
    (Busy, 503, None),
    (UsageError, 400, None),
    (OverflowError, 400, "A number in the query is too big."),
    (PictureError, 422, None),
    (LibraryError, 503, None),
    (ModelError, 503, None),
    (ImsearchError, 500, None),
    (sqlite3.Error, 503, "The library's catalog cannot be read now; is its disk connected? Look with: imsearch doctor"),
    (Exception, 500, "Something went wrong inside imsearch; the terminal that runs it says what."),
)
_PLAIN = {
    404: "There is nothing at this address.",
    405: "This address does not take {method}.",
}
_WRONG = {
    "int_parsing": "is not a whole number",
    "int_parsing_size": "is too big a number",
    "missing": "is missing",
    # the only value of ours that FastAPI itself judges
    "value_error": "is not a file; send it as multipart/form-data",
}


def problem_of(error: Exception) -> Response:
    """Any error as its answer; the unexpected ones are logged, with their traceback, and kept inside."""
    status, sentence = next((status, text) for kind, status, text in TABLE if isinstance(error, kind))
    if sentence is not None and status >= 500:
        log.error("%s: %s", type(error).__name__, error, exc_info=error)
    ours = isinstance(error, ImsearchError)
    title = type(error).__name__ if ours else _phrase(status)
    more: dict[str, Any] = (
        {"word": error.word, "at": error.at, "offers": error.offers} if isinstance(error, ParseError) else {}
    )
    return problem(title, status, sentence or str(error), getattr(error, "headers", None) if ours else None, **more)


def problem(title: str, status: int, detail: str, headers: Mapping[str, str] | None = None, **more: object) -> Response:
    """`{title, status, detail, ...}`. Lone surrogates, which JSON's UTF-8 cannot hold, become question marks."""
    body = json.dumps({"title": title, "status": status, "detail": detail, **more}, ensure_ascii=False)
    return Response(body.encode("utf-8", "replace"), status, headers, "application/problem+json")


def add_errors(app: FastAPI) -> None:
    """Answer every error of the application by the table."""
    for kind, _, _ in TABLE[:-1]:
        app.exception_handler(kind)(_expected)
    app.exception_handler(RequestValidationError)(_misunderstood)
    app.exception_handler(HTTPException)(_refused)


async def _expected(_: Request, error: Exception) -> Response:
    return problem_of(error)


async def _refused(request: Request, error: Exception) -> Response:
    """What the framework refuses by itself: an unknown address, a method, a body that is no form."""
    assert isinstance(error, HTTPException)
    detail = _PLAIN.get(error.status_code, f"{str(error.detail).rstrip('.')}.").format(method=request.method)
    return problem(_phrase(error.status_code), error.status_code, detail, error.headers)


async def _misunderstood(_: Request, error: Exception) -> Response:
    """A parameter of the wrong kind: which one, and what is wrong with it."""
    assert isinstance(error, RequestValidationError)
    return problem("UsageError", 400, _sentence(error.errors()[0]))


def _sentence(wrong: Mapping[str, Any]) -> str:
    name, given = next((part for part in reversed(wrong["loc"]) if isinstance(part, str)), "?"), wrong.get("input")
    if wrong["type"] == "value_error" and "error" in wrong.get("ctx", {}):
        return f"{wrong['ctx']['error']}.".capitalize()
    told = f"{name} {given!r}" if isinstance(given, str) and len(given) <= 60 else str(name)
    if wrong["type"] == "literal_error":
        return f"{told} is none of {wrong['ctx']['expected']}."
    return f"{told} {_WRONG[wrong['type']]}." if wrong["type"] in _WRONG else f"{told}: {wrong['msg']}."


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase
