"""What stands around the whole application: who may ask, how much may be sent, and what browsers must heed."""

from __future__ import annotations

import asyncio
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.access import Access, Visitor, check_origin, is_open, login_address
from web.api.errors import Foreign, NotKnown, TooBig, problem_of
from web.limits import Limits, client_of
from web.metrics import Metrics

MOST_UPLOADED = 20_000_000
# A form's own lines and its words come on top of the picture.
MOST_SENT = MOST_UPLOADED + 100_000
# What is no form holds no picture; the longest are lists of ids.
MOST_TOLD = 1_000_000
# A whole body must have come in so many seconds (a phone sends 20 MB at 3 Mbit/s in 54), and be taken as fast.
SECONDS_TO_SEND = 60.0
SECONDS_TO_TAKE = 120.0
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self' blob:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # with no-referrer browsers send "Origin: null" with our own forms
    "Referrer-Policy": "same-origin",
    # other sites may neither embed pictures nor hold the page's window; there is no CORS header, so none may read
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guard:
    """Around the whole application: refuses foreign requests, unknown visitors and endless bodies, sets the headers that
    browsers heed, and answers what nobody expected with a sentence instead of a traceback."""

    def __init__(self, app: ASGIApp, access: Access, limits: Limits, metrics: Metrics) -> None:
        self._app = app
        self._access = access
        self._limits = limits
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # nothing here speaks WebSocket: a server closes what was not accepted
        status, begun = 0, time.perf_counter()

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "no-cache")
            # who does not take an answer holds its memory; ending the request closes the connection
            async with asyncio.timeout(SECONDS_TO_TAKE):
                await send(message)

        try:
            async with self._limits.one_more():
                headers = Headers(scope=scope)
                try:
                    scope["visitor"] = self._visitor(scope, headers)
                except NotKnown:
                    if not _is_page(scope, headers):
                        raise
                    where = login_address(scope["path"], scope["query_string"].decode("latin-1"))
                    await RedirectResponse(where, 303)(scope, receive, send_guarded)
                    return
                await self._in_turn(scope, _limited(receive, _most(headers)), send_guarded)
        except Exception as error:  # the one place where anything may arrive
            if isinstance(error, TimeoutError) and status:
                return  # an answer left half sent: the server closes the connection
            if status:
                raise
            await problem_of(error)(scope, receive, send_guarded)
        finally:
            self._metrics.count(scope, status, begun)

    async def _in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer when it is this visitor's turn. On a machine that serves itself alone, nobody is kept waiting."""
        if not self._access.asks:
            await self._app(scope, receive, send)
            return
        with self._limits.one_more_of(_name(scope)) as turns:
            await turns.acquire()
            held = True

            async def send_and_pass_on(message: Message) -> None:
                nonlocal held
                if held:
                    turns.release()
                    held = False
                await send(message)

            try:
                await self._app(scope, receive, send_and_pass_on)
            finally:
                if held:
                    turns.release()

    def _visitor(self, scope: Scope, headers: Headers) -> Visitor | None:
        """Who asks; None where it does not matter. Raises Foreign, NotKnown, TooMany, or TooBig for a body that says so itself."""
        if not self._access.served.knows(headers.get("host", "")):
            raise Foreign("This address is not served here; open http://127.0.0.1 instead, or serve it by --name.")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length[:20]) > _most(headers):
            raise TooBig(_too_big(_most(headers)))
        client = client_of((scope.get("client") or ("", 0))[0])
        visitor = None
        if not is_open(scope["path"]):
            try:
                visitor = self._access.who(headers)
            except NotKnown:
                # only now: who has a token is not kept out by somebody who guesses from the same address
                self._limits.may_guess(client)
                self._limits.guessed(client)
                raise
            if visitor is None:
                raise NotKnown("A token is needed here: open the page and log in, or send it as Authorization: Bearer.")
        check_origin(scope["scheme"], scope["method"], scope["path"], headers, visitor)
        # on a machine that serves itself alone, nobody is kept waiting
        if self._access.asks:
            self._limits.admit(visitor.name if visitor else client, scope["method"])
        return visitor


def _name(scope: Scope) -> str:
    """Whose requests this one is counted among: the token's name, or the address of who needs none."""
    visitor: Visitor | None = scope["visitor"]
    return visitor.name if visitor else client_of((scope.get("client") or ("", 0))[0])


def _is_page(scope: Scope, headers: Headers) -> bool:
    """Whether a browser opens a page, which can be led elsewhere."""
    asks = scope["method"] == "GET" and "text/html" in headers.get("accept", "")
    return asks and not scope["path"].startswith("/api/") and "authorization" not in headers


def _most(headers: Headers) -> int:
    return MOST_SENT if headers.get("content-type", "").lower().startswith("multipart/") else MOST_TOLD


def _too_big(most: int) -> str:
    help_ = (
        "a smaller copy of the picture" if most == MOST_SENT else "less at once, and pictures as multipart/form-data"
    )
    return f"More than {most // 1_000_000} MB were sent; send {help_}."


def _limited(receive: Receive, most: int) -> Receive:
    """For bodies that do not say how long they are, and for those that come drop by drop."""
    read, whole = 0, False
    ends: float | None = None

    async def receive_limited() -> Message:
        nonlocal read, whole, ends
        if whole:  # what comes now is that the visitor went away
            return await receive()
        ends = ends or asyncio.get_running_loop().time() + SECONDS_TO_SEND
        # FastAPI lets this kind of error alone through while it reads a form
        try:
            async with asyncio.timeout_at(ends):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408, "What you send comes too slowly; try again over a better connection") from None
        read += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if read > most:
            raise HTTPException(413, _too_big(most))
        return message

    return receive_limited
