"""Who may ask: this machine's own browser, by name, from its own page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from fastapi.responses import JSONResponse

HOSTS = ("127.0.0.1", "localhost", "[::1]", "::1")
CONTENT_POLICY = (
    "default-src 'none'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


async def guard(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse foreign Host headers (DNS rebinding) and writes from other origins; set the headers that browsers heed."""
    host = request.headers.get("host", "")
    name = host if host in HOSTS else host.rpartition(":")[0] or host
    origin = request.headers.get("origin")
    if name not in HOSTS:
        response: Response = _refused("This address is not served here; open http://127.0.0.1 instead.")
    elif request.method not in ("GET", "HEAD") and origin and origin.rpartition("//")[2] != host:
        response = _refused("Only imsearch's own page may send pictures.")
    else:
        response = await go_on(request)
    response.headers["Content-Security-Policy"] = CONTENT_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _refused(detail: str) -> JSONResponse:
    return JSONResponse(
        {"title": "Forbidden", "status": 403, "detail": detail}, 403, media_type="application/problem+json"
    )
