"""The server as users start it, in a process of its own, and what it costs."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil


@dataclass(frozen=True)
class Running:
    """A server that listens; `listens` and `ready` are the seconds after its start."""

    address: str
    process: psutil.Process
    listens: float
    ready: float

    def megabytes(self) -> float:
        """Memory that it and its workers hold, in MB."""
        return sum(one.memory_info().rss for one in self._all()) / 1e6

    def cpu(self) -> float:
        """Seconds of processor that it and its workers have used."""
        return sum(sum(one.cpu_times()[:2]) for one in self._all())

    def _all(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


@contextmanager
def served(library: Path, until_ready: bool = True) -> Iterator[Running]:
    """`imsearch serve` over a library."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "imsearch", "--library", str(library), "serve", "--port", str(port)]
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONUNBUFFERED": "1"}) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            listens = _answers(f"{address}/api/v1/health") - started
            ready = _answers(f"{address}/api/v1/ready") - started if until_ready else 0.0
            yield Running(address, psutil.Process(process.pid), listens, ready)
        finally:
            process.terminate()


def _answers(address: str) -> float:
    """When it answered well."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            if httpx.get(address).status_code == 200:
                return time.monotonic()
        except httpx.TransportError:
            pass
        time.sleep(0.01)
    raise SystemExit(f"{address} did not answer within a minute.")


def fresh_copy(library: Path, work: Path) -> Path:
    """The same library to be written to; thumbnails, which nothing changes, are links."""
    copy = work / "library-in-use"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(library, copy, copy_function=_thumbnails_linked)
    return copy


def _thumbnails_linked(source: str, to: str) -> None:
    if source.endswith(".webp"):
        os.link(source, to)
    else:
        shutil.copy2(source, to)
