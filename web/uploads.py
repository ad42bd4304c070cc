"""Pictures that a visitor sent to search by: kept in memory for an hour, under a name that a query can use."""

from __future__ import annotations

import io
import secrets
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from web.api.errors import NotThere
from web.uploading import Uploading

if TYPE_CHECKING:
    from PIL.Image import Image

SECONDS_KEPT = 3600
MOST_KEPT = 64
MOST_BYTES = 200_000_000
# The shorter side of the copy that is kept ready: as much as most models look at, and a thumbnail.
SIDE = 512


@dataclass(frozen=True, slots=True)
class Upload:
    """One picture: its bytes as they were sent, and a smaller copy; `width` and `height` are of the whole upright one."""

    key: str
    data: bytes
    name: str
    small: Image
    width: int
    height: int
    until: float

    @property
    def bytes(self) -> int:
        """How much memory it takes."""
        return len(self.data) + 3 * self.small.width * self.small.height


class Uploads:
    """Any thread may use it. The oldest leave when there are too many; nothing is written to disk."""

    def __init__(self, uploading: Uploading, seconds: float = SECONDS_KEPT, most: int = MOST_KEPT) -> None:
        self._uploading = uploading
        self._seconds = seconds
        self._most = most
        self._kept: dict[str, Upload] = {}
        self._lock = threading.Lock()

    def add(self, file: BinaryIO, name: str | None) -> Upload:
        """Keep a picture. Raises TooBig, PictureError."""
        seen = self._uploading.read(file, name, SIDE)
        file.seek(0)
        until = time.monotonic() + self._seconds
        made = Upload(secrets.token_hex(8), file.read(), name or "", seen.picture, seen.width, seen.height, until)
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

    def picture(self, key: str, side: int, whole: bool) -> Image:
        """Its picture, the shorter side at least `side` pixels if it has them, or `whole`. Raises NotThere."""
        found = self.get(key)
        big_enough = found.small.size == (found.width, found.height) or (not whole and side <= SIDE)
        if big_enough:
            return found.small
        return self._uploading.read(io.BytesIO(found.data), found.name, 10**9 if whole else side).picture

    def _leave(self) -> None:
        now = time.monotonic()
        for key in [key for key, one in self._kept.items() if one.until < now]:
            del self._kept[key]
        while len(self._kept) > self._most or sum(one.bytes for one in self._kept.values()) > MOST_BYTES:
            del self._kept[next(iter(self._kept))]
