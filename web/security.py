"""Who may ask, and how much may be sent: this machine's own browser, by name, from its own page."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.api.errors import Foreign, TooBig, problem_of

MOST_UPLOADED = 20_000_000
# A form's own lines and its words come on top of the picture.
MOST_SENT = MOST_UPLOADED + 100_000
# Names of this machine. Any other name that leads here is DNS rebinding: a foreign page that made itself "the same".
_HERE = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.IGNORECASE)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self' blob:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # other sites may neither embed pictures nor hold the page's window; there is no CORS header, so none may read
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guard:
    """Around the whole application: refuses foreign requests and endless bodies, sets the headers that browsers heed,
    and answers what nobody expected with a sentence instead of a traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        try:
            _check(scope["method"], scope["path"], Headers(scope=scope))
            await self._app(scope, _limited(receive), send_guarded)
        except Exception as error:  # the one place where anything may arrive
            if started:
                raise
            await problem_of(error)(scope, receive, send_guarded)


def _check(method: str, path: str, headers: Headers) -> None:
    """Raises Foreign, or TooBig for a body that says so itself."""
    host = headers.get("host", "")
    if not _HERE.fullmatch(host):
        raise Foreign("This address is not served here; open http://127.0.0.1 instead.")
    origin = headers.get("origin")
    if method not in ("GET", "HEAD") and origin and origin.lower() != f"http://{host.lower()}":
        raise Foreign("Only imsearch's own page may send pictures.")
    # A foreign page could not read an answer, but it could keep this machine busy, or time it.
    if path.startswith("/api/") and headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise Foreign("Only imsearch's own page may search here.")
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length[:20]) > MOST_SENT:
        raise TooBig(_TOO_BIG)


def _limited(receive: Receive) -> Receive:
    """For bodies that do not say how long they are."""
    read = 0

    async def receive_limited() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MOST_SENT:
            # FastAPI lets this kind of error alone through while it reads a form
            raise HTTPException(413, _TOO_BIG)
        return message

    return receive_limited


_TOO_BIG = f"More than {MOST_UPLOADED // 1_000_000} MB were sent; send a smaller copy of the picture."
