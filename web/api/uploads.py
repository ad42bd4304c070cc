"""Pictures to search by, sent once and named in queries for an hour."""

from __future__ import annotations

import io
from typing import Annotated

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel

from web.scopes import needs
from web.uploads import SECONDS_KEPT, Uploads

LONGEST_SIDE = 512


class UploadOut(BaseModel):
    """An upload's key, the size of the upright picture, where its thumbnail is, and for how long it is kept (seconds)."""

    upload: str
    width: int
    height: int
    thumbnail: str
    seconds_kept: int


def router(uploads: Uploads) -> APIRouter:
    """`/uploads`, in memory alone."""
    made = APIRouter(prefix="/uploads", tags=["search"])

    @made.post("", status_code=201, openapi_extra=needs("read"))
    def upload(picture: Annotated[UploadFile, File()], request: Request) -> UploadOut:
        """Keep a picture to search by: `picture:upload:KEY` in a query, or a term of a search as JSON."""
        kept = uploads.add(picture.file, picture.filename, request.scope["visitor"].name)
        return UploadOut(
            upload=kept.key, width=kept.width, height=kept.height, seconds_kept=SECONDS_KEPT,
            thumbnail=f"/api/v1/uploads/{kept.key}/thumbnail",
        )  # fmt: skip

    @made.get("/{upload}/thumbnail", response_class=Response)
    def thumbnail(upload: str) -> Response:
        """A WebP of at most 512 pixels."""
        small = uploads.get(upload).small.copy()
        small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        buffer = io.BytesIO()
        small.save(buffer, "WEBP", quality=80, method=2)
        headers = {"Cache-Control": f"private, max-age={SECONDS_KEPT}"}
        return Response(buffer.getvalue(), media_type="image/webp", headers=headers)

    return made
