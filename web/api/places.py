"""All pictures as a map."""

from __future__ import annotations

import anyio
from fastapi import APIRouter
from pydantic import BaseModel

from search import Library
from search.blurring import Blur
from search.flat import flat
from web.api.schemas import card_out
from web.scopes import needs


class MapOut(BaseModel):
    """Pictures by id with their places (x and y in 0..1, near ones look alike), main colours, thumbnails, and whether each
    is to be blurred; of more than 20,000 an even sample. `total` is how many there are.
    """

    ids: list[int]
    x: list[float]
    y: list[float]
    colours: list[str | None]
    names: list[str]
    thumbnails: list[str]
    blurred: list[bool]
    total: int


def router(library: Library, blur: Blur) -> APIRouter:
    """`/map` over one library."""
    made = APIRouter(tags=["pictures"])
    kept: dict[tuple[object, ...], MapOut] = {}
    # those who wait while it is drawn take no threads from searches
    alone = anyio.CapacityLimiter(1)

    @made.get("/map", openapi_extra=needs("read"))
    async def places() -> MapOut:
        """Where pictures lie on a map of what they look like."""
        return await anyio.to_thread.run_sync(_places, limiter=alone)

    def _places() -> MapOut:
        now = library.in_use()
        newest = now.store.ordered(None, True, 1)
        state = (now.manifest.model, now.manifest.revision, now.store.count(), *newest.tolist())
        if state not in kept:
            kept.clear()
            kept[state] = _drawn()
        return kept[state]

    def _drawn() -> MapOut:
        store = library.store
        seen = flat(store)
        place = dict(zip(seen.ids.tolist(), seen.places.round(4).tolist(), strict=True))
        cards = [card_out(picture, blur) for picture in store.get(list(place))]
        return MapOut(
            ids=[card.id for card in cards],
            x=[place[card.id][0] for card in cards],
            y=[place[card.id][1] for card in cards],
            colours=[card.colour for card in cards],
            names=[card.name for card in cards],
            thumbnails=[card.thumbnail for card in cards],
            blurred=[card.blurred for card in cards],
            total=seen.total,
        )

    return made
