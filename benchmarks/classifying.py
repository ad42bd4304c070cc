"""Does the label that `imsearch classify` calls likeliest stand in the photo, and are its chances to be believed?

    python -m benchmarks.classifying ../shared/data/photos mini

The folder holds annotations.jsonl with `objects_known` and `objects`. For each kind of thing (in five photos at least)
and each photo without doubt (one of the five kinds is in it) the labels are that kind and four that are not in it, drawn
by chance with a fixed seed. The scale of the softmax is fitted on every second photo and reported on the others.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from indexer.decode import decode
from vlm import load_embedder
from vlm.tasks.classify import SCALE, chances, label_vectors

OTHERS = 4
SCALES = (10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 75.0, 100.0, 150.0)
Asked = list[tuple[str, dict[str, float]]]


def main() -> None:
    folder, spec = Path(sys.argv[1]), sys.argv[2]
    rows = [json.loads(line) for line in (folder / "annotations.jsonl").read_text("utf-8").splitlines()]
    rows = sorted((row for row in rows if row["objects_known"] and row["objects"]), key=lambda row: row["file"])
    there = [sorted({thing["label"] for thing in row["objects"]}) for row in rows]
    counts = Counter(label for labels in there for label in labels)
    kinds = sorted(label for label, count in counts.items() if count >= 5)
    embedder = load_embedder(spec)
    pictures = embedder.embed_pictures([decode(folder / row["file"], embedder.picture_side).picture for row in rows])
    vectors = dict(zip(kinds, label_vectors(embedder, kinds), strict=True))
    draw = random.Random(0)
    questions = [
        (photo, label, [label, *draw.sample([one for one in kinds if one not in there[photo]], OTHERS)])
        for photo in range(len(rows))
        for label in there[photo]
        if label in kinds
    ]

    def asked(scale: float, half: int) -> Asked:
        return [
            (label, {tag.word: tag.chance for tag in chances(pictures[[photo]], np.stack([vectors[one] for one in labels]), labels, scale)[0]})
            for photo, label, labels in questions
            if photo % 2 == half
        ]  # fmt: skip

    fitted = min(SCALES, key=lambda scale: measured(asked(scale, 0))[1])
    print(f"{spec}: {len(rows)} photos, {len(kinds)} kinds, {len(questions)} questions of {OTHERS + 1} labels")
    print(f"scale fitted on half of the photos: {fitted:g}; on the others ({len(asked(1, 1))} questions):")
    print("scale   right  -log(chance)  said  off")
    for scale in dict.fromkeys((SCALE, fitted)):
        right, loss, said, off = measured(asked(scale, 1))
        print(f"{scale:5g}  {right:6.3f}  {loss:12.3f}  {said:.3f}  {off:.3f}")


def measured(asked: Asked) -> tuple[float, float, float, float]:
    """How often the likeliest is right, mean -log of the right one's chance, mean chance of the likeliest, and the
    expected calibration error over ten bins of it."""
    right = np.array([max(odds, key=odds.__getitem__) == label for label, odds in asked], float)
    loss = float(np.mean([-np.log(max(odds[label], 1e-4)) for label, odds in asked]))
    said = np.array([max(odds.values()) for _, odds in asked])
    bins = np.minimum((said * 10).astype(int), 9)
    off = sum(abs(right[bins == n].sum() - said[bins == n].sum()) for n in range(10)) / len(asked)
    return float(right.mean()), loss, float(said.mean()), float(off)


if __name__ == "__main__":
    main()
