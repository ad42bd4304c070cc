"""COCO JSON, the form in which data sets keep captions and boxes of pictures: read with distrust, and written."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from indexer.records import Picture
from indexer.xmp import LONGEST_DESCRIPTION, LONGEST_KEYWORD, one_line
from vlm import Box
from vlm.protocols import DetectedObject


@dataclass(slots=True)
class CocoPicture:
    """One picture of a file: its name there, its size (0 where it is not told), what is said of it. Boxes are in pixels of that size."""

    name: str
    width: float = 0
    height: float = 0
    captions: list[str] = field(default_factory=list)
    objects: list[DetectedObject] = field(default_factory=list)


def is_coco(data: Any) -> bool:
    """Whether a JSON document has the lists that every COCO file has."""
    return isinstance(data, dict) and all(isinstance(data.get(name), list) for name in ("images", "annotations"))


def read_coco(data: dict[str, Any]) -> tuple[list[CocoPicture], int]:
    """The pictures of which something is said, and how many annotations could not be understood."""
    pictures = {
        str(one.get("id")): CocoPicture(one["file_name"], _number(one.get("width")), _number(one.get("height")))
        for one in data["images"]
        if isinstance(one, dict) and isinstance(one.get("file_name"), str)
    }
    named = data.get("categories")
    labels = {
        str(one.get("id")): one_line(str(one["name"]), LONGEST_KEYWORD)
        for one in (named if isinstance(named, list) else [])
        if isinstance(one, dict) and one.get("name")
    }
    strange = 0
    for one in data["annotations"]:
        picture = pictures.get(str(one.get("image_id"))) if isinstance(one, dict) else None
        caption = (
            one_line(one["caption"], LONGEST_DESCRIPTION) if picture and isinstance(one.get("caption"), str) else ""
        )
        label, box = (labels.get(str(one.get("category_id"))), _box(one.get("bbox"))) if picture else (None, None)
        if picture and caption:
            picture.captions.append(caption)
        if picture and label and box:
            score = _number(one.get("score", 1.0))
            picture.objects.append(DetectedObject(label, score if 0 < score <= 1 else 1.0, box))
        strange += not (picture and (caption or (label and box)))
    return [one for one in pictures.values() if one.captions or one.objects], strange


def placed(objects: Sequence[DetectedObject], width: float, height: float, picture: Picture) -> tuple[DetectedObject, ...] | None:  # fmt: skip
    """Objects in pixels of the indexed picture, which may be larger or smaller; None when it has another shape."""
    if width <= 0 or height <= 0:
        return tuple(objects)
    across, down = picture.width / width, picture.height / height
    if abs(across / down - 1) > 0.02:
        return None

    def moved(box: Box) -> Box:
        if across == down == 1:
            return box
        x1, y1, x2, y2 = box
        return x1 * across, y1 * down, x2 * across, y2 * down

    return tuple(DetectedObject(one.label, one.score, moved(one.box_xyxy)) for one in objects)


def coco_files(pictures: Iterable[tuple[Picture, str, Sequence[str], Sequence[DetectedObject]]]) -> dict[str, str]:
    """`captions.json` and `instances.json` of (picture, name, captions, objects); two files, as COCO's own tools want them.

    A file of which there would be nothing to say is left out.
    """
    images: dict[str, list[dict[str, Any]]] = defaultdict(list)
    annotations: dict[str, list[dict[str, Any]]] = defaultdict(list)
    labels: dict[str, int] = {}
    for picture, name, captions, objects in pictures:
        image = {"id": picture.id, "file_name": name, "width": picture.width, "height": picture.height}
        for said, file in ((captions, "captions.json"), (objects, "instances.json")):
            if said:
                images[file].append(image)
        for caption in captions:
            rows = annotations["captions.json"]
            rows.append({"id": len(rows) + 1, "image_id": picture.id, "caption": caption})
        for one in objects:
            rows = annotations["instances.json"]
            x1, y1, x2, y2 = (round(side, 2) for side in one.box_xyxy)
            box = [x1, y1, round(x2 - x1, 2), round(y2 - y1, 2)]
            category = labels.setdefault(one.label, len(labels) + 1)
            row = {"id": len(rows) + 1, "image_id": picture.id, "category_id": category, "bbox": box}
            row |= {"area": round(box[2] * box[3], 2), "iscrowd": 0, "segmentation": []}
            rows.append(row if one.score == 1 else row | {"score": one.score})
    categories = [{"id": number, "name": label} for label, number in labels.items()]
    return {
        file: json.dumps(
            {"info": {"description": "imsearch export"}, "licenses": [], "images": images[file], "annotations": rows}
            | ({"categories": categories} if file == "instances.json" else {})
        )
        for file, rows in annotations.items()
    }


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and 0 < value < 1e9 else 0.0


def _box(value: object) -> Box | None:
    """COCO's x, y, width, height as corners."""
    if not isinstance(value, list) or len(value) != 4:
        return None
    if not all(isinstance(side, int | float) and abs(side) < 1e9 for side in value):
        return None
    x, y, width, height = map(float, value)
    return (x, y, x + width, y + height) if width > 0 and height > 0 else None
