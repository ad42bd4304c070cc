"""The things in pictures, each with a box."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, cast

from vlm.errors import ModelError, UsageError
from vlm.protocols import Annotation, DetectedObject, Detector, Generation, Model, Task

if TYPE_CHECKING:
    from PIL.Image import Image


# For models that write their boxes: some forty; the answers printed on Google's page have two to six.
BOX_TOKENS = 1024


class Budgeted(Detector, Protocol):
    """A detector that may be told how many visual tokens a picture gets."""

    budgets: tuple[int, ...]

    def detect(
        self, pictures: Sequence[Image], labels: Sequence[str] = (), least: float | None = None,
        how: Generation = Generation(most_tokens=BOX_TOKENS),
    ) -> list[tuple[DetectedObject, ...]]:  # fmt: skip
        """As a Detector; `how.budget` is the number."""
        ...


class Detect:
    """Implements `vlm.protocols.Annotator` by a model that finds things. Raises ModelError for one that does not."""

    task: Task = "object"

    def __init__(
        self, model: Model, labels: Sequence[str] = (), least: float | None = None, budget: int | None = None
    ) -> None:
        # not isinstance: before Python 3.12 that reads every property of the protocol, and some load the weights
        if not hasattr(type(model), "detect"):
            raise ModelError(f"{model.spec} finds no objects; name a detector, e.g. yolox:/a/yolox_s.onnx.")
        if budget is not None and not hasattr(type(model), "budgets"):
            raise UsageError(
                f"{model.spec} takes no budget of visual tokens; only Gemma 4 does (gemma:google/gemma-4-E2B-it)."
            )
        self._model = cast("Detector", model)
        self._budget = budget
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
        budget = "" if self._budget is None else f"budget={self._budget}"
        return ",".join(part for part in (*said, budget) if part)

    def annotate(self, pictures: Sequence[Image]) -> list[Annotation]:
        """The objects of each picture."""
        if self._budget is None:
            found = self._model.detect(pictures, self._labels, self._least)
        else:
            how = Generation(most_tokens=BOX_TOKENS, budget=self._budget)
            found = cast(Budgeted, self._model).detect(pictures, self._labels, self._least, how)
        now = datetime.now(UTC)
        return [Annotation(self.spec, self.revision, now, self.prompt_version, objects=objects) for objects in found]

    def close(self) -> None:
        """Close the detector."""
        self._model.close()
