"""What a search answers, and how its query is understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Literal

from pydantic import BaseModel

from indexer.paths import printable
from search import Hit, Results
from search.blurring import Blur
from search.chips import Chip
from search.commands import hit_json
from web.api.schemas.common import Veiled, hexed, thumbnail_address

# An example that names a picture which was sent before: picture:upload:KEY
UPLOADED = "upload:"


class Reason(BaseModel):
    """A hit's place in one ranking (1 is best), its score there, and its share (0..1) of why the hit stands where it does."""

    rank: int
    score: float
    share: float


class FoldedOut(Veiled):
    """A picture that shows the same as a hit over again."""

    id: int
    path: str


class MatchOut(BaseModel):
    """Where words of the query stand in one text of a picture: `spans` are [start, end) in characters (code points) of `text`.

    `kind` is name, folder, place, caption, ocr, tag, note or object; an ocr match is one line, with its box in the picture.
    """

    kind: str
    text: str
    spans: list[tuple[int, int]]
    box_xyxy: tuple[float, float, float, float] | None


class ChipOut(BaseModel):
    """One part of a query; the texts of all, joined by spaces, are the query again.

    `what` is what is looked for without its weight, `picture` and `upload` what an example names, `box_xywh` the part
    of it that is meant. `start` and `end` (code points) say where it was typed; null for what was given otherwise.
    """

    kind: Literal["words", "example", "filter", "order"]
    text: str
    what: str
    weight: float
    picture: int | None
    upload: str | None
    box_xywh: tuple[int, int, int, int] | None
    start: int | None
    end: int | None


class ParsedOut(BaseModel):
    """How a query is understood: as it is written in full, its parts, and filters that its plain words may mean."""

    query: str
    terms: list[ChipOut]
    offers: list[str]


class CompletionOut(BaseModel):
    """What may stand in place of the word: `kind` is field, or the filter that the value is of; `count` pictures have it."""

    text: str
    kind: str
    label: str
    count: int | None


class CompletionsOut(BaseModel):
    """Where the word stands that is being typed (code points), and how it may go on, the likeliest first."""

    start: int
    end: int
    offers: list[CompletionOut]


class HitOut(Veiled):
    """One found picture: what `imsearch search --json` prints, and what a card needs to be drawn at its final size.

    `moment` is when it was taken, or the file's time where the camera wrote none that can be right.
    `matches` is where the words stand, where it was asked to explain; null where it was not.
    """

    rank: int
    id: int
    path: str
    score: float
    weak: bool
    signals: dict[str, Reason]
    width: int
    height: int
    taken_at: str | None
    moment: str
    format: str
    folded: list[FoldedOut]
    name: str
    thumbnail: str
    colour: str | None
    matches: list[MatchOut] | None = None


class ResultsOut(BaseModel):
    """Hits best first, how many pictures were ranked in all, how long it took, what the asker should know, the query as
    it was understood, whole and part by part, filters that its plain words may mean, which model would know its words,
    and the cursor of the hits after these.
    """

    hits: list[HitOut]
    total: int
    seconds: float
    note: str
    advice: str
    query: str
    offers: list[str]
    terms: list[ChipOut]
    next: str | None


def results_out(results: Results, terms: Sequence[Chip], blur: Blur) -> ResultsOut:
    """Results as they are sent, with the parts of their query."""
    return ResultsOut(
        hits=[hit_out(hit, blur) for hit in results.hits],
        total=results.total,
        seconds=results.seconds,
        note=results.note,
        advice=results.advice,
        query=str(results.query),
        offers=list(results.offers),
        terms=[chip_out(chip) for chip in terms],
        next=results.next or None,
    )


def chip_out(chip: Chip) -> ChipOut:
    """A part of a query as it is sent."""
    upload = chip.what.removeprefix(UPLOADED) if chip.what.startswith(UPLOADED) else None
    return ChipOut(**asdict(chip), upload=upload)


def hit_out(hit: Hit, blur: Blur) -> HitOut:
    """A hit as it is sent."""
    picture = hit.picture
    return HitOut(
        **hit_json(hit, blur),
        name=printable(picture.path.rpartition("/")[2]),
        moment=picture.moment,
        thumbnail=thumbnail_address(picture),
        colour=hexed(picture.colours[0].rgb) if picture.colours else None,
    )
