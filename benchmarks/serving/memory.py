"""The server, telling each half minute in MB what it holds, and of that what glibc counts as in use and as freed and kept.

    python -m benchmarks.serving.memory --library DIR serve --port 8765      # any command of imsearch; Linux with glibc

Beside it: python -m benchmarks.serving.clients http://127.0.0.1:8765 --clients 50 --seconds 480. With MALLOC_ARENA_MAX=16
in the environment it is as it was before `web.memory`.
"""

from __future__ import annotations

import ctypes
import sys
import threading
import time

import psutil

from imsearch import main

SECONDS = 30


class _Counted(ctypes.Structure):
    """`struct mallinfo2` of glibc's malloc.h."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()
    )


def tell() -> None:
    """A line each half minute, for ever."""
    libc, me, started = ctypes.CDLL(None), psutil.Process(), time.monotonic()
    libc.mallinfo2.restype = _Counted
    while True:
        time.sleep(SECONDS)
        counted = libc.mallinfo2()
        in_mb = (me.memory_info().rss, counted.uordblks, counted.fordblks)
        held, used, kept = (round(size / 1e6) for size in in_mb)
        print(f"{time.monotonic() - started:.0f} s: holds {held}, in use {used}, kept {kept}", file=sys.stderr)


if __name__ == "__main__":
    threading.Thread(target=tell, daemon=True).start()
    main()
