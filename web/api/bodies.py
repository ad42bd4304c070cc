"""What every body that is sent as JSON has: names that are known, and numbers that SQLite can hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from indexer import Picture
from search import Library
from web.api.errors import NotThere

MOST_IDS = 10_000
"""As many as one search can find."""

PictureId = Annotated[int, Field(ge=1, le=2**63 - 1)]
Ids = Annotated[tuple[PictureId, ...], Field(max_length=MOST_IDS)]


class Body(BaseModel):
    """A misspelt name is refused, so that nobody believes in a choice that was never heard."""

    model_config = ConfigDict(extra="forbid")


def pictures_of(library: Library, ids: Sequence[int]) -> list[Picture]:
    """These pictures, each once. Raises NotThere naming every id that there is not."""
    found = library.store.get(list(dict.fromkeys(ids)))
    if missing := set(ids) - {picture.id for picture in found}:
        raise NotThere(f"Not in this library: {', '.join(map(str, sorted(missing)[:20]))}.")
    return found
