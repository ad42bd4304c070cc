"""Search: by words, by an indexed picture, by an uploaded one, or by several of these."""

from __future__ import annotations

import re
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi import Query as Asked

from indexer import Filters
from indexer.decode import Limits, decode
from indexer.records import Orientation
from search import Library
from search.commands import parse_day, parse_size, split_like
from search.query import Mode, Order
from web.api.errors import TooBig
from web.api.schemas import ResultsOut, results_out
from web.security import MOST_UPLOADED

if TYPE_CHECKING:
    from PIL.Image import Image

# No one types as much; a pasted book would only cost time.
MOST_CHARACTERS = 10_000
# Each folder is one condition in SQL, which nests at most 1,000 of them.
MOST_NAMED = 100
# The worst kind (16-bit grey) took 30 bytes a pixel while it was decoded; so many at once.
MOST_PIXELS = 64_000_000
DECODED_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything that may be said of a search in its address, beside the words and pictures themselves."""

    like: int | None
    filters: Filters
    mode: Mode
    order: Order
    limit: int


def wanted(
    limit: int = 60, mode: Mode = "hybrid", order: Order = "relevance", like: int | None = None,
    folders: Annotated[list[str], Asked(alias="in", max_length=MOST_NAMED)] = [],  # noqa: B006 - FastAPI copies it
    types: Annotated[list[str], Asked(alias="type", max_length=MOST_NAMED)] = [],  # noqa: B006
    after: str | None = None, before: str | None = None, min_size: str | None = None, max_size: str | None = None,
    orientation: Orientation | None = None,
) -> Wanted:  # fmt: skip
    """The same choices as those of `imsearch search`."""
    filters = Filters(
        folders=tuple(folders),
        types=tuple(types),
        after=parse_day(after),
        before=parse_day(before),
        min_size=parse_size(min_size),
        max_size=parse_size(max_size),
        orientation=orientation,
    )
    return Wanted(like, filters, mode, order, limit)


def router(library: Library) -> APIRouter:
    """`/search` over one library."""
    made = APIRouter(tags=["search"])
    decoding = threading.BoundedSemaphore(DECODED_AT_ONCE)

    def found(text: str, asked: Wanted, picture: Image | None = None) -> ResultsOut:
        words, like = split_like(text)
        return results_out(
            library.search(
                words, picture=picture, like=like if asked.like is None else asked.like,
                filters=asked.filters, mode=asked.mode, order=asked.order, limit=asked.limit,
            )
        )  # fmt: skip

    @made.get("/search")
    def search(
        asked: Annotated[Wanted, Depends(wanted)],
        q: Annotated[str, Asked(max_length=MOST_CHARACTERS)] = "",
    ) -> ResultsOut:
        """Search by words (`q`), by an indexed picture (`like`), or both; without either: every picture, newest first."""
        return found(q, asked)

    @made.post("/search")
    def search_by_picture(
        picture: Annotated[UploadFile, File()],
        asked: Annotated[Wanted, Depends(wanted)],
        q: Annotated[str, Form(max_length=MOST_CHARACTERS)] = "",
    ) -> ResultsOut:
        """Search by an uploaded picture, with or without words. It is kept nowhere."""
        with decoding:
            example = _read(picture, library.embedder().picture_side)
        return found(q, asked, example)

    return made


def _read(upload: UploadFile, side: int) -> Image:
    """The uploaded picture. Raises TooBig, or PictureError for what is not a picture."""
    data = upload.file.read(MOST_UPLOADED + 1)
    if len(data) > MOST_UPLOADED:
        raise TooBig(f"The picture is bigger than {MOST_UPLOADED // 1_000_000} MB; send a smaller copy.")
    # Only its name tells some cameras' raw files from TIFF; nothing else of the name is used.
    suffix = re.search(r"\.[a-z0-9]{2,5}$", (upload.filename or "").lower())
    with tempfile.NamedTemporaryFile(prefix="imsearch-", suffix=suffix[0] if suffix else "") as kept:
        kept.write(data)
        kept.flush()
        return decode(Path(kept.name), side, Limits(MOST_UPLOADED, MOST_PIXELS)).picture
