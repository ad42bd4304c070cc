"""Pictures that a visitor sent to search by: kept in memory for an hour, under a name that a query can use."""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from web.api.errors import NotThere
from web.uploading import Uploading

if TYPE_CHECKING:
    from PIL.Image import Image

    from indexer.upright import Corners

SECONDS_KEPT = 3600
MOST_KEPT = 64
MOST_BYTES = 200_000_000
# The shorter side of the copy that is kept ready: as much as most models look at, and a thumbnail.
SIDE = 512


@dataclass(frozen=True, slots=True)
class Upload:
    """One picture: its bytes as they were sent, and a smaller copy; `width` and `height` are of the whole upright one;
    `by` is whoever sent it."""

    key: str
    data: bytes
    name: str
    small: Image
    width: int
    height: int
    until: float
    by: str

    @property
    def bytes(self) -> int:
        """How much memory it takes."""
        return len(self.data) + 3 * self.small.width * self.small.height


class Uploads:
    """Any thread may use it. When there are too many, the oldest leave of the one whose take
    the most; nothing is written to disk."""

    def __init__(self, uploading: Uploading, seconds: float = SECONDS_KEPT, most: int = MOST_KEPT) -> None:
        self._uploading = uploading
        self._seconds = seconds
        self._most = most
        self._kept: dict[str, Upload] = {}
        self._lock = threading.Lock()

    def add(self, file: BinaryIO, name: str | None, by: str = "") -> Upload:
        """Keep a picture that a visitor sent. Raises TooBig, PictureError."""
        seen = self._uploading.read(file, name, SIDE)
        file.seek(0)
        until = time.monotonic() + self._seconds
        made = Upload(secrets.token_hex(8), file.read(), name or "", seen.picture, seen.width, seen.height, until, by)
        with self._lock:
            self._kept[made.key] = made
            self._leave()
        return made

    def get(self, key: str) -> Upload:
        """The upload of a key. Raises NotThere."""
        with self._lock:
            self._leave()
            found = self._kept.get(key)
        if found is None:
            raise NotThere("The picture that was sent is not kept any more; send it again.")
        return found

    def picture(self, upload: Upload, side: int, part: Corners | None) -> Image:
        """Its picture, or a part of it: the shorter side at least `side` pixels if it has them."""
        if part is None and side <= SIDE:
            return upload.small
        if upload.small.size == (upload.width, upload.height):
            return upload.small.crop(part) if part else upload.small
        return self._uploading.decode(upload.data, upload.name, side, part).picture

    def _leave(self) -> None:
        now = time.monotonic()
        for key in [key for key, one in self._kept.items() if one.until < now]:
            del self._kept[key]
        while len(self._kept) > self._most or sum(one.bytes for one in self._kept.values()) > MOST_BYTES:
            taken = Counter[str]()
            for one in self._kept.values():
                taken[one.by] += one.bytes
            (most, _), *_ = taken.most_common(1)
            del self._kept[next(key for key, one in self._kept.items() if one.by == most)]
