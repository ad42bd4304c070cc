"""Pictures that visitors send: decoded in processes of their own, with limits, and kept nowhere.

A decoder reads what a stranger made. Should it hang, grow without end or crash, that upload is refused and nothing else.
"""

from __future__ import annotations

import json
import queue
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from indexer.errors import PictureError
from vlm.apart import Apart
from web.api.errors import Busy, TooBig
from web.security import MOST_UPLOADED

if TYPE_CHECKING:
    from PIL.Image import Image

    from indexer.upright import Corners

# Refused before they are decoded.
MOST_PIXELS = 64_000_000
AT_ONCE = 2
# So many wait for these two; each holds a thread of the server, which has forty.
MOST_WAITING = 12
# The slowest honest ones (a raw file, 64 million pixels of PNG) take some seconds.
SECONDS = 20.0
RECYCLE = 200


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A decoded upload: upright RGB, its shorter side at least as asked; `width` and `height` are of the whole one."""

    picture: Image
    width: int
    height: int
    format: str


class Uploading:
    """Decodes what is sent; used from many threads."""

    def __init__(self) -> None:
        # the last in is the first out: it is warm
        self._free: queue.LifoQueue[Apart] = queue.LifoQueue()
        # what the decoder answers may be as big as the biggest picture
        self._workers = [
            Apart("indexer.decode_worker", seconds=SECONDS, recycle=RECYCLE, most=3 * MOST_PIXELS + 10_000)
            for _ in range(AT_ONCE)
        ]
        for worker in self._workers:
            self._free.put(worker)
        self._places = threading.BoundedSemaphore(AT_ONCE + MOST_WAITING)

    def read(self, file: BinaryIO, name: str | None, side: int) -> Uploaded:
        """The picture in an uploaded file, of which at most MOST_UPLOADED bytes are read; nothing of its name but the
        ending is used. Raises TooBig, PictureError for what is no picture, Busy.
        """
        data = file.read(MOST_UPLOADED + 1)
        if len(data) > MOST_UPLOADED:
            raise TooBig(f"The picture is bigger than {MOST_UPLOADED // 1_000_000} MB; send a smaller copy.")
        return self.decode(data, name, side)

    def decode(self, data: bytes, name: str | None, side: int, part: Corners | None = None) -> Uploaded:
        """As `read`, of bytes; or only a part of the picture, cut in the decoder: the whole one may take 200 MB."""
        suffix = re.search(r"\.[a-z0-9]{2,5}$", (name or "").lower())
        asked = {
            "suffix": suffix[0] if suffix else "",
            "side": side,
            "bytes": MOST_UPLOADED,
            "pixels": MOST_PIXELS,
            "box": part,
        }
        if not data:
            raise PictureError("The file is empty.", "Choose another.")
        if not self._places.acquire(blocking=False):
            raise Busy("Too many pictures are being read; try again in a moment.")
        try:
            worker = self._free.get()
            try:
                answer = worker.ask(json.dumps(asked).encode() + b"\n" + data)
            finally:
                self._free.put(worker)
        finally:
            self._places.release()
        if answer is None:
            raise PictureError("The picture cannot be read: its decoder gave up.", "Save it anew as JPEG or PNG.")
        return _uploaded(answer)

    def close(self) -> None:
        """End the processes; the next upload begins others."""
        for worker in self._workers:
            worker.close()


def _uploaded(answer: bytes) -> Uploaded:
    from PIL import Image

    head, _, pixels = answer.partition(b"\n")
    told = json.loads(head)
    if "reason" in told:
        raise PictureError(str(told["reason"]), str(told["remedy"]))
    width, height = map(int, told["size"])
    picture = Image.frombuffer("RGB", (width, height), pixels)
    return Uploaded(picture, int(told["width"]), int(told["height"]), str(told["format"]))
