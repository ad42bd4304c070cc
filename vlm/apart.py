"""A process of its own for what may crash, hang or grow: it costs the one message that it was asked, and begins anew."""

from __future__ import annotations

import subprocess
import sys
import threading
import weakref
from typing import Any, BinaryIO


def send(pipe: BinaryIO | Any, data: bytes) -> None:
    """Write a message, its length first."""
    pipe.write(len(data).to_bytes(8, "big") + data)
    pipe.flush()


def receive(pipe: BinaryIO | Any, most: int = 1 << 40) -> bytes | None:
    """The next message, or None where the other end is gone, or one of more than `most` bytes."""
    head = pipe.read(8)
    length = int.from_bytes(head, "big")
    if len(head) < 8 or length > most:
        return None
    data = pipe.read(length)
    return data if len(data) == length else None


class Apart:
    """`python -m MODULE WORDS...`, begun when it is first asked; it answers each message on standard input by one on
    standard output. Ended after `recycle` answers, or when one takes longer than `seconds`. One asks at a time.
    """

    def __init__(self, module: str, *words: str, seconds: float, recycle: int, most: int = 1 << 40) -> None:
        self._command = [sys.executable, "-m", module, *words]
        self._seconds = seconds
        self._recycle = recycle
        self._most = most
        self._worker: subprocess.Popen[bytes] | None = None
        self._end: weakref.finalize[..., Apart] | None = None
        self._done = 0

    @property
    def process(self) -> int | None:
        """The id of the process that answers now."""
        return self._worker.pid if self._worker else None

    def ask(self, message: bytes) -> bytes | None:
        """Its answer, or None where it crashed or was ended over this message; the next one goes to another process."""
        if self._done >= self._recycle or (self._worker and self._worker.poll() is not None):
            self.close()
        worker = self._worker or self._begin()
        alarm = threading.Timer(self._seconds, worker.kill)
        alarm.start()
        try:
            send(worker.stdin, message)
            answer = receive(worker.stdout, self._most)
        except OSError:
            answer = None
        finally:
            alarm.cancel()
        if answer is None:
            self.close()
        self._done += 1
        return answer

    def close(self) -> None:
        """End the process; the next message begins another."""
        if self._end:
            self._end()
        self._worker = self._end = None

    def _begin(self) -> subprocess.Popen[bytes]:
        worker = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._worker, self._done = worker, 0
        self._end = weakref.finalize(self, _end, worker)
        return worker


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    for pipe in (worker.stdin, worker.stdout):
        if pipe:
            try:
                pipe.close()
            except OSError:
                continue
    worker.wait()
