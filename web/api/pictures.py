"""One picture: what is known of it, its thumbnail and its file, and where in it something is seen. Named by id; what is not in the library is not there."""

from __future__ import annotations

from typing import Annotated

import anyio
from fastapi import APIRouter, Request
from fastapi import Query as Asked
from fastapi.responses import FileResponse, Response, StreamingResponse
from pydantic import Field

from indexer import Picture
from indexer.paths import printable
from search import Library
from search.blurring import Blur
from search.listing import ListForm, picture_list
from vlm import UsageError
from web.api.asked import MOST_CHARACTERS, query_of
from web.api.bodies import Body, Ids, pictures_of
from web.api.errors import NotThere
from web.api.schemas import CardOut, Known, PictureOut, WhereOut, card_out, content_version, picture_out
from web.files import file_there
from web.scopes import needs
from web.thumbnails import Size, Thumbnails
from web.zipping import zipped

# Formats that every browser shows; any other is shown as its thumbnail. SVG and HTML are never pictures here.
SHOWN = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif", "avif": "image/avif"}
MOST_ZIPPED = 2_000
LISTS: dict[ListForm, tuple[str, str]] = {
    "csv": ("text/csv; charset=utf-8", "pictures.csv"),
    "json": ("application/json", "pictures.json"),
    "paths": ("text/plain; charset=utf-8", "pictures.txt"),
}
FOREVER = "private, max-age=31536000, immutable"


class ListIn(Body):
    """Which pictures, and as what: `csv`, `json` or `paths`."""

    ids: Ids = Field(min_length=1, examples=[[12, 40]])
    form: ListForm = "csv"


def router(library: Library, blur: Blur, thumbnails: Thumbnails) -> APIRouter:
    """`/pictures/ID` over one library."""
    made = APIRouter(prefix="/pictures", tags=["pictures"])
    # each takes every core for a second; those who wait take no threads from searches
    alone = anyio.CapacityLimiter(1)

    def known(picture_id: int) -> Picture:
        found = library.store.get([picture_id])
        if not found:
            raise NotThere(f"There is no picture {picture_id} in this library.")
        return found[0]

    @made.get("")
    def cards(ids: Annotated[str, Asked(pattern=r"^\d{1,18}(,\d{1,18})*$", max_length=20_000)]) -> list[CardOut]:
        """Pictures by their ids (`ids=86,12`), in this order; those that are not there are left out."""
        return [card_out(picture, blur) for picture in library.store.get([int(one) for one in ids.split(",")])]

    @made.get("/zip", response_class=StreamingResponse)
    def archive(ids: Annotated[str, Asked(pattern=r"^\d{1,18}(,\d{1,18})*$", max_length=20_000)]) -> StreamingResponse:
        """The files of several pictures (`ids=86,12`; at most 2,000) as one zip archive, sent while it is written."""
        wanted = [int(one) for one in dict.fromkeys(ids.split(","))]
        if len(wanted) > MOST_ZIPPED:
            raise UsageError(f"{len(wanted):,} pictures are too many for one archive; ask for at most {MOST_ZIPPED:,}.")
        name = {"Content-Disposition": 'attachment; filename="pictures.zip"'}
        return StreamingResponse(zipped(pictures_of(library, wanted)), media_type="application/zip", headers=name)

    @made.post("/list", response_class=Response, openapi_extra=needs("read"))
    def as_list(wanted: ListIn) -> Response:
        """Several pictures with what is known of them as one file: CSV, JSON, or their paths."""
        kind, name = LISTS[wanted.form]
        told = picture_list(library, pictures_of(library, wanted.ids), wanted.form)
        return Response(told, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})

    @made.get("/{picture_id}")
    def detail(picture_id: int, request: Request) -> PictureOut:
        """Everything known of one picture."""
        picture, said = known(picture_id), library.store.catalog.texts
        told = Known(said.of(picture_id), said.seen_objects(picture_id), said.provenance(picture_id))
        made = picture_out(picture, told, blur)
        # sent by browsers alone: the page asks for this when a person opens the picture
        if request.headers.get("sec-fetch-site") == "same-origin":
            library.note_opened(picture_id)
        return made

    @made.get("/{picture_id}/thumbnail", response_class=Response)
    def thumbnail(picture_id: int, request: Request, v: str = "", size: Size = Size.USUAL) -> Response:
        """A WebP, its longer side of so many pixels; with the `v` that results name it by, browsers may keep it for ever."""
        return thumbnail_of(thumbnails, known(picture_id), size, v, request.headers.get("if-none-match", ""))

    @made.get("/{picture_id}/file", response_class=FileResponse)
    def file(picture_id: int) -> Response:
        """The picture itself where browsers can show it, else its thumbnail."""
        return file_of(thumbnails, known(picture_id))

    @made.get("/{picture_id}/where")
    async def where(picture_id: int, q: Annotated[str, Asked(max_length=MOST_CHARACTERS)]) -> WhereOut:
        """Where in the picture that which `q` means is seen; about a second, and one at a time."""

        def look() -> WhereOut:
            known(picture_id)
            return WhereOut(**library.where(picture_id, query_of(q)).as_json())

        return await anyio.to_thread.run_sync(look, limiter=alone)

    return made


def file_of(thumbnails: Thumbnails, picture: Picture) -> Response:
    """A picture's file where browsers can show it, else its thumbnail. Raises NotThere."""
    if picture.format not in SHOWN:
        return thumbnail_of(thumbnails, picture)
    path = file_there(picture)
    name = printable(path.name)
    return FileResponse(path, media_type=SHOWN[picture.format], filename=name, content_disposition_type="inline")


def thumbnail_of(
    thumbnails: Thumbnails, picture: Picture, size: Size = Size.USUAL, version: str = "", held: str = ""
) -> Response:
    """A picture's thumbnail, to be kept for ever where `version` is its content's; 304 for who has it (`held`: If-None-Match).

    Raises NotThere.
    """
    data, lasting = thumbnails.get(picture, size)
    tag = f'"{picture.hash[:16]}-{size}"'
    headers = {"Cache-Control": FOREVER} if lasting and version == content_version(picture) else {}
    if lasting:
        headers["ETag"] = tag
        if tag in (one.strip().removeprefix("W/") for one in held.split(",")):
            return Response(status_code=304, headers=headers)
    return Response(data, media_type="image/webp", headers=headers)
