"""What several answers have in common."""

from __future__ import annotations

from pydantic import BaseModel

from indexer import Picture


class Veiled(BaseModel):
    """Whether a picture is shown blurred, and the category for which it is: somebody may rather not see it."""

    blurred: bool
    category: str | None


class Problem(BaseModel):
    """Why a request was refused, in a sentence (RFC 9457).

    Of a query that does not parse: the `word` it stumbled over, `at` which character (code point), and what may be meant.
    """

    title: str
    status: int
    detail: str
    word: str | None = None
    at: int | None = None
    offers: list[str] | None = None


def thumbnail_address(picture: Picture) -> str:
    """Its `v` changes with the picture's content, so that browsers may keep what they have for ever."""
    return f"/api/v1/pictures/{picture.id}/thumbnail?v={content_version(picture)}"


def content_version(picture: Picture) -> str:
    """The start of the content's hash: enough to tell two states of one file apart."""
    return picture.hash[:12]


def hexed(rgb: tuple[int, int, int]) -> str:
    """A colour as "#rrggbb"."""
    return "#" + "".join(f"{part:02x}" for part in rgb)
