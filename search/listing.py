"""Pictures as lists that other programs read: CSV, JSON, paths."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from indexer.paths import to_path
from indexer.records import Picture
from search.exporting import captions_of, tags_of
from search.library import Library

ListForm = Literal["csv", "json", "paths"]

_COLUMNS = (
    "id", "path", "taken_at", "width", "height", "size", "camera", "latitude", "longitude", "place", "rating", "caption", "tags", "note",
)  # fmt: skip
# What spreadsheets take for the beginning of a formula; words in pictures and captions come from anywhere.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def picture_list(library: Library, pictures: Sequence[Picture], form: ListForm) -> bytes:
    """Pictures with what is known of them, as a file. CSV begins with a byte order mark, without which spreadsheets
    misread accents; tags are joined by commas in it, and are a list in JSON."""
    if form == "paths":
        made = as_paths(pictures)
    elif form == "json":
        made = json.dumps([_known(library, picture) for picture in pictures], indent=1) + "\n"
    else:
        rows = ({**row, "tags": ", ".join(row["tags"])} for row in (_known(library, one) for one in pictures))
        made = "\ufeff" + as_csv(rows, _COLUMNS)
    # a name on disk need not be UTF-8: its own bytes are what opens the file
    return made.encode("utf-8", "surrogateescape")


def as_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """These columns of rows, under their names. Words that a spreadsheet would compute get an apostrophe before them."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in columns])
    return buffer.getvalue()


def as_paths(pictures: Iterable[Picture]) -> str:
    """A path a line."""
    return "".join(f"{to_path(picture.path)}\n" for picture in pictures)


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _known(library: Library, picture: Picture) -> dict[str, Any]:
    exif = picture.exif
    notes = [text.text for text in library.store.texts(picture.id) if text.kind == "note"]
    return {
        "id": picture.id, "path": picture.path, "taken_at": exif.taken_at, "width": picture.width, "height": picture.height,
        "size": picture.size, "camera": exif.camera, "latitude": exif.latitude, "longitude": exif.longitude, "place": picture.place, "rating": exif.rating,
        "caption": "\n".join(captions_of(library, picture)), "tags": tags_of(library, picture), "note": "\n".join(notes),
    }  # fmt: skip
