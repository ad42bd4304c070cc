"""What a route lets its caller do, written where the route is made; `web.security` holds callers to it."""

from __future__ import annotations

from typing import Any, Literal

Scope = Literal["read", "write", "admin"]
"""Each holds those before it. read: only looks. write: changes what the library keeps. admin: names models or folders of the machine."""


def needs(scope: Scope) -> dict[str, Any]:
    """For a route's `openapi_extra`."""
    return {"x-scope": scope}
