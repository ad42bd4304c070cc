"""The detectors worth naming, best first, and which of them is taken when none is named. Knows names and files, loads nothing."""

from __future__ import annotations

from collections.abc import Sequence

from vlm.cache import model_snapshot
from vlm.errors import ModelUnavailable
from vlm.models.boxes import COCO

FIXED = ("detr:PekingU/rtdetr_v2_r18vd", "detr:PekingU/rtdetr_r18vd", "detr:facebook/detr-resnet-50")
"""They know COCO's 80 things; all Apache-2.0."""
OPEN = ("owl:google/owlv2-base-patch16-ensemble", "owl:IDEA-Research/grounding-dino-tiny")
"""They are told what to look for, in any words; both Apache-2.0."""


def choose_detector(labels: Sequence[str] = ()) -> str:
    """The spec of the best detector for these labels that lies on this machine. Raises ModelUnavailable."""
    known = all(label.casefold() in COCO for label in labels)
    fitting = (FIXED + OPEN if labels else FIXED) if known else OPEN
    for spec in fitting:
        if model_snapshot(spec.partition(":")[2]):
            return spec
    raise ModelUnavailable(
        f"No detector {'' if known else 'for any words '}is on this machine; get one with: imsearch models get {fitting[0]}"
        ", or name the file of one you have: --model yolox:/a/yolox_s.onnx"
    )
