"""One writer at a time, and one change of the model: locks that say who holds them."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from indexer.errors import LibraryBusy


@contextmanager
def writing(library: Path, patience: float = 0.0) -> Iterator[None]:
    """Hold the library's writer lock. The operating system frees it when the process dies, however it dies.

    Raises LibraryBusy, naming the holder, when another process still writes after `patience` seconds.
    """
    with _held(library, "writer", f"The library {library} is being written", patience):
        yield


@contextmanager
def changing_models(library: Path) -> Iterator[None]:
    """Hold what guards the manifest and the vectors beside those in use. Taken before `writing` by those who wait for it.

    Raises LibraryBusy at once, naming the holder.
    """
    with _held(library, "models", f"Models of the library {library} are being changed", 0.0):
        yield


@contextmanager
def going_on(library: Path) -> Iterator[None]:
    """Hold what says that this server works the library's jobs, so that another one beside it does not.

    Raises LibraryBusy at once, naming the holder.
    """
    remedy = "start and steer them on its page, or stop it: they go on here then"
    with _held(library, "jobs", "The jobs of this library are worked", 0.0, remedy):
        yield


@contextmanager
def _held(
    library: Path, name: str, what: str, patience: float, remedy: str = "wait for it to end, or stop it"
) -> Iterator[None]:
    from filelock import FileLock, Timeout

    holder = library / f"{name}.txt"
    lock = FileLock(library / f"{name}.lock")
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        raise LibraryBusy(f"{what} by {_who(holder)}; {remedy}.") from None
    try:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        holder.write_text(f"process {os.getpid()} on {socket.gethostname()} since {now}\n", encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _who(holder: Path) -> str:
    try:
        return holder.read_text(encoding="utf-8").strip() or "another process"
    except FileNotFoundError:  # it has just begun, or ends just now
        return "another process"
