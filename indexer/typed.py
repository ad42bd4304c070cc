"""The folder that a person means by what they typed, pasted or dragged into a terminal or onto the page."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit
from urllib.request import url2pathname

from vlm.errors import UsageError

_QUOTES = ("''", '""', "“”", "„“", "‘’", "«»", "``")
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE | re.ASCII)


def folder_typed(typed: str) -> str:
    """Its path: without the quotation marks and spaces that came along, of a `file://` address, or below `~`.

    Where there is a folder of exactly this name, it is that one. Raises UsageError for nothing, and for an address that
    is no place on this machine.
    """
    if os.path.isdir(typed):  # noqa: PTH112 - Path.is_dir fails at a name that is too long
        return typed
    bare = typed.strip()
    while len(bare) > 1 and bare[0] + bare[-1] in _QUOTES:
        bare = bare[1:-1].strip()
    if address := _ADDRESS.match(bare):
        if address[1].lower() != "file" or urlsplit(bare).netloc.lower() not in ("", "localhost"):
            raise UsageError(
                f"{bare} is an address, not a folder; connect to it first, then name the folder that it has here."
            )
        bare = url2pathname(urlsplit(bare).path)
    if not bare:
        raise UsageError("The name of the folder is empty; write its path, or . for the folder that you are in.")
    return os.path.expanduser(bare)  # noqa: PTH111 - Path.expanduser fails at a user that there is not
