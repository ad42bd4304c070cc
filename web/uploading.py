"""Pictures that visitors send: read with limits, and kept nowhere."""

from __future__ import annotations

import re
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from indexer.decode import Limits, decode
from web.api.errors import TooBig
from web.security import MOST_UPLOADED

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 64_000_000
AT_ONCE = 2


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
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def read(self, file: BinaryIO, name: str | None, side: int) -> Uploaded:
        """The picture in an uploaded file. Raises TooBig, PictureError."""
        data = file.read(MOST_UPLOADED + 1)
        if len(data) > MOST_UPLOADED:
            raise TooBig(f"The picture is bigger than {MOST_UPLOADED // 1_000_000} MB; send a smaller copy.")
        suffix = re.search(r"\.[a-z0-9]{2,5}$", (name or "").lower())
        with self._places, tempfile.NamedTemporaryFile(prefix="imsearch-", suffix=suffix[0] if suffix else "") as kept:
            kept.write(data)
            kept.flush()
            seen = decode(Path(kept.name), side, Limits(MOST_UPLOADED, MOST_PIXELS))
        return Uploaded(seen.picture, seen.width, seen.height, seen.format)
