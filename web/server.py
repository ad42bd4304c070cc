"""The HTTP server, with patience that ends: uvicorn itself waits for ever for the end of a request's head."""

from __future__ import annotations

import asyncio

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from web.access import Served
from web.limits import client_of

SECONDS_TO_ASK = 10.0
# A connection between two requests. Many programs keep theirs for five seconds: one that closes after as long meets some
# just as they ask again (4 of 5,320 requests of fifty clients).
SECONDS_KEPT = 9
# All of them, and of one address; each costs a file handle, of which systems give 1,024. A browser holds six.
MOST_CONNECTIONS = 512
MOST_OF_ONE = 64


def server(app: FastAPI, served: Served, port: int) -> uvicorn.Server:
    """A server of the application, not yet begun."""
    config = uvicorn.Config(
        app, host=served.host, port=port, log_level="warning", http=Patient, ws="none", server_header=False,
        limit_concurrency=MOST_CONNECTIONS, timeout_graceful_shutdown=5, timeout_keep_alive=SECONDS_KEPT,
    )  # fmt: skip
    return uvicorn.Server(config)


class Patient(H11Protocol):
    """Ends connections that do not get to the point, and those of an address that has too many."""

    _alarm: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        mine = _who(self)
        # a proxy on this machine speaks for many
        if (
            mine not in ("127.0.0.1", client_of("::1"))
            and sum(_who(one) == mine for one in self.connections) > MOST_OF_ONE
        ):
            transport.close()
            return
        self._begin()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._begin()
        elif not self.cycle or not self.cycle.response_complete:
            self._end()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        # uvicorn would take in the rest of a body that nobody reads, however long it is
        if self.conn.their_state is h11.SEND_BODY:
            self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        super().connection_lost(exc)

    def _begin(self) -> None:
        if self._alarm is None:
            self._alarm = self.loop.call_later(SECONDS_TO_ASK, self.transport.close)

    def _end(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None


def _who(connection: object) -> str:
    client = getattr(connection, "client", None)
    return client_of(client[0]) if client else ""
