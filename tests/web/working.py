"""A library that jobs can work on, a model that waits to be let through, and a server on the loopback."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import uvicorn

from search.library import Library
from tests.conftest import heed_interrupts, paint
from tests.plugin import ColourWriter
from vlm.protocols import Generation, Turn

ROOT = Path(__file__).parents[2]
COLOURS = ("red", "green", "blue", "yellow")


class Gated(ColourWriter):
    """Writes about pictures as many batches as it was let through; `asked` counts those that began."""

    spec = "gated"

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Semaphore(0)
        self.began = threading.Semaphore(0)

    def replies(self, conversations: Sequence[Sequence[Turn]], how: Generation = Generation()) -> list[str]:
        self.began.release()
        assert self.gate.acquire(timeout=60)
        return super().replies(conversations, how)


def painted(folder: Path, many: int = 20) -> Path:
    for n in range(many):
        paint(folder / f"{COLOURS[n % 4]} {n:02}.png", COLOURS[n % 4], n, (48, 32))
    return folder


def made_library(folder: Path) -> Library:
    """With 20 pictures of four colours, indexed by the colour embedder."""
    painted(folder / "pictures")
    library = Library.open(folder / "library", create=True, model="colour")
    library.index([folder / "pictures"], ocr=False)
    return library


def waited(client, job_id: int, *states: str, seconds: float = 60.0) -> dict:
    """The job, once it is in one of these states."""
    end = time.monotonic() + seconds
    while (job := client.get(f"/api/v1/jobs/{job_id}").json())["state"] not in states:
        assert time.monotonic() < end, job
        time.sleep(0.02)
    return job


def events(text: str) -> list[tuple[str, dict]]:
    """The events of a whole stream: name and data."""
    made = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
        if "data" in fields:
            made.append((fields.get("event", "message"), json.loads(fields["data"])))
    return made


@contextmanager
def serving(app) -> Iterator[str]:
    """Its address, while it is served as `imsearch serve` does."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


@contextmanager
def own_process(
    library: Library, *options: str | Path, **environment: str | Path
) -> Iterator[tuple[subprocess.Popen, httpx.Client]]:
    """`imsearch serve` as a process of its own, once it answers; it is killed at the end if it still lives."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "imsearch", "--library", library.folder, "serve", "--port", port, *options]
    process = subprocess.Popen(
        [*map(str, command)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=os.environ | {"PYTHONPATH": f"{library.folder.parent / 'site'}:{ROOT}"}
        | {name: str(value) for name, value in environment.items()},
        preexec_fn=heed_interrupts,
    )  # fmt: skip
    try:
        while process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.02)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            yield process, client
    finally:
        process.kill()
        process.communicate()
