"""What flows between the indexer's parts: plain frozen values, no logic."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from vlm.protocols import DetectedObject, Tag, Task, TextKind, TextLine

Orientation = Literal["landscape", "portrait", "square"]
Stage = Literal["index", "damaged"] | Task
"""Where a file failed: when it was indexed (in part alone, where it is damaged), or in a task of the second pass."""
State = Literal["unreviewed", "approved", "hidden"]
Counts = list[tuple[str, int]]
"""Values, and how many pictures have each."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be a picture, as the walk found it. `path` is absolute, `relative` is below its root ("/"-separated text).

    `sidecar` is the XMP file beside it: "name/size/mtime_ns", or empty.
    """

    path: Path
    relative: str
    size: int
    mtime_ns: int
    sidecar: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which files of a root are looked at: globs on names or relative paths, and whether hidden files count."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not indexed: why, and what can be done."""

    path: str
    reason: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Exif:
    """What the camera wrote. `taken_at` is ISO 8601 (with offset or Z when the camera gave one, else local time as written);
    GPS in signed decimal degrees; `rating` is stars, 0 to 5. `clock` is the date that it wrote where that lies in the future,
    so that nobody knows when the picture was taken.
    """

    taken_at: str | None = None
    camera: str | None = None
    lens: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    orientation: int = 1
    rating: int | None = None
    clock: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a person wrote of a picture in another program, each on one line; `rating` is stars, 0 to 5."""

    title: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class Colour:
    """One dominant colour and the share (0..1) of the picture it covers."""

    name: str
    rgb: tuple[int, int, int]
    share: float


@dataclass(frozen=True, slots=True)
class Picture:
    """One indexed picture file. `width` and `height` are of the upright picture; `path` is absolute as text (see indexer.paths).
    `moment` is when it was taken, or its file's time where the camera wrote no date that can be right. `damaged`: a part of it
    is missing in the file. `place` is where it was taken, by name ("Trastevere, Rome, Italy"); empty where nobody knows.

    `moderation` is what it was judged to show that some would rather not see, surest first; empty where nobody judged.
    """

    id: int
    path: str
    hash: str
    size: int
    mtime_ns: int
    width: int
    height: int
    format: str
    exif: Exif = field(default_factory=Exif)
    colours: tuple[Colour, ...] = ()
    added_at: str = ""
    offline: bool = False
    state: State = "unreviewed"
    moderation: tuple[Tag, ...] = ()
    moment: str = ""
    damaged: bool = False
    place: str = ""


@dataclass(frozen=True, slots=True)
class NewPicture:
    """What the indexer puts into the catalog for one file: everything of `Picture` that the file itself decides."""

    root_id: int
    relative: str
    hash: str
    size: int
    mtime_ns: int
    width: int
    height: int
    format: str
    exif: Exif
    colours: tuple[Colour, ...]
    sidecar: str = ""
    told: Told = Told()
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Words about a picture with where they come from. `lines` are those that were read, where the text is OCR."""

    picture_id: int
    kind: TextKind
    text: str
    model: str
    revision: str = ""
    prompt_version: str = ""
    created_at: str = ""
    lines: tuple[TextLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person says of pictures; None leaves a thing as it is, an empty text takes it away.

    `text` is what can be read in the picture; `rating` is stars, 0 to 5.
    """

    state: State | None = None
    note: str | None = None
    caption: str | None = None
    text: str | None = None
    tags: tuple[str, ...] = ()
    untags: tuple[str, ...] = ()
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file that was imported says of one picture. `objects` is None where it says nothing of them."""

    picture_id: int
    captions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    objects: tuple[DetectedObject, ...] | None = None
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class Edited:
    """One change of the past: before and after (None: nothing), by whom, and when (UTC, ISO 8601).

    `field` is state, note, caption, ocr, tag or rating; `name` is the tag in lower case, else empty. What was said
    together has the same `change`; `undone_at` is when it was taken back, None where it holds.
    """

    field: str
    name: str
    before: str | None
    after: str | None
    who: str
    made_at: str
    change: int
    undone_at: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be used, kept until it can. `path` is absolute as text; `seen_at` is UTC, ISO 8601.

    `model` is the spec of the one that failed in a task of the second pass, else empty.
    """

    path: str
    stage: Stage
    reason: str
    remedy: str
    seen_at: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class LexicalMatch:
    """A picture whose words match. Higher `score` is better; `fields` are the kinds of words that matched (name, folder, caption, ocr, tag, note, place).

    `rarity` says how much the matched words single out, 1 for each that a single picture holds; `weight` is its share of all words asked for.
    """

    id: int
    score: float
    fields: tuple[str, ...]
    weight: float = 1.0
    rarity: float = 1.0


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one run of the indexer did, in files; `damaged` are those of the added and updated that are there in part; `seconds` is wall time."""

    added: int = 0
    updated: int = 0
    moved: int = 0
    unchanged: int = 0
    removed: int = 0
    offline: int = 0
    failed: int = 0
    damaged: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands. `total` is None until the walk has counted everything; `stage` names the pass."""

    stage: Stage | Literal["told", "place", "embed"]
    done: int
    total: int | None
    failed: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class Enriched:
    """What one model did in one task of the second pass: in pictures."""

    task: Task
    model: str
    done: int
    failed: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which model looked at a picture for a task, how it was asked, and when (UTC, ISO 8601)."""

    task: str
    model: str
    revision: str
    prompt_version: str
    at: str


@dataclass(frozen=True, slots=True)
class SeenObject:
    """A thing detected in a picture, by which model (or `import`) and when (UTC, ISO 8601)."""

    object: DetectedObject
    model: str
    at: str


@dataclass(frozen=True, slots=True)
class Covered:
    """How many pictures this revision of a model has looked at for a task."""

    task: str
    model: str
    revision: str
    pictures: int


@dataclass(frozen=True, slots=True)
class HeldModel:
    """One model of a library: how many pictures have a vector of it, and the bytes of its vectors and index."""

    spec: str
    revision: str
    dim: int
    pictures: int
    bytes: int
    in_use: bool
    previous: bool


@dataclass(frozen=True, slots=True)
class Switched:
    """What came of adding or using a model: `embedded` in this run, and the pictures that lack a vector of it.

    `away` of these lie in folders that are not there now; `unreadable` says why others could not be embedded.
    """

    model: str
    revision: str
    previous: str
    pictures: int
    embedded: int
    lacking: int
    away: int
    unreadable: tuple[Skipped, ...] = ()
