"""The things in pictures, each with a box."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from vlm.errors import ModelError
from vlm.protocols import Annotation, Detector, Model, Task

if TYPE_CHECKING:
    from PIL.Image import Image


class Detect:
    """Implements `vlm.protocols.Annotator` by a model that finds things. Raises ModelError for one that does not."""

    task: Task = "object"

    def __init__(self, model: Model, labels: Sequence[str] = (), least: float | None = None) -> None:
        # not isinstance: before Python 3.12 that reads every property of the protocol, and some load the weights
        if not hasattr(type(model), "detect"):
            raise ModelError(f"{model.spec} finds no objects; name a detector, e.g. yolox:/a/yolox_s.onnx.")
        self._model = cast("Detector", model)
        self._labels = tuple(labels)
        self._least = least
        self.spec = model.spec
        self.picture_side = model.picture_side

    @property
    def revision(self) -> str:
        """The detector's."""
        return self._model.revision

    @property
    def prompt_version(self) -> str:
        """What is looked for and how sure it must be, where that was said: what was found under other words is stale."""
        said = ["" if self._least is None else f"{self._least:g}", *sorted(self._labels)]
        return ",".join(part for part in said if part)

    def annotate(self, pictures: Sequence[Image]) -> list[Annotation]:
        """The objects of each picture."""
        found = self._model.detect(pictures, self._labels, self._least)
        now = datetime.now(UTC)
        return [Annotation(self.spec, self.revision, now, self.prompt_version, objects=objects) for objects in found]

    def close(self) -> None:
        """Close the detector."""
        self._model.close()
