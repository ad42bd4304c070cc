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
    """Its path: without the quotation marks and spaces that came along, and of a `file://` address.

    Where there is a folder of exactly this name, it is that one. Raises UsageError for nothing, and for an address that
    is no place on this machine.
    """
    if os.path.isdir(typed):  # noqa: PTH112 - Path.is_dir fails at a name that is too long
        return typed
    bare = typed.strip()
    while len(bare) > 1 and bare[0] + bare[-1] in _QUOTES:
        bare = bare[1:-1].strip()
    if not bare:
        raise UsageError("The name of the folder is empty; write its path, or . for the folder that you are in.")
    address = _ADDRESS.match(bare)
    if not address:
        return bare
    if address[1].lower() == "file" and urlsplit(bare).netloc.lower() in ("", "localhost"):
        return url2pathname(urlsplit(bare).path)
    raise UsageError(f"{bare} is an address, not a folder; connect to it first, then name the folder that it has here.")
