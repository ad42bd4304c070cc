"""A picture's file as it lies on its disk now, which need not be what was indexed: others may write to that folder too."""

from __future__ import annotations

import os
from pathlib import Path

from indexer import Picture
from indexer.formats import RAW
from indexer.paths import to_path
from indexer.walk import starts_like_a_picture
from web.api.errors import NotThere

# Of these not every file begins as the format does.
UNMARKED = RAW | {"ppm", "sgi"}


def file_there(picture: Picture) -> Path:
    """Where a picture's file is. Raises NotThere, also for what is a picture no more: a link that was put in its place
    could lead to any file of this machine."""
    path = to_path(picture.path)
    if not path.is_file():
        raise NotThere("The file is not there now; connect its disk, or index again if it was moved.")
    if not os.access(path, os.R_OK):
        raise NotThere("The file may not be read; give yourself permission to read it.")
    if not starts_like_a_picture(path) and not (picture.format in UNMARKED and _unchanged(path, picture)):
        raise NotThere("The file is no picture any more; index again.")
    return path


def _unchanged(path: Path, picture: Picture) -> bool:
    info = path.stat()
    return (info.st_size, info.st_mtime_ns) == (picture.size, picture.mtime_ns)
