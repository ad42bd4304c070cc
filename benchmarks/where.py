"""Does the map of a picture point at what was asked for? python -m benchmarks.where ../shared/data/photos [--model mini]

The pointing game: for each kind of object that people have boxed in a photo, the map of its plain name is right when its
highest cell lies in one of that kind's boxes. Beside it: chance (the share of the photo that these boxes cover) and the
photo's middle. Photos are halved by their names' hash: the map's numbers were chosen on one half.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np

from benchmarks.ranking.cases import chooses
from indexer.decode import decode
from search.relevance import SIDES, parts
from vlm import Embedder, load_embedder

# Objects that cover less than this share of their photo are told apart: of big ones everything points at something.
SMALL = 0.25


def inside(point: tuple[float, float], boxes: list[list[float]]) -> bool:
    return any(left <= point[0] <= right and top <= point[1] <= bottom for left, top, right, bottom in boxes)


def covered(boxes: list[list[float]], width: int, height: int) -> float:
    mask = np.zeros((height, width), bool)
    for left, top, right, bottom in boxes:
        mask[int(top) : int(np.ceil(bottom)), int(left) : int(np.ceil(right))] = True
    return float(mask.mean())


def outcomes(folder: Path, row: dict, embedder: Embedder) -> list[tuple[bool, float, float, bool]]:  # type: ignore[type-arg]
    """For each kind of object in one photo: of the choosing half?, its boxes' share, is the middle right, is the map."""
    picture = decode(folder / row["file"], round(embedder.picture_side / SIDES[-1])).picture
    width, height = row["width"], row["height"]
    boxes: dict[str, list[list[float]]] = {}
    for thing in row["objects"]:
        boxes.setdefault(thing["label"], []).append(thing["box_xyxy"])
    seen = parts(picture, embedder)
    made = []
    for label, some in boxes.items():
        x, y = seen.near(embedder.embed_texts([label])[0]).peak
        middle = inside((width / 2, height / 2), some)
        made.append((chooses(row["file"]), covered(some, width, height), middle, inside((x * width, y * height), some)))
    return made


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("photos", type=Path)
    given.add_argument("--model", default="mini")
    options = given.parse_args()
    embedder = load_embedder(options.model)
    every = [json.loads(line) for line in (options.photos / "annotations.jsonl").read_text("utf-8").splitlines()]
    started = time.perf_counter()
    boxed = [row for row in every if row["objects_known"] and row["objects"]]
    found = [one for row in boxed for one in outcomes(options.photos, row, embedder)]
    seconds = (time.perf_counter() - started) / len(boxed)
    print(f"{embedder.spec}, revision {embedder.revision}, {seconds:.2f} s a photo\n")
    print("| half | objects | maps | map | middle | chance |\n| --- | --- | --- | --- | --- | --- |")
    for half in (True, False):
        for name, most in (("all", 1.0), (f"under {SMALL:.0%} of the photo", SMALL)):
            rows = np.array([one[1:] for one in found if one[0] == half and one[1] <= most], float)
            chance, middle, right = rows.mean(axis=0)
            print(
                f"| {'choosing' if half else 'reporting'} | {name} | {len(rows)} | {right:.3f} | {middle:.3f} | {chance:.3f} |"
            )


if __name__ == "__main__":
    main()
