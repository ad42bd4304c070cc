"""What detectors share: COCO's labels, the labels that are asked for, and one box for one thing."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from vlm.errors import ModelError
from vlm.protocols import DetectedObject

COCO = (
    "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter,bench,"
    "bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,skis,"
    "snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,cup,"
    "fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,"
    "potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,"
    "refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush"
).split(",")
"""The 80 things of COCO, in the order of its detectors' classes."""


def among(spec: str, known: Sequence[str], asked: Sequence[str]) -> frozenset[str]:
    """The labels of a fixed list that are asked for; all of them when none is. Raises ModelError for one it lacks."""
    names = {name.casefold(): name for name in known}
    unknown = [label for label in asked if label.casefold() not in names]
    if unknown:
        near = difflib.get_close_matches(unknown[0].casefold(), list(names), n=3)
        hint = (
            f"did you mean {' or '.join(names[n] for n in near)}?" if near else f"it knows: {', '.join(sorted(known))}."
        )
        raise ModelError(f"{spec} does not know {unknown[0]!r}; {hint}")
    return frozenset(names[label.casefold()] for label in asked) or frozenset(known)


def one_box_each(
    found: Iterable[DetectedObject], width: int, height: int, overlap: float = 0.5
) -> tuple[DetectedObject, ...]:
    """The objects surest first, their boxes within the picture; of boxes of one label that overlap (IoU) the surest."""
    kept: list[DetectedObject] = []
    for one in sorted(found, key=lambda one: -one.score):
        x1, x2 = (min(max(x, 0.0), width) for x in one.box_xyxy[::2])
        y1, y2 = (min(max(y, 0.0), height) for y in one.box_xyxy[1::2])
        inside = DetectedObject(one.label, one.score, (x1, y1, x2, y2))
        same = (other for other in kept if other.label == one.label)
        if x2 > x1 and y2 > y1 and all(_overlap(inside, other) <= overlap for other in same):
            kept.append(inside)
    return tuple(kept)


def _overlap(one: DetectedObject, other: DetectedObject) -> float:
    (ax1, ay1, ax2, ay2), (bx1, by1, bx2, by2) = one.box_xyxy, other.box_xyxy
    both = max(0.0, min(ax2, bx2) - max(ax1, bx1)) * max(0.0, min(ay2, by2) - max(ay1, by1))
    return both / ((ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - both)
