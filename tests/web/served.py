"""imsearch as it is served: its own server on a real socket of loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from search.library import Library
from web.access import Served
from web.app import create_app
from web.server import server

# It listens on loopback and behaves as towards a whole network: only its address in figures or its name is taken.
BEYOND = Served("0.0.0.0", ("photos.example",))


@contextmanager
def serving(library: Library, served: Served = BEYOND, **choices) -> Iterator[httpx.Client]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        running = server(create_app(library, served=served, **choices), served, port)
        thread = threading.Thread(target=running.run, args=([listening],))
        thread.start()
        deadline = time.monotonic() + 30
        while not running.started and time.monotonic() < deadline:
            time.sleep(0.02)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                yield client
        finally:
            running.should_exit = True
            thread.join(30)


def sent_raw(client: httpx.Client, data: bytes, patience: float = 10) -> bytes:
    """What comes back for these very bytes, until the server closes or nothing more comes for so many seconds."""
    url = client.base_url
    got = b""
    with socket.create_connection((url.host, url.port or 80), timeout=patience) as connection:
        connection.sendall(data)
        try:
            while more := connection.recv(65536):
                got += more
        except (TimeoutError, ConnectionResetError):
            pass
    return got
