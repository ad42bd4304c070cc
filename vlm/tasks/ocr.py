"""The words in pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from vlm.errors import ModelError
from vlm.protocols import Annotation, Model, Reader, Task

if TYPE_CHECKING:
    from PIL.Image import Image


class Ocr:
    """Implements `vlm.protocols.Annotator` by a model that reads. Raises ModelError for one that does not."""

    task: Task = "ocr"
    prompt_version = ""

    def __init__(self, model: Model) -> None:
        # not isinstance: before Python 3.12 that reads every property of the protocol, and some load the weights
        if not hasattr(type(model), "read"):
            raise ModelError(f"{model.spec} does not read words; try: rapidocr.")
        self._model = cast("Reader", model)
        self.spec = model.spec
        self.picture_side = model.picture_side

    @property
    def revision(self) -> str:
        """The reader's."""
        return self._model.revision

    def annotate(self, pictures: Sequence[Image]) -> list[Annotation]:
        """The lines of each picture."""
        return [
            Annotation(self.spec, self.revision, datetime.now(UTC), lines=self._model.read(picture))
            for picture in pictures
        ]

    def close(self) -> None:
        """Close the reader."""
        self._model.close()
