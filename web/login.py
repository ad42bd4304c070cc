"""The page on which a browser exchanges a token for a cookie, and gives it back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from web.access import COOKIE, Access
from web.drawing import Drawing
from web.keys import LOGIN_DAYS, Key
from web.limits import Limits, client_of
from web.scopes import needs

MOST_LETTERS = 200


def router(access: Access, limits: Limits, drawing: Drawing) -> APIRouter:
    """`/login` and `/logout` of one server."""
    made = APIRouter(include_in_schema=False)

    def page(request: Request, to: str, wrong: bool = False) -> Response:
        known = _login_of(access, request)
        told = {"next": _local(to), "wrong": wrong, "known": known, "asks": access.asks}
        return drawing.page(request, "login.html", told, 401 if wrong else 200)

    @made.get("/login")
    def login(request: Request, next: str = "/") -> Response:  # noqa: A002 - the name that such pages have
        return page(request, next)

    # in the event loop, where limits are counted
    @made.post("/login")
    async def log_in(
        request: Request,
        token: Annotated[str, Form(max_length=MOST_LETTERS)] = "",
        next: Annotated[str, Form(max_length=20_000)] = "/",  # noqa: A002
    ) -> Response:
        key = access.keys.of(token.strip(), "token")
        if key is None:
            client = client_of(request.client.host if request.client else "")
            limits.may_guess(client)
            limits.guessed(client)
            return page(request, next, wrong=True)
        secret = await run_in_threadpool(access.keys.log_in, key)
        answer = RedirectResponse(_local(next), 303)
        answer.set_cookie(
            COOKIE,
            secret,
            max_age=LOGIN_DAYS * 86_400,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return answer

    @made.post("/logout", openapi_extra=needs("read"))
    def log_out(request: Request) -> Response:
        known = _login_of(access, request)
        if known:
            access.keys.remove("login", known.name)
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer

    return made


def _login_of(access: Access, request: Request) -> Key | None:
    cookie = request.cookies.get(COOKIE)
    return access.keys.of(cookie, "login") if cookie else None


def _local(to: str) -> str:
    """Only a place of this server: no `//elsewhere`, nor what browsers read as that (`/\\elsewhere`, with tabs between)."""
    fine = to.startswith("/") and to.isprintable() and not to.startswith(("//", "/\\", "/login"))
    return to if fine else "/"
