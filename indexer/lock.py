"""One writer at a time: a lock that says who holds it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from indexer.errors import LibraryBusy


@contextmanager
def writing(library: Path) -> Iterator[None]:
    """Hold the library's writer lock. The operating system frees it when the process dies, however it dies.

    Raises LibraryBusy at once, naming the holder, when another process writes.
    """
    from filelock import FileLock, Timeout

    holder = library / "writer.txt"
    lock = FileLock(library / "writer.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        who = holder.read_text(encoding="utf-8").strip() if holder.exists() else "another process"
        raise LibraryBusy(f"The library {library} is being written by {who}; wait for it to end, or stop it.") from None
    try:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        holder.write_text(f"process {os.getpid()} on {socket.gethostname()} since {now}\n", encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()
