"""Do filters on what models wrote agree with the photos, and should what a detector found be words to search by?

    python -m benchmarks.labels ../shared/data --work DIR yolox:../shared/models/yolox_nano/yolox_nano.onnx

DIR is that of `benchmarks.ranking`, or a copy in which nothing was detected yet: its library is annotated. nDCG@10 of
meaning alone and of hybrid search without and with what was detected, and precision and recall of `object:LABEL` and `tag:LABEL`
over the photos whose objects are all known.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.ranking import fusing
from benchmarks.ranking.judged import Asked, judged
from benchmarks.ranking.tree import plant, rows
from search.library import Library
from vlm import load_model
from vlm.tasks.detect import Detect

ASKED = ("dense alone", "lexical alone", "standing + rarity (shipped)")


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("data", type=Path)
    given.add_argument("--work", type=Path, required=True)
    given.add_argument("detector")
    options = given.parse_args()
    tree = (options.work / "tree").resolve()
    kept = plant(options.data, tree)
    asked = judged(options.data, kept)
    with Library.open(options.work / "library", create=True, model="mini") as library:
        library.index([tree])
        _ranked("without", library, tree, asked)
        print(library.annotate([Detect(load_model(options.detector))], tags=True))
        _filters(library, options.data, {one.file: str(tree / one.path) for one in kept})
        _ranked("with labels as words", library, tree, asked)


def _filters(library: Library, data: Path, paths: dict[str, str]) -> None:
    known = [row for row in rows(data / "photos") if row["objects_known"]]
    judged_paths = {paths[row["file"]] for row in known}
    labels = sorted({thing["label"] for row in known for thing in row["objects"]})
    for field in ("object", "tag"):
        right = said = there = 0
        for label in labels:
            holds = {paths[row["file"]] for row in known if label in {thing["label"] for thing in row["objects"]}}
            found = {hit.picture.path for hit in library.search(f'{field}:"{label}"', limit=1000).hits} & judged_paths
            right, said, there = right + len(found & holds), said + len(found), there + len(holds)
        print(
            f"{field}:LABEL over {len(labels)} labels: precision {right / max(said, 1):.3f} of {said}, recall {right / there:.3f} of {there}"
        )


def _ranked(title: str, library: Library, tree: Path, asked: Sequence[Asked]) -> None:
    made = fusing.table(fusing.measured(library, tree, asked), False)
    print(f"\n| {title}, reporting half |", " | ".join(fusing.SETS), "|")
    for name in ASKED:
        print(f"| {name} |", " | ".join(f"{made[name][each]:.3f}" for each in fusing.SETS), "|")


if __name__ == "__main__":
    main()
