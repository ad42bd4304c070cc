"""A small model hub on the loopback: as much of huggingface.co as its client needs to download a repository."""

from __future__ import annotations

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TAG = "v1"
SHA = "89abcdef0123456789abcdef0123456789abcdef"


class Hub(ThreadingHTTPServer):
    """Serves `repositories`, {"ORG/NAME": folder}, from a thread of its own; `with Hub(...) as hub: hub.url`.

    With `breaks_after` it hangs up after so many bytes of a file and takes no call after that.
    """

    daemon_threads = True

    def __init__(self, repositories: dict[str, Path], breaks_after: int | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.repositories = repositories
        self.breaks_after = breaks_after
        self.broken = False
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class Answer(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        if self.server.broken:
            return
        self.server.asked.append(self.path)
        parts = self.path.partition("?")[0].strip("/").split("/")
        revision = "".join(parts[5:6] if parts[0] == "api" else parts[3:4])
        if revision not in ("", "main", TAG, SHA):
            self._head(404, {"X-Error-Code": "RevisionNotFound", "Content-Length": "0"})
        elif parts[:2] == ["api", "models"]:
            self._tell("/".join(parts[2:4]), parts[4:5])
        elif parts[2:3] != ["resolve"]:
            self._head(404, {"Content-Length": "0"})
        else:
            self._send("/".join(parts[:2]), "/".join(parts[4:]))

    do_HEAD = do_GET  # noqa: N815

    def _tell(self, repository: str, about: list[str]) -> None:
        folder = self.server.repositories.get(repository)
        if folder is None:
            self._head(404, {"X-Error-Code": "RepoNotFound", "Content-Length": "0"})
            return
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        said = (
            [
                {"type": "file", "path": str(p.relative_to(folder)), "size": p.stat().st_size, "oid": etag(p)}
                for p in files
            ]
            if about == ["tree"]
            else {
                "id": repository,
                "sha": SHA,
                "siblings": [{"rfilename": str(path.relative_to(folder))} for path in files],
            }
        )
        body = json.dumps(said).encode()
        self._head(200, {"Content-Type": "application/json", "Content-Length": str(len(body))})
        self.wfile.write(body)

    def _send(self, repository: str, name: str) -> None:
        path = self.server.repositories[repository] / name
        body = path.read_bytes()
        asked = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0]
        rest = body[int(asked) :]
        self._head(
            206 if int(asked) else 200,
            {"X-Repo-Commit": SHA, "ETag": f'"{etag(path)}"', "Content-Length": str(len(rest))},
        )
        if self.command == "HEAD":
            return
        stop = self.server.breaks_after
        self.server.broken = stop is not None and len(rest) > stop
        self.wfile.write(rest[:stop] if self.server.broken else rest)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def etag(path: Path) -> str:
    return hashlib.sha1(path.read_bytes()).hexdigest()
