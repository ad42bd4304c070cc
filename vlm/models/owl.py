"""Detectors that are told what to look for: OWL-ViT, OWLv2 and Grounding DINO, by transformers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlm.errors import ModelError
from vlm.models.detr import Found, TransformersDetector
from vlm.models.held import cast

if TYPE_CHECKING:
    from PIL.Image import Image


class Owl(TransformersDetector):
    """`owl:google/owlv2-base-patch16-ensemble`, `owl:IDEA-Research/grounding-dino-tiny` and their like."""

    family = "owl"
    least = 0.25

    def _load(self, folder: Path, told: dict[str, Any]) -> tuple[Any, Any]:
        from transformers import AutoModelForZeroShotObjectDetection, AutoProcessor

        processor = AutoProcessor.from_pretrained(folder, local_files_only=True)
        return AutoModelForZeroShotObjectDetection.from_pretrained(folder, **told), processor

    def _found(
        self, model: Any, processor: Any, pictures: Sequence[Image], labels: Sequence[str], least: float
    ) -> list[list[Found]]:
        if not labels:
            raise ModelError(f'{self.spec} must be told what to look for, e.g. --labels "person, red car".')
        owl = model.config.model_type.startswith("owl")
        # OWL was trained on CLIP's phrases, Grounding DINO on bare ones; a full stop would part one label in two
        asked = [f"a photo of a {label}" if owl else label.replace(".", " ") for label in labels]
        texts = [asked] * len(pictures)
        # what is longer than it was trained on is cut: OWL's phrases (its tokenizer knows), Grounding DINO's line of all of them
        length: dict[str, Any] = {"padding": "max_length" if owl else True, "truncation": True}
        if not owl:
            length["max_length"] = model.config.max_text_len
        given = processor(images=list(pictures), text=texts, return_tensors="pt", **length).to(model.device)
        outputs = model(**cast(given, model))
        sizes = [(picture.height, picture.width) for picture in pictures]
        told: dict[str, Any] = (
            {"text_labels": [list(labels)] * len(pictures)} if owl else {"input_ids": given["input_ids"]}
        )
        made = processor.post_process_grounded_object_detection(outputs, threshold=least, target_sizes=sizes, **told)
        # not strict: where Grounding DINO finds nothing its processor still gives one empty label
        return [
            [
                (label, score, tuple(box))
                for said, score, box in zip(
                    row["text_labels"], row["scores"].tolist(), row["boxes"].tolist(), strict=False
                )
                if (label := said if owl else nearest(said, labels))
            ]
            for row in made
        ]


def nearest(said: str, labels: Sequence[str]) -> str:
    """The label of which Grounding DINO repeats the most words: it may answer a part of one, or two run together. "" for none."""
    words = set(said.casefold().split())
    shared = [len(words & set(label.casefold().split())) / len(label.split()) for label in labels]
    best = max(range(len(labels)), key=shared.__getitem__)
    return labels[best] if shared[best] else ""
