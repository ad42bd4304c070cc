"""The things in pictures, each with a box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, cast

from vlm.errors import ModelError, UsageError
from vlm.protocols import Annotation, DetectedObject, Detector, Generation, Model, Task
from vlm.tasks.asking import Asking

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


class Detect(Asking):
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
        super().__init__(model, _version(labels, least, budget))
        self._detector = cast("Detector", model)
        self._budget = budget
        self._labels = tuple(labels)
        self._least = least

    def annotate(self, pictures: Sequence[Image]) -> list[Annotation]:
        """The objects of each picture."""
        if self._budget is None:
            found = self._detector.detect(pictures, self._labels, self._least)
        else:
            how = Generation(most_tokens=BOX_TOKENS, budget=self._budget)
            found = cast(Budgeted, self._detector).detect(pictures, self._labels, self._least, how)
        return [Annotation(*self._by(), objects=objects) for objects in found]


def _version(labels: Sequence[str], least: float | None, budget: int | None) -> str:
    """What is looked for and how sure it must be, where that was said: what was found under other words is stale."""
    said = ["" if least is None else f"{least:g}", *sorted(labels), "" if budget is None else f"budget={budget}"]
    return ",".join(part for part in said if part)
