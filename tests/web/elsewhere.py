"""Another site, on loopback, for a server that is told to take its address for one of the public web."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from web.fetching import Fetcher


class OneIsPublic(Fetcher):
    """As if 127.0.0.1 were of the public web; every other address is judged as ever."""

    def allows(self, address) -> bool:
        return str(address) == "127.0.0.1" or super().allows(address)

    def allows_port(self, port: int) -> bool:
        return True


class Answers(BaseHTTPRequestHandler):
    picture = b""
    asked: list = []  # noqa: RUF012

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.asked.append((self.path, self.headers["Host"]))
        leads = self.path.removeprefix("/to?")
        if leads != self.path:
            self.send_response(302)
            self.send_header("Location", leads)
            self.end_headers()
            return
        self.send_response(404 if self.path == "/gone" else 200)
        self.end_headers()
        try:
            while self.path == "/endless":
                self.wfile.write(b"\0" * 65_536)
            while self.path == "/drip":
                self.wfile.write(b"\0")
                time.sleep(0.1)
            self.wfile.write(self.picture)
        except OSError:
            pass


@contextmanager
def elsewhere(picture: bytes) -> Iterator[str]:
    """The site's address: it gives this picture at nearly every path."""
    Answers.picture = picture
    made = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    made.daemon_threads = True
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{made.server_port}"
    finally:
        made.shutdown()
        made.server_close()
        thread.join()
