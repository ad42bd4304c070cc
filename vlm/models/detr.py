"""DETR and what came of it (Conditional, Deformable, RT-DETR, YOLOS ...): transformers' detectors with a fixed list."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlm.models.boxes import among, one_box_each
from vlm.models.checkpoint import Checkpoint
from vlm.models.held import HeldModel, cast
from vlm.protocols import Box, DetectedObject

if TYPE_CHECKING:
    from PIL.Image import Image

Found = tuple[str, float, Box]
"""Label, score and box, in pixels of its picture, before boxes of one thing are made one."""


class TransformersDetector(HeldModel):
    """What a transformers detector needs, whether its list is fixed or not. Implements `vlm.protocols.Detector`."""

    family = ""
    picture_side = 1333
    least = 0.5
    """The score below which nothing is returned when nobody says another."""

    def __init__(self, rest: str) -> None:
        super().__init__(Checkpoint.parse(self.family, rest), self._load)

    def detect(
        self, pictures: Sequence[Image], labels: Sequence[str] = (), least: float | None = None
    ) -> list[tuple[DetectedObject, ...]]:
        """What is seen in each picture."""
        import torch

        from_score = self.least if least is None else least

        def look(model: Any, processor: Any, part: Sequence[Image]) -> list[tuple[DetectedObject, ...]]:
            with torch.inference_mode():
                found = self._found(model, processor, part, labels, from_score)
            return [
                one_box_each(
                    (DetectedObject(label, score, box) for label, score, box in rows),
                    picture.width,
                    picture.height,
                )
                for picture, rows in zip(part, found, strict=True)
            ]

        return self.held.each([picture.convert("RGB") for picture in pictures], look)

    def _load(self, folder: Path, told: dict[str, Any]) -> tuple[Any, Any]:
        raise NotImplementedError

    def _found(
        self, model: Any, processor: Any, pictures: Sequence[Image], labels: Sequence[str], least: float
    ) -> list[list[Found]]:
        """What was found in each picture."""
        raise NotImplementedError


class Detr(TransformersDetector):
    """`detr:facebook/detr-resnet-50`, `detr:PekingU/rtdetr_v2_r18vd` and their like; labels are the checkpoint's own."""

    family = "detr"

    def _load(self, folder: Path, told: dict[str, Any]) -> tuple[Any, Any]:
        from transformers import AutoImageProcessor, AutoModelForObjectDetection

        processor = AutoImageProcessor.from_pretrained(folder, local_files_only=True)
        return AutoModelForObjectDetection.from_pretrained(folder, **told), processor

    def _found(
        self, model: Any, processor: Any, pictures: Sequence[Image], labels: Sequence[str], least: float
    ) -> list[list[Found]]:
        names: dict[int, str] = model.config.id2label
        # COCO's own numbering has holes, which checkpoints call N/A
        wanted = among(self.spec, [name for name in names.values() if name != "N/A"], labels)
        given = processor(images=list(pictures), return_tensors="pt").to(model.device)
        outputs = model(**cast(given, model))
        sizes = [(picture.height, picture.width) for picture in pictures]
        return [
            [
                (names[label], score, tuple(box))
                for label, score, box in zip(*(row[k].tolist() for k in ("labels", "scores", "boxes")), strict=True)
                if names.get(label) in wanted
            ]
            for row in processor.post_process_object_detection(outputs, threshold=least, target_sizes=sizes)
        ]
