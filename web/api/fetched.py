"""A picture of the web, fetched for a page that may itself ask nobody but us."""

from __future__ import annotations

import io
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from web.api.errors import NotAllowed
from web.fetching import MOST_CHARACTERS, Fetcher
from web.scopes import needs
from web.uploading import Uploading

# Enough to search by, also by a part of it.
SIDE = 1024


class AddressAsked(BaseModel):
    """The address of a picture on the public web."""

    url: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]


def router(fetcher: Fetcher | None, uploading: Uploading) -> APIRouter:
    """`/fetched`; refuses everything without a fetcher."""
    made = APIRouter(tags=["search"])

    @made.post("/fetched", response_class=Response, openapi_extra=needs("read"))
    def fetched(asked: AddressAsked) -> Response:
        """The picture at an address as a WebP made anew, to be searched by as an upload. Off unless served with --allow-urls."""
        if fetcher is None:
            raise NotAllowed(
                "No picture is fetched from the web here; that begins with: imsearch serve --allow-urls. "
                "Or save the picture and search by the file."
            )
        picture = uploading.decode(fetcher.fetch(asked.url), None, SIDE).picture
        picture.thumbnail((2 * SIDE, 2 * SIDE))
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", quality=90)
        return Response(buffer.getvalue(), media_type="image/webp")

    return made
