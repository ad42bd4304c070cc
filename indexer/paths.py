"""File names as text. A name on disk is bytes and need not be UTF-8; the catalog, JSON and the page hold text.

Each byte that is not UTF-8 becomes one character of plane 16's private use area (U+10DC80 to U+10DCFF), which no
real file name uses, so the round trip is exact and the text can be stored, printed and sent anywhere.
"""

from __future__ import annotations

from pathlib import Path

_SHIFT = 0x100000
_TO_TEXT = {code: chr(code + _SHIFT) for code in range(0xDC80, 0xDD00)}
_TO_PATH = {code + _SHIFT: chr(code) for code in range(0xDC80, 0xDD00)}


def to_text(path: Path | str) -> str:
    """A path as storable text; `to_path` gives the very same file again."""
    return str(path).translate(_TO_TEXT)


def to_path(text: str) -> Path:
    """The path that `to_text` was given."""
    return Path(text.translate(_TO_PATH))


def printable(text: str) -> str:
    """The text of a path for a terminal or page: undecodable bytes and control characters shown as �."""
    return "".join(c if c.isprintable() and not 0x10DC80 <= ord(c) < 0x10DD00 else "�" for c in text)
