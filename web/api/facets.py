"""What a result could be narrowed by, and how its pictures lie in time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi import Query as Asked
from pydantic import BaseModel

from search import Library
from search.blurring import Blur
from search.facets import Value
from web.api.asked import MOST_CHARACTERS, Narrowing, asked_for, narrowing, uploaded_by
from web.api.schemas import card_out
from web.uploads import Uploads

MOST_VALUES = 1000


# no model of pydantic's: a timeline has thousands of them, and making these took longer than counting them
@dataclass(frozen=True, slots=True)
class ValueOut:
    """One value: `count` matches have it, and `query` keeps these when it is added to the query, after a space. A place has
    the thumbnail of a picture that was taken there, unless that is to be blurred.
    """

    value: str
    count: int
    query: str
    thumbnail: str | None = None


class HistogramOut(BaseModel):
    """How many matches were taken when, in order and without gaps' zeros; `by` says of what a bar is: day or month."""

    by: str
    bars: list[ValueOut]


class FacetsOut(BaseModel):
    """How many pictures match (weak hits are not counted), and how many of these have each value of each thing."""

    total: int
    facets: dict[str, list[ValueOut]]
    histogram: HistogramOut


class TimelineOut(BaseModel):
    """How many matches there are, and how many of them were taken on each day: in order, days without any left out."""

    total: int
    days: list[ValueOut]


def router(library: Library, blur: Blur, uploads: Uploads) -> APIRouter:
    """`/facets` and `/timeline` over one library."""
    made = APIRouter(tags=["search"])
    uploaded = uploaded_by(library, uploads)

    @made.get("/facets", response_model_exclude_none=True)
    def facets(
        asked: Annotated[Narrowing, Depends(narrowing)],
        q: Annotated[str, Asked(max_length=MOST_CHARACTERS)] = "",
        most: Annotated[int, Asked(ge=1, le=MOST_VALUES)] = 50,
    ) -> FacetsOut:
        """What the matches of a search could be narrowed by: at most `most` values of each thing, the most frequent first, upper folders before lower ones."""
        found = library.facets(asked_for(q, asked, uploaded), most)
        values = {thing: [_value(one) for one in each] for thing, each in found.values.items()}
        values["place"] = [_seen(one) for one in found.values["place"]]
        bars = [_value(one) for one in found.histogram]
        return FacetsOut(total=found.total, facets=values, histogram=HistogramOut(by=found.by, bars=bars))

    @made.get("/timeline", response_model_exclude_none=True)
    def timeline(
        asked: Annotated[Narrowing, Depends(narrowing)], q: Annotated[str, Asked(max_length=MOST_CHARACTERS)] = ""
    ) -> TimelineOut:
        """How many matches were taken on each day: the oldest first where that is the order, else the newest."""
        days = [_value(one) for one in library.timeline(asked_for(q, asked, uploaded))]
        return TimelineOut(total=sum(day.count for day in days), days=days)

    def _seen(one: Value) -> ValueOut:
        cards = [card_out(picture, blur) for picture in library.store.get([one.example] if one.example else [])]
        shown = next((card.thumbnail for card in cards if not card.blurred), None)
        return replace(_value(one), thumbnail=shown)

    return made


def _value(one: Value) -> ValueOut:
    return ValueOut(one.value, one.count, one.query)
