"""Picture files as one zip archive, sent while it is written: no copy of it lies in memory or on disk."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from indexer import Picture
from indexer.paths import printable
from web.api.errors import NotThere
from web.files import file_there

PIECE = 1 << 18


class _Sink:
    """What the archive writes into, emptied after each piece."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None: ...

    def close(self) -> None: ...

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def zipped(pictures: Sequence[Picture]) -> Iterator[bytes]:
    """The archive piece by piece, each file under its own name (`name (2).jpg` where two have the same one). Files that
    cannot be read, or are no pictures any more, are named in `missing.txt`."""
    sink, names, missing = _Sink(), set[str](), list[str]()
    # pictures are compressed already: a second time would only cost time
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for picture in pictures:
            try:
                path = file_there(picture)
                with path.open("rb") as file, archive.open(_entry(path, names), "w", force_zip64=True) as entry:
                    while piece := file.read(PIECE):
                        entry.write(piece)
                        yield sink.taken()
            except (OSError, NotThere):
                missing.append(printable(picture.path))
        if missing:
            archive.writestr("missing.txt", "\n".join(["These files cannot be read now:", *missing, ""]))
    yield sink.taken()


def _entry(path: Path, names: set[str]) -> zipfile.ZipInfo:
    """An entry of a name that is still free, with the file's time. Raises OSError."""
    name = PurePosixPath(printable(path.name).replace("/", "_"))
    free, number = str(name), 1
    while free.casefold() in names:
        number += 1
        free = f"{name.stem} ({number}){name.suffix}"
    made = zipfile.ZipInfo.from_file(path, free, strict_timestamps=False)
    names.add(free.casefold())
    made.compress_type = zipfile.ZIP_STORED
    return made
