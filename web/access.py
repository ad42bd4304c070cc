"""Who asks, and whether that is allowed here: by name of the server, by token, by scope of the route."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import get_args
from urllib.parse import quote

from fastapi import Request
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from web.api.errors import Foreign, NotAllowed, NotKnown
from web.keys import Keys
from web.scopes import Scope

COOKIE = "imsearch"
# What anyone may have: how to log in, what the page is made of (no picture), and whether it lives.
OPEN = ("/login", "/static/", "/s/", "/api/v1/health")
_SCOPES = get_args(Scope)
_LOOPBACK = re.compile(r"127\.0\.0\.1|localhost|\[::1\]", re.IGNORECASE)
_PORT = re.compile(r":\d{1,5}$")


@dataclass(frozen=True, slots=True)
class Served:
    """Where the server is reached: the address it listens at, and names under which others come to it (by a proxy)."""

    host: str = "127.0.0.1"
    names: tuple[str, ...] = ()

    @property
    def beyond(self) -> bool:
        """Whether others than this machine reach it."""
        return self.host not in ("127.0.0.1", "localhost", "::1") or bool(self.names)

    def knows(self, host: str) -> bool:
        """Whether a Host header is ours. A foreign name that leads here is DNS rebinding: a page that made itself "the
        same". An address in figures cannot be that, so where others are served any is taken.
        """
        name = _PORT.sub("", host).lower()
        if _LOOPBACK.fullmatch(name) or name in (one.lower() for one in self.names):
            return True
        machine = socket.gethostname().lower()
        return self.host not in ("127.0.0.1", "localhost", "::1") and (
            name in (self.host.lower(), machine, f"{machine.partition('.')[0]}.local") or _is_address(name)
        )


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: `name` is the token's, or empty on a machine that asks for none. `by_cookie`: from a browser's page."""

    name: str
    scope: Scope
    by_cookie: bool = False

    def may(self, scope: Scope) -> bool:
        """Whether the visitor's scope holds this one."""
        return _SCOPES.index(self.scope) >= _SCOPES.index(scope)


OWNER = Visitor("", "admin")


class Access:
    """Knows a visitor by token or cookie. One is asked for where others are served, and as soon as there is a token."""

    def __init__(self, library: Path, served: Served) -> None:
        self.keys = Keys(library)
        self.served = served
        self._asks = served.beyond

    @property
    def asks(self) -> bool:
        """Whether a token is needed. Once it is, it stays so: revoking the last token opens nothing."""
        self._asks = self._asks or bool(self.keys.all("token"))
        return self._asks

    def who(self, headers: Headers) -> Visitor | None:
        """The visitor, or None for one who brings no key. Raises NotKnown for a key that opens nothing."""
        if not self.asks:
            return OWNER
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            key = self.keys.of(token.strip(), "token")
            if key is None:
                raise NotKnown("This token opens nothing here; see those there are with: imsearch token list")
            return Visitor(key.name, key.scope)
        cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        key = self.keys.of(cookie, "login") if cookie else None
        return Visitor(key.of, key.scope, by_cookie=True) if key else None


def is_open(path: str) -> bool:
    """Whether anyone may have what is at this path."""
    return any(path == one.rstrip("/") or (one.endswith("/") and path.startswith(one)) for one in OPEN)


def check_origin(scheme: str, method: str, path: str, headers: Headers, visitor: Visitor | None) -> None:
    """Raises Foreign for what another site's page has a browser send."""
    origin, site, host = headers.get("origin"), headers.get("sec-fetch-site"), headers.get("host", "").lower()
    # A proxy before us may speak https for us.
    ours = {f"{scheme}://{host}", f"https://{host}"}
    if method not in ("GET", "HEAD", "OPTIONS"):
        if origin and origin.lower() not in ours:
            raise Foreign("Only imsearch's own page may send anything here.")
        if visitor and visitor.by_cookie and not origin and site != "same-origin":
            raise Foreign("It does not say that imsearch's own page sends this; a program sends its token instead.")
    # A foreign page could not read an answer, but it could keep the machine busy, or time it.
    if path.startswith("/api/") and site not in (None, "none", "same-origin"):
        raise Foreign("Only imsearch's own page may search here.")


async def enough(request: Request) -> None:
    """For every route: whether the visitor's scope is enough for it. Raises NotAllowed. `Guard` knew the visitor."""
    visitor: Visitor | None = request.scope.get("visitor")
    if visitor is None:  # an open path
        return
    marked = (getattr(request.scope["route"], "openapi_extra", None) or {}).get("x-scope")
    needed: Scope = marked or ("read" if request.method in ("GET", "HEAD") else "write")
    if not visitor.may(needed):
        raise NotAllowed(f'The token "{visitor.name}" may {visitor.scope}; this needs one that may {needed}.')


def login_address(path: str, query: str) -> str:
    """Where a browser without a login is sent, and from there back to what it asked for."""
    return f"/login?next={quote(path + (f'?{query}' if query else ''), safe='')}"


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
