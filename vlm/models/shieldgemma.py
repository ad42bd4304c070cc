"""ShieldGemma 2: Gemma 3 taught to tell whether a picture breaks a rule."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlm.models.checkpoint import Checkpoint
from vlm.models.held import HeldModel, cast
from vlm.protocols import Tag

if TYPE_CHECKING:
    from PIL.Image import Image

# Its processor's rules, by what they are called here. Others could be put to it, but it was taught these alone.
POLICIES = {"sexual": "nudity", "violence": "violence", "dangerous": "danger"}


class ShieldGemma(HeldModel):
    """`shieldgemma:google/shieldgemma-2-4b-it`. Implements `vlm.protocols.Moderator`; it writes no words."""

    picture_side = 896

    def __init__(self, rest: str) -> None:
        super().__init__(Checkpoint.parse("shieldgemma", rest), _load)

    def judged(self, pictures: Sequence[Image]) -> list[tuple[Tag, ...]]:
        """How likely each picture breaks each rule. A batch asks of each picture three times."""
        return self.held.each(pictures, _judge)


def _load(folder: Path, told: dict[str, Any]) -> tuple[Any, Any]:
    from transformers import AutoProcessor, ShieldGemma2ForImageClassification

    processor = AutoProcessor.from_pretrained(folder, local_files_only=True)
    return ShieldGemma2ForImageClassification.from_pretrained(folder, **told), processor


def _judge(model: Any, processor: Any, pictures: Sequence[Image]) -> list[tuple[Tag, ...]]:
    import torch

    given = processor(images=list(pictures), policies=list(POLICIES), return_tensors="pt").to(model.device)
    with torch.inference_mode():
        # a row for each picture and rule, the rules of one picture side by side; the first column is "yes, it breaks it"
        chances = model(**cast(given, model)).probabilities[:, 0].float().reshape(len(pictures), -1).tolist()
    return [tuple(Tag(name, chance) for name, chance in zip(POLICIES.values(), row, strict=True)) for row in chances]
