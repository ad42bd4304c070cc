"""How often tags are right, by objects that people marked in the photos."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

# Which words say that an object with this label is there; another label is its own word.
WORDS = {
    "person": "person man woman boy girl baby child toddler teenager couple crowd audience bride groom mother father "
    "grandmother grandfather player surfer skateboarder skier snowboarder cyclist runner swimmer",
    "car": "car taxi race_car sports_car police_car",
    "dog": "dog puppy",
    "cat": "cat kitten",
    "tv": "tv television",
    "couch": "couch sofa",
    "donut": "doughnut",
    "cell phone": "phone smartphone",
    "airplane": "airplane",
    "dining table": "table",
    "cow": "cow bull calf",
    "bird": "bird",
    "boat": "boat sailboat rowboat",
    "sheep": "sheep lamb",
    "hair drier": "hair_dryer",
    "remote": "remote_control tv_remote",
    "mouse": "computer_mouse",
}


def naming_objects(tags: Sequence[Sequence], annotations: Path) -> str:
    """Precision and recall of the tags that name a marked kind of object, on photos whose objects are all marked."""
    rows = [json.loads(line) for line in annotations.read_text().splitlines()]
    labels = {o["label"] for row in rows for o in row["objects"]}
    meant = {
        word.replace("_", " "): label for label in labels for word in WORDS.get(label, label.replace(" ", "_")).split()
    }
    shown = right = there = shown_things = right_things = 0
    for row, some in zip(rows, tags, strict=True):
        if not row["objects_known"]:
            continue
        present = {o["label"] for o in row["objects"]}
        said = {meant[tag.word] for tag in some if tag.word in meant}
        shown, right, there = shown + len(said), right + len(said & present), there + len(present)
        shown_things += len(said - {"person"})
        right_things += len(said & present - {"person"})
    return (
        f"precision {right / max(1, shown):.3f} of {shown}, recall {right / there:.3f} of {there} "
        f"(without people: {right_things / max(1, shown_things):.3f} of {shown_things})"
    )
