"""Which pictures are shown blurred: those that a moderator judged likely to show what some would rather not see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import click

from indexer.filters import BLUR_ABOVE
from indexer.records import Picture
from vlm import Tag
from vlm.categories import NAMES
from vlm.errors import UsageError


@dataclass(frozen=True, slots=True)
class Blur:
    """Above which chance of any category a picture is blurred, and for some categories another one; above 1 none is."""

    above: float = BLUR_ABOVE
    each: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def parse(cls, given: Sequence[str]) -> Blur:
        """From ("0.6", "nudity=0.8"). Raises UsageError."""
        above, each = BLUR_ABOVE, {}
        for one in given:
            name, mark, number = one.rpartition("=")
            try:
                chance = float(number)
            except ValueError:
                chance = -1.0
            if not 0 <= chance <= 1 or (mark and name not in NAMES):
                raise UsageError(
                    f"--blur-above {one}: write a number from 0 to 1, or CATEGORY=NUMBER with one of {', '.join(NAMES)}."
                )
            if mark:
                each[name] = chance
            else:
                above = chance
        return cls(above, each)

    def why(self, picture: Picture) -> Tag | None:
        """The likeliest category for which a picture is blurred; None when it is not, or when a person approved it."""
        if picture.state == "approved":
            return None
        return next((tag for tag in picture.moderation if tag.chance > self.each.get(tag.word, self.above)), None)

    def as_json(self, picture: Picture) -> dict[str, Any]:
        """`{blurred, category}`; the category is null where it is not blurred."""
        why = self.why(picture)
        return {"blurred": why is not None, "category": why and why.word}


DEFAULT = Blur()


def blurring(command: Callable[..., None]) -> Callable[..., None]:
    """The option --blur-above, given to the command as a Blur."""
    return click.option(
        "--blur-above", multiple=True, metavar="[CATEGORY=]CHANCE",
        callback=lambda _, __, given: Blur.parse(given),
        help=f"Blur what a moderator finds likelier than this, 0 to 1 ({BLUR_ABOVE}; 1: nothing), e.g. 0.6 or nudity=0.8.",
    )(command)  # fmt: skip
