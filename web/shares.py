"""Links that show what one search finds, to whoever has the link: nothing else of the library, and nothing to change.

A link leads to a page without scripts. What it shows is looked for anew: pictures that come later are there, those that
were taken away or hidden are not. Only what lies above the cut-off is shown: a search ranks every picture.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel, Field

from indexer import Picture
from indexer.paths import printable
from search import Library
from search.blurring import Blur
from web.api.asked import MOST_CHARACTERS, query_of
from web.api.errors import NotThere
from web.api.pictures import file_of, thumbnail_of
from web.drawing import Drawing
from web.keys import MOST_LETTERS, Key, Keys
from web.scopes import needs
from web.thumbnails import Thumbnails

DAYS = 7
MOST_DAYS = 3650
# As many as a page of plain pictures bears.
MOST_SHOWN = 500
# What was found is known for so long: the thumbnails of one page do not each search again.
SECONDS = 30.0
MOST_KEPT = 100


class ShareAsked(BaseModel):
    """What to share: `q` as in a search, good for `days`. With `originals` the files themselves (with the place where
    they were taken, if they tell it), else only pictures of at most 512 pixels that tell nothing."""

    name: Annotated[str, Field(min_length=1, max_length=MOST_LETTERS)]
    q: Annotated[str, Field(max_length=MOST_CHARACTERS)]
    days: Annotated[float, Field(gt=0, le=MOST_DAYS)] = DAYS
    originals: bool = False


class Share(BaseModel):
    """A link that was made; where it leads is told once, when it is made."""

    name: str
    q: str
    made_at: str
    ends_at: str
    ended: bool
    originals: bool


class NewShare(Share):
    """A link just made, with its address on this server: the only time that it is to be seen."""

    link: str


def router(keys: Keys) -> APIRouter:
    """`/shares` of one library: make, list and revoke links."""
    made = APIRouter(prefix="/shares", tags=["shares"])

    @made.get("")
    def shares() -> list[Share]:
        """The links there are, also ended ones."""
        return [Share(**_told(key)) for key in keys.all("link")]

    # showing pictures to the world is more than looking at them
    @made.post("", status_code=201, openapi_extra=needs("write"))
    def share(asked: ShareAsked, request: Request) -> NewShare:
        """Make a link that shows what a search finds. It ends, and is revoked, with the token that it was made with."""
        by = request.scope["visitor"].name
        secret = share_search(keys, asked.name, asked.q, asked.days, asked.originals, by)
        key = next(key for key in keys.all("link") if key.name == asked.name)
        return NewShare(**_told(key), link=link_of(secret))

    @made.delete("/{name}", status_code=204)
    def revoke(name: str) -> None:
        """Take a link back; it shows nothing from now on."""
        if not keys.remove("link", name):
            raise NotThere(f"No link is named {name}.")

    return made


def share_search(keys: Keys, name: str, q: str, days: float, originals: bool, by: str = "") -> str:
    """Make a link; returns its secret. Raises QueryError for a query that does not parse, UsageError for a taken name."""
    return keys.add_link(name, str(query_of(q)), days, originals, by)


def link_of(secret: str) -> str:
    """Where a link leads, on this server."""
    return f"/s/{secret}"


@dataclass(slots=True)
class _Found:
    pictures: dict[int, Picture]
    at: float = field(default_factory=time.monotonic)


def pages(library: Library, blur: Blur, keys: Keys, drawing: Drawing, thumbnails: Thumbnails) -> APIRouter:
    """`/s/SECRET`: the page of a link and its pictures."""
    made = APIRouter(prefix="/s/{secret}", include_in_schema=False)
    kept: dict[str, _Found] = {}

    def found_by(key: Key) -> dict[int, Picture]:
        found = kept.get(key.digest)
        if found is None or time.monotonic() - found.at > SECONDS:
            # who looks at a link is told of no place: so plain words find nothing by it
            hits = library.search(replace(query_of(key.query), places=False), limit=MOST_SHOWN).hits
            found = _Found({hit.picture.id: hit.picture for hit in hits if not hit.weak})
            while len(kept) >= MOST_KEPT:
                kept.pop(next(iter(kept)), None)
            kept[key.digest] = found
        return found.pictures

    def one(secret: str, picture_id: int) -> tuple[Key, Picture]:
        key = keys.of(secret, "link")
        picture = found_by(key).get(picture_id) if key else None
        if key is None or picture is None:
            raise NotThere("This link does not show such a picture.")
        return key, picture

    @made.get("")
    def page(request: Request, secret: str) -> Response:
        key = keys.of(secret, "link")
        if key is None:
            return drawing.page(request, "share.html", {"key": None}, 404, {"Cache-Control": "no-store"})
        shown = [
            {"id": p.id, "name": printable(p.path.rpartition("/")[2]), "width": p.width, "height": p.height,
             "blurred": blur.as_json(p)["blurred"]}
            for p in found_by(key).values()
        ]  # fmt: skip
        told = {"key": key, "pictures": shown, "secret": secret, "until": (key.ends_at or "")[:10]}
        return drawing.page(request, "share.html", told, headers={"Cache-Control": "no-store"})

    @made.get("/{picture_id}/thumbnail", response_class=FileResponse)
    def thumbnail(secret: str, picture_id: int) -> Response:
        return thumbnail_of(thumbnails, one(secret, picture_id)[1])

    @made.get("/{picture_id}/file", response_class=FileResponse)
    def file(secret: str, picture_id: int) -> Response:
        key, picture = one(secret, picture_id)
        return file_of(thumbnails, picture) if key.originals else thumbnail_of(thumbnails, picture)

    return made


def _told(key: Key) -> dict[str, Any]:
    return {"name": key.name, "q": key.query, "made_at": key.made_at, "ends_at": key.ends_at, "ended": key.ended,
            "originals": key.originals}  # fmt: skip
