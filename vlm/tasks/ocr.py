"""The words in pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from vlm.errors import ModelError
from vlm.protocols import Annotation, Model, Reader, Task
from vlm.tasks.asking import Asking

if TYPE_CHECKING:
    from PIL.Image import Image


class Ocr(Asking):
    """Implements `vlm.protocols.Annotator` by a model that reads. Raises ModelError for one that does not."""

    task: Task = "ocr"

    def __init__(self, model: Model) -> None:
        # not isinstance: before Python 3.12 that reads every property of the protocol, and some load the weights
        if not hasattr(type(model), "read"):
            raise ModelError(f"{model.spec} does not read words; try: rapidocr.")
        super().__init__(model)
        self._reader = cast("Reader", model)

    def annotate(self, pictures: Sequence[Image]) -> list[Annotation]:
        """The lines of each picture."""
        return [Annotation(*self._by(), lines=self._reader.read(picture)) for picture in pictures]
