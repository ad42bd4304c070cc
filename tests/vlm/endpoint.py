"""A small server on the loopback that speaks as much of OpenAI's API as a client hears, and fails as servers do."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Way = Callable[["Answer", dict[str, Any]], None]
"""How one question is answered: called with the connection and what was asked."""


class Endpoint(ThreadingHTTPServer):
    """Answers each question the next way of `ways`, and all after the last one as that; `with Endpoint(...) as it: it.url`."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, *ways: Way, models: tuple[str, ...] = ("tiny",)) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.ways = list(ways)
        self.models = models
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.at_once = self.most_at_once = 0
        self.hung_up = threading.Event()
        self.lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_port}/v1"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, *_: object) -> None:
        """Whoever hangs up is no news."""


class Answer(BaseHTTPRequestHandler):
    server: Endpoint
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            self.tell({"data": [{"id": name, "object": "model"} for name in self.server.models]})
        else:
            self.tell({"detail": "Not Found"}, 404)

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/chat/completions":
            self.tell({"detail": "Not Found"}, 404)
            return
        server = self.server
        with server.lock:
            server.asked.append(asked)
            server.keys.append(self.headers.get("Authorization"))
            way = server.ways.pop(0) if len(server.ways) > 1 else server.ways[0]
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
        try:
            way(self, asked)
        except OSError:
            server.hung_up.set()
        finally:
            with server.lock:
                server.at_once -= 1

    def begin(self, status: int = 200, **headers: object) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def tell(self, said: Any, status: int = 200, **headers: str) -> None:
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.begin(status, **{"Content_Type": "application/json", "Content_Length": len(body), **headers})
        self.wfile.write(body)

    def begin_stream(self) -> None:
        self.begin(Content_Type="text/event-stream", Connection="close")

    def event(self, piece: str | None, ended: str | None = None) -> None:
        chunk = {"id": "1", "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": ended}]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

    def log_message(self, *_: object) -> None:
        pass


def says(text: str | None, ended: str = "stop", **message: Any) -> Way:
    """`text`, in one piece or in a stream of its words, as it was asked."""

    def way(answer: Answer, asked: dict[str, Any]) -> None:
        if asked.get("stream"):
            answer.begin_stream()
            for n, word in enumerate((text or "").split(" ")):
                answer.event(word if n == 0 else f" {word}")
            answer.event(None, ended)
            answer.wfile.write(b"data: [DONE]\n\n")
            answer.close_connection = True
            return
        choice = {"index": 0, "message": {"role": "assistant", "content": text, **message}, "finish_reason": ended}
        answer.tell({"id": "1", "object": "chat.completion", "choices": [choice]})

    return way


def refuses(status: int, message: str, param: str | None = None, **headers: str) -> Way:
    return lambda answer, _: answer.tell({"error": {"message": message, "param": param}}, status, **headers)


def tells(body: bytes, status: int = 200, **headers: str) -> Way:
    return lambda answer, _: answer.tell(body, status, **headers)


def hangs_up(answer: Answer, asked: dict[str, Any]) -> None:
    """In the middle of a stream, or of a body that should have been longer."""
    if asked.get("stream"):
        answer.begin_stream()
        answer.event("half an")
    else:
        answer.begin(Content_Type="application/json", Content_Length=1000)
        answer.wfile.write(b'{"choices": [')
    answer.close_connection = True


def hangs_up_between_chunks(answer: Answer, asked: dict[str, Any]) -> None:
    answer.begin(Content_Type="text/event-stream", Transfer_Encoding="chunked")
    answer.wfile.write(b"10\r\ndata: {}\n\ndata:\r\n")
    answer.close_connection = True


def trickles(answer: Answer, asked: dict[str, Any]) -> None:
    """A byte now and then, for ever."""
    answer.begin_stream()
    while True:
        answer.wfile.write(b": \n" if asked.get("stream") else b" ")
        time.sleep(0.05)


def talks_for_ever(answer: Answer, asked: dict[str, Any]) -> None:
    answer.begin_stream()
    while True:
        answer.event("and ")
        time.sleep(0.01)


def is_silent(answer: Answer, asked: dict[str, Any]) -> None:
    time.sleep(30)


def takes_its_time(answer: Answer, asked: dict[str, Any]) -> None:
    time.sleep(0.01)
    says(asked["messages"][-1]["content"])(answer, asked)
