"""From the catalog's rows to records."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from indexer.exif import in_future
from indexer.records import Colour, Exif, Picture, Text
from vlm.protocols import Tag, TextKind, TextLine, Vectors

PICTURES = (
    "SELECT pictures.id, roots.path || '/' || pictures.path, hash, size, mtime_ns, width, height, format, taken_at, "
    "camera, lens, latitude, longitude, orientation, rating, clock, colours, added_at, NOT online, state, "
    "(SELECT json_group_array(json_array(labels.name, score)) FROM labels WHERE picture_id = pictures.id AND task = 'moderate'), moment, damaged, "
    "coalesce((SELECT places.name FROM places WHERE places.id = place_id), '') "
    "FROM pictures JOIN roots ON roots.id = root_id"
)


def picture_of(row: tuple[object, ...]) -> Picture:
    start, exif = row[:8], Exif(*row[8:16])  # type: ignore[arg-type]
    colours, added_at, offline, state, labels, moment, damaged, place = row[16:]
    made = tuple(Colour(name, tuple(rgb), share) for name, rgb, share in json.loads(str(colours)))
    judged = tuple(sorted((Tag(*label) for label in json.loads(str(labels))), key=lambda tag: -tag.chance))
    return Picture(
        *start, exif=exif, colours=made, added_at=str(added_at), offline=bool(offline), state=state, moderation=judged,  # type: ignore[arg-type, misc]
        moment=moment, damaged=bool(damaged), place=place,  # type: ignore[arg-type]
    )  # fmt: skip


def text_of(
    picture: int, kind: TextKind, text: str, model: str, revision: str, prompt: str, created_at: str, lines: str
) -> Text:
    made = tuple(_line(*line) for line in json.loads(lines))
    return Text(picture, kind, text, model, revision, prompt, created_at, made)


def _line(text: str, score: float, box: Sequence[float], polygon: Sequence[Sequence[float]] = ()) -> TextLine:
    return TextLine(text, score, tuple(box), tuple((x, y) for x, y in polygon))  # type: ignore[arg-type]


def file_time(mtime_ns: int) -> str | None:
    """A file's time as text; None for one in the future, and one that no calendar holds counts as the epoch."""
    try:
        written = datetime.fromtimestamp(mtime_ns / 1e9, UTC)
    except (ValueError, OverflowError, OSError):
        written = datetime.fromtimestamp(0, UTC)
    return None if in_future(written) else written.isoformat(timespec="seconds")


def matrix(blobs: Sequence[bytes]) -> Vectors:
    """float16 rows as unit float32 rows: rounding to half precision leaves lengths off by up to 1e-3. Zeros stay zeros."""
    if not blobs:
        return np.zeros((0, 0), np.float32)
    rows = np.frombuffer(b"".join(blobs), np.float16).reshape(len(blobs), -1).astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-6), np.float32)
