"""What a person wrote of a picture in another program: its title, description, keywords and stars, in the file or beside it.

It is read when a picture is indexed, and anew at the next run when the sidecar alone has changed, or when the library is
older than this; no picture is decoded for it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, IptcImagePlugin

from indexer.ahead import ahead
from indexer.connections import Tables
from indexer.content import insert_said, refresh_words
from indexer.paths import to_path
from indexer.records import Exif, Progress, Text, Told
from indexer.xmp import LONGEST_DESCRIPTION, LONGEST_TITLE, MOST_BYTES, keywords, one_line, read_xmp

# Files in one transaction: the most that a crash has to look at again.
BATCH = 500

RATED_BY_HAND = "EXISTS (SELECT 1 FROM edits WHERE picture_id = pictures.id AND field = 'rating')"
"""True for a picture whose stars a person gave: they outlast those of the file."""

WRITER = "file"
"""The model of a text that was read in a file or its sidecar."""

File = tuple[int, str, int, int, str]
"""Picture id, absolute path as text, size, mtime_ns, sidecar."""

_TITLE, _CAPTION, _KEYWORDS, _CHARSET = (2, 5), (2, 120), (2, 25), (1, 90)


def read_own(picture: Image.Image, exif: Exif) -> Told:
    """What the file itself says; never raises. XMP before IPTC, thing by thing. Ask after `read_exif`, which has a PNG read to its end."""
    xmp = picture.info.get("xmp")
    told = read_xmp(xmp.encode("utf-8", "replace") if isinstance(xmp, str) else xmp if isinstance(xmp, bytes) else b"")
    return _over(told, _read_iptc(picture), exif.rating)


def with_sidecar(own: Told, picture: Path, sidecar: str) -> Told:
    """What a picture's sidecar says, and the file itself where that says nothing. Never raises."""
    if not sidecar:
        return own
    try:
        with picture.with_name(str(to_path(sidecar.split("/")[0]))).open("rb") as file:
            said = read_xmp(file.read(MOST_BYTES + 1))
    except OSError:
        return own
    return _over(said, own, own.rating if said.rating is None else said.rating)


def put_told(db: sqlite3.Connection, picture_id: int, told: Told, now: str) -> None:
    """Its words in place of those that were read before; what a person said here holds against them."""
    db.execute("DELETE FROM texts WHERE picture_id = ? AND model = ?", (picture_id, WRITER))
    if caption := caption_of(told):
        insert_said(db, Text(picture_id, "caption", caption, WRITER, created_at=now))
    for word in told.keywords:
        insert_said(db, Text(picture_id, "tag", word, WRITER, created_at=now))


def caption_of(told: Told) -> str:
    """Title and description as one caption; many programs write the same into both."""
    title, description = told.title, told.description
    if not title or description.startswith(title):
        return description or title
    return f"{title}{' ' if title[-1] in '.!?…:。' else '. '}{description}".strip(" ") if description else title


class ToldElsewhere(Tables):
    """Whose words were not looked for yet. What `Catalog.put` writes was; an index makes asking cost nothing."""

    def changed(self, sidecars: Sequence[tuple[int, str]]) -> None:
        """(picture id, sidecar): these have another sidecar than before, or none any more."""
        if sidecars:
            with self._writing() as db:
                sql = "UPDATE pictures SET sidecar = ?, told_sought = 0 WHERE id = ?"
                db.executemany(sql, [(sidecar, picture) for picture, sidecar in sidecars])

    def seek(self, read: Callable[[Path], Told], on_progress: Callable[[Progress], None], now: str) -> None:
        """`read` each file that is there and unchanged, and its sidecar. Each batch is a transaction; goes on where it was."""
        done = last = 0
        total = self._db.execute("SELECT count(*) FROM pictures WHERE told_sought = 0").fetchone()[0]
        while files := self._unsought(last):
            last = files[-1][0]
            found = ahead(lambda file: _told(file, read), files, max(2, os.cpu_count() or 2), window=64)
            self._put([told for told in found if told], now)
            done += len(files)
            on_progress(Progress("told", done, total, 0, files[-1][1]))

    def _unsought(self, after: int) -> list[File]:
        sql = (
            "SELECT pictures.id, roots.path || '/' || pictures.path, size, mtime_ns, sidecar FROM pictures "
            "JOIN roots ON roots.id = root_id AND online WHERE told_sought = 0 AND pictures.id > ? ORDER BY 1 LIMIT ?"
        )
        return self._db.execute(sql, (after, BATCH)).fetchall()

    def _put(self, found: list[tuple[int, Told]], now: str) -> None:
        sql = f"UPDATE pictures SET told_sought = 1, rating = iif({RATED_BY_HAND}, rating, ?) WHERE id = ?"
        with self._writing() as db:
            for picture, told in found:
                db.execute(sql, (told.rating, picture))
                put_told(db, picture, told, now)
            refresh_words(db, [picture for picture, _ in found])


def _told(file: File, read: Callable[[Path], Told]) -> tuple[int, Told] | None:
    """None for a file that is away or has changed: indexing it reads them."""
    picture, path, size, mtime_ns, sidecar = file
    place = to_path(path)
    try:
        now = place.stat()
    except OSError:
        return None
    if (now.st_size, now.st_mtime_ns) != (size, mtime_ns):
        return None
    return picture, with_sidecar(read(place), place, sidecar)


def _over(first: Told, second: Told, rating: int | None) -> Told:
    return Told(
        first.title or second.title,
        first.description or second.description,
        first.keywords or second.keywords,
        rating,
    )


def _read_iptc(picture: Image.Image) -> Told:
    try:
        found = IptcImagePlugin.getiptcinfo(picture) or {}  # type: ignore[arg-type]
    except Exception:  # noqa: BLE001 - a parser of hostile data: whatever it trips over, the picture is still a picture
        return Told()
    utf8 = any(b"\x1b%G" in mark for mark in _all(found.get(_CHARSET)))

    def said(field: tuple[int, int]) -> list[str]:
        return [decoded(value, utf8) for value in _all(found.get(field))]

    return Told(
        one_line(" ".join(said(_TITLE)), LONGEST_TITLE),
        one_line(" ".join(said(_CAPTION)), LONGEST_DESCRIPTION),
        keywords(said(_KEYWORDS)),
    )


def _all(value: object) -> list[bytes]:
    """A field is bytes, or a list where it is repeated, with None for an empty one."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, bytes)]


def decoded(value: bytes, utf8: bool = False) -> str:
    """Text that programs write: UTF-8 when it says so (IPTC's limits may have cut its last character), or is so; else what Windows wrote."""
    if utf8:
        return value.decode("utf-8", "ignore")
    for encoding in ("utf-8", "cp1252"):
        try:
            return value.decode(encoding)
        except UnicodeDecodeError:
            continue
    return value.decode("latin-1")
