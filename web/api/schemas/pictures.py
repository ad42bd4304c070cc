"""All that is known of one picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from pydantic import BaseModel

from indexer import Picture
from indexer.paths import printable
from indexer.records import Provenance, SeenObject, Text
from search.blurring import Blur
from web.api.schemas.common import Veiled, hexed, thumbnail_address

Said = Literal["person", "file", "import", "concept", "model"]
"""Who or what said something: a person here, the picture's file or sidecar, a file that was imported, a concept that was taught, a model."""

_WRITERS: Mapping[str, Said] = {"user": "person", "file": "file", "import": "import"}
_MAP = "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=15/{0}/{1}"


class LineOut(BaseModel):
    """A line that was read, in pixels of the upright picture; `polygon` is its corners where it does not lie straight."""

    text: str
    score: float
    box_xyxy: tuple[float, float, float, float]
    polygon: list[tuple[float, float]]


class TextOut(BaseModel):
    """Words about a picture, and who or what said them; `lines` of what was read in it."""

    kind: str
    text: str
    model: str
    by: Said
    created_at: str
    lines: list[LineOut]


class TagOut(BaseModel):
    """A tag, and who or what gave it."""

    tag: str
    model: str
    by: Said
    created_at: str


class ObjectOut(BaseModel):
    """A thing that was detected, in pixels of the upright picture, and by what."""

    label: str
    score: float
    box_xyxy: tuple[float, float, float, float]
    model: str
    by: Said
    created_at: str


class SeenOut(BaseModel):
    """Which model has looked at the picture for which task, and when."""

    task: str
    model: str
    revision: str
    at: str


class ExifOut(BaseModel):
    """What the camera wrote: `orientation` 1 to 8 is how the file lies, `rating` stars, 0 to 5; `clock` is the date that
    it wrote where that lies in the future, so that it counts as none."""

    taken_at: str | None
    camera: str | None
    lens: str | None
    latitude: float | None
    longitude: float | None
    orientation: int
    rating: int | None
    clock: str | None


class CardOut(Veiled):
    """A picture as a card shows it."""

    id: int
    path: str
    name: str
    width: int
    height: int
    taken_at: str | None
    format: str
    thumbnail: str
    colour: str | None


class ColourOut(BaseModel):
    """A dominant colour as "#rrggbb" and the share (0..1) of the picture that it covers."""

    name: str
    hex: str
    share: float


class PictureOut(Veiled):
    """Everything known of one picture. `width` and `height` are of the upright picture, `size` in bytes; `moment` is when it
    was taken, or the file's time where the camera wrote none that can be right.

    `damaged`: only part of it could be read, the file is cut off or worse. `moderation` is how likely it shows what some
    would rather not see, by category; empty where nobody judged. `place` is where it was taken, by name (empty where
    nobody knows), `map` is the address of its coordinates on a map; nothing is fetched from there. `history` is where its changes are told.
    """

    id: int
    path: str
    name: str
    folder: str
    size: int
    width: int
    height: int
    format: str
    taken_at: str | None
    moment: str
    camera: str | None
    lens: str | None
    latitude: float | None
    longitude: float | None
    place: str
    added_at: str
    offline: bool
    damaged: bool
    state: str
    moderation: dict[str, float]
    colours: list[ColourOut]
    texts: list[TextOut]
    thumbnail: str
    file: str
    exif: ExifOut
    stars: int | None
    note: str
    tags: list[TagOut]
    objects: list[ObjectOut]
    seen: list[SeenOut]
    map: str | None
    history: str


class WhereOut(BaseModel):
    """Where in a picture something is seen: rows from the top, evenly over the upright picture. `cosines` are as they
    are, `relative` from 0 (least here) to 1 (most here); `by` is what they are of: patches or crops.
    """

    rows: int
    columns: int
    by: str
    relative: list[list[float]]
    cosines: list[list[float]]


@dataclass(frozen=True, slots=True)
class Known:
    """What is said of a picture beside its record."""

    texts: Sequence[Text]
    objects: Sequence[SeenObject]
    seen: Sequence[Provenance]


def picture_out(picture: Picture, said: Known, blur: Blur) -> PictureOut:
    """A picture as it is sent; its path is also given in two printable parts."""
    exif = asdict(picture.exif)
    folder, _, name = picture.path.rpartition("/")
    place = (picture.exif.latitude, picture.exif.longitude)
    return PictureOut(
        **{key: exif[key] for key in ("taken_at", "camera", "lens", "latitude", "longitude")},
        **{key: getattr(picture, key) for key in ("id", "path", "size", "width", "height", "format", "place")},
        name=printable(name),
        folder=printable(folder),
        moment=picture.moment,
        added_at=picture.added_at,
        offline=picture.offline,
        damaged=picture.damaged,
        state=picture.state,
        moderation={tag.word: tag.chance for tag in picture.moderation},
        **blur.as_json(picture),
        colours=[ColourOut(name=c.name, hex=hexed(c.rgb), share=c.share) for c in picture.colours],
        texts=[_text_out(text) for text in said.texts],
        thumbnail=thumbnail_address(picture),
        file=f"/api/v1/pictures/{picture.id}/file",
        exif=ExifOut(**exif),
        stars=picture.exif.rating,
        note="\n".join(text.text for text in said.texts if text.kind == "note"),
        tags=[
            TagOut(tag=t.text, model=t.model, by=_by(t.model), created_at=t.created_at)
            for t in said.texts if t.kind == "tag"
        ],
        objects=[
            ObjectOut(**asdict(one.object), model=one.model, by=_by(one.model), created_at=one.at)
            for one in said.objects
        ],
        seen=[SeenOut(task=p.task, model=p.model, revision=p.revision, at=p.at) for p in said.seen],
        map=_MAP.format(*place) if None not in place else None,
        history=f"/api/v1/pictures/{picture.id}/history",
    )  # fmt: skip


def card_out(picture: Picture, blur: Blur) -> CardOut:
    """A picture as a card is sent."""
    return CardOut(
        **{key: getattr(picture, key) for key in ("id", "path", "width", "height", "format")},
        name=printable(picture.path.rpartition("/")[2]),
        taken_at=picture.exif.taken_at,
        thumbnail=thumbnail_address(picture),
        colour=hexed(picture.colours[0].rgb) if picture.colours else None,
        **blur.as_json(picture),
    )


def _text_out(text: Text) -> TextOut:
    lines = [LineOut(**asdict(line)) for line in text.lines]
    return TextOut(
        kind=text.kind, text=text.text, model=text.model, by=_by(text.model), created_at=text.created_at, lines=lines
    )


def _by(model: str) -> Said:
    """Who or what is behind the model of a text."""
    return _WRITERS.get(model, "concept" if model.startswith("concept:") else "model")
