"""Which models are put to which tasks, said by name: for the command `annotate` and for the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from vlm import Annotator
from vlm.registry import load_any
from vlm.tasks.caption import Style


@dataclass(frozen=True, slots=True)
class Tasks:
    """A model's spec for each task that is wanted, and how it is asked."""

    ocr: str | None = None
    detect: str | None = None
    labels: tuple[str, ...] = ()
    least: float | None = None
    describe: str | None = None
    caption: str | None = None
    style: Style = "short"
    language: str = "en"
    moderate: str | None = None

    @property
    def specs(self) -> tuple[str, ...]:
        """The models, in the order in which they are asked."""
        return tuple(filter(None, (self.ocr, self.detect, self.describe, self.caption, self.moderate)))


def annotators(tasks: Tasks, load: Callable[[str], Any] = load_any) -> Iterator[Annotator]:
    """One for each task that was asked for. The caption of a captioner is kept over that of a description: it comes later.

    Raises UnknownModel, ModelUnavailable, and ModelError for a model that cannot do its task.
    """
    if tasks.ocr:
        from vlm.tasks.ocr import Ocr

        yield Ocr(load(tasks.ocr))
    if tasks.detect:
        from vlm.tasks.detect import Detect

        yield Detect(load(tasks.detect), tasks.labels, tasks.least)
    if tasks.describe:
        from vlm.tasks.describe import Describe

        yield Describe(load(tasks.describe))
    if tasks.caption:
        from vlm.tasks.caption import Captions, Wanted

        yield Captions(load(tasks.caption), Wanted(tasks.style, language=tasks.language))
    if tasks.moderate:
        from vlm.tasks.moderate import Moderate

        yield Moderate(load(tasks.moderate))
