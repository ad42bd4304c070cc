"""Thumbnails in sizes: the library keeps one of 512 pixels, the others are made when they are asked for and kept in memory."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from enum import IntEnum
from typing import TYPE_CHECKING

from indexer.decode import decode
from indexer.errors import PictureError
from indexer.paths import to_path
from indexer.records import Picture
from indexer.thumbnails import LONGEST_SIDE
from search import Library
from web.api.errors import NotThere

if TYPE_CHECKING:
    from PIL.Image import Image


class Size(IntEnum):
    """The longer side of a thumbnail, in pixels."""

    TINY = 128
    SMALL = 256
    USUAL = 512
    LARGE = 1024


MOST_BYTES = 64_000_000
# A picture decoded for a big one takes some 100 MB while it is read.
AT_ONCE = 2


class Thumbnails:
    """Any thread may ask. The bytes are WebP, and never larger than the picture itself."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._making = threading.BoundedSemaphore(AT_ONCE)

    def get(self, picture: Picture, size: Size) -> tuple[bytes, bool]:
        """One whose longer side has so many pixels; and whether it is what it will always be: where the picture's file
        is away, a big one is made of the small one. Raises NotThere.
        """
        if size == LONGEST_SIDE or (size > LONGEST_SIDE >= max(picture.width, picture.height)):
            return self._stored(picture), True
        key = (picture.hash, size)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key], True
        with self._making:
            if size < LONGEST_SIDE:
                return self._keep(key, _webp(_opened(self._stored(picture)), size)), True
            try:
                whole = decode(to_path(picture.path), size * 3 // 4).picture
            except PictureError:
                return self._stored(picture), False
            return self._keep(key, _webp(whole, size)), True

    def _stored(self, picture: Picture) -> bytes:
        try:
            return self._library.store.thumbnail(picture).read_bytes()
        except OSError:
            raise NotThere("The thumbnail is missing; mend it with: imsearch doctor --mend") from None

    def _keep(self, key: tuple[str, int], made: bytes) -> bytes:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self._bytes += len(made)
            while self._bytes > MOST_BYTES:
                self._bytes -= len(self._kept.popitem(last=False)[1])
        return made


def _opened(data: bytes) -> Image:
    from PIL import Image

    return Image.open(io.BytesIO(data))


def _webp(picture: Image, size: int) -> bytes:
    small = picture.copy()
    small.thumbnail((size, size))
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=80, method=2)
    return buffer.getvalue()
