"""Gemma 3, 3n and 4: conversations about several pictures, and where in a picture things are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from vlm.errors import ModelError, PictureRefused, UsageError
from vlm.models.chatting import TemplateChat
from vlm.protocols import DetectedObject, Generation, Turn
from vlm.tasks.detect import BOX_TOKENS
from vlm.tasks.guard import again, objects_in

if TYPE_CHECKING:
    from PIL.Image import Image

BUDGETS = (70, 140, 280, 560, 1120)
"""How many visual tokens Gemma 4 may spend on a picture; 280 where nothing is said."""

# "Normalised values relative to a 1024x1024 grid", says Google's page on pictures for "Gemma 3 and later models". None of
# the boxes printed there goes beyond 1000, where Gemini's end: should that be the true grid, boxes are 2.3% too small.
GRID = (1024.0, 1024.0)


class Gemma(TemplateChat):
    """`gemma:google/gemma-4-E2B-it` and its like. Also implements `vlm.protocols.Detector`."""

    family = "gemma"
    budgets = BUDGETS

    def detect(
        self,
        pictures: Sequence[Image],
        labels: Sequence[str] = (),
        least: float | None = None,
        how: Generation = Generation(most_tokens=BOX_TOKENS),
    ) -> list[tuple[DetectedObject, ...]]:
        """What is seen in each picture, in the model's order; it tells no scores, so each is 1, whatever `least` is.

        An answer without boxes to read is asked for once more. Raises PictureRefused when there are none then either.
        """
        asked = [[Turn("user", (picture, _prompt(labels)))] for picture in pictures]
        answers = self.replies(asked, how)
        found: list[tuple[DetectedObject, ...]] = []
        for picture, turns, answer in zip(pictures, asked, answers, strict=True):
            try:
                found.append(objects_in(answer, picture.size, GRID, labels))
            except ModelError:
                (answer,) = self.replies([turns], again(how))
                found.append(self._read(answer, picture.size, labels))
        return found

    def _read(self, answer: str, size: tuple[int, int], labels: Sequence[str]) -> tuple[DetectedObject, ...]:
        try:
            return objects_in(answer, size, GRID, labels)
        except ModelError as error:
            raise PictureRefused(f"{self.spec} told no boxes, asked twice. {error}") from None

    def _looking(self, processor: Any, how: Generation) -> dict[str, Any]:
        if how.budget is None:
            return {}
        if how.budget not in BUDGETS:
            raise UsageError(f"{how.budget} is no budget of visual tokens; choose {', '.join(map(str, BUDGETS))}.")
        if not hasattr(processor.image_processor, "max_soft_tokens"):
            raise UsageError(f"{self.spec} sees every picture with as many tokens; only Gemma 4 takes a budget.")
        return {"images_kwargs": {"max_soft_tokens": how.budget}}


def _prompt(labels: Sequence[str]) -> str:
    # in the words of Google's page
    return f"detect {' and '.join(labels) if labels else 'all objects'}, output only ```json"
