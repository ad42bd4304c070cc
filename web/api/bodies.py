"""What every body that is sent as JSON has: names that are known, and numbers that SQLite can hold."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MOST_IDS = 10_000
"""As many as one search can find."""

PictureId = Annotated[int, Field(ge=1, le=2**63 - 1)]
Ids = Annotated[tuple[PictureId, ...], Field(max_length=MOST_IDS)]


class Body(BaseModel):
    """A misspelt name is refused, so that nobody believes in a choice that was never heard."""

    model_config = ConfigDict(extra="forbid")
