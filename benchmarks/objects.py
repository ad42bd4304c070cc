"""Which things does a detector see in photos? Precision and recall of the labels that are present.

    python -m benchmarks.objects ../shared/data/photos yolox:../shared/models/yolox_nano/yolox_nano.onnx

The folder holds annotations.jsonl with `objects_known` and `objects`. Two scores from which on a label counts as seen
are chosen on every second photo and reported on the others: the best F1, and the lowest right four times in five.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from indexer.looking import look
from vlm import load_model
from vlm.tasks.detect import Detect

STEPS = [step / 20 for step in range(1, 18)]
TRUSTED = 0.8
Seen = list[tuple[set[str], dict[str, float]]]


def main() -> None:
    folder, spec = Path(sys.argv[1]), sys.argv[2]
    rows = [json.loads(line) for line in (folder / "annotations.jsonl").read_text("utf-8").splitlines()]
    rows = sorted((row for row in rows if row["objects_known"]), key=lambda row: row["file"])
    annotator = Detect(load_model(spec), least=STEPS[0])
    seen: Seen = []
    begun, worked = time.perf_counter(), time.process_time()
    for row in rows:
        best: dict[str, float] = {}
        for one in look(folder / row["file"], annotator).objects:
            best[one.label] = max(best.get(one.label, 0.0), one.score)
        seen.append(({thing["label"] for thing in row["objects"]}, best))
    wall, work = time.perf_counter() - begun, time.process_time() - worked
    annotator.close()
    best_f1 = max(STEPS, key=lambda step: measured(seen[::2], step)[2])
    trusted = next((step for step in STEPS if measured(seen[::2], step)[0] >= TRUSTED), STEPS[-1])
    print(
        f"{spec}: {len(rows)} photos, {1000 * wall / len(rows):.0f} ms each ({1000 * work / len(rows):.0f} ms of processor)"
    )
    print(f"chosen on {len(seen[::2])}, measured on the other {len(seen[1::2])}:")
    print("            score  precision  recall     F1")
    for why, step in (("best F1", best_f1), ("trusted", trusted)):
        print(f"{why:10s}  {step:5.2f}  {'  '.join(f'{value:9.3f}' for value in measured(seen[1::2], step))}")


def measured(seen: Seen, least: float) -> tuple[float, float, float]:
    """Precision, recall and F1 of labels over all photos."""
    found = [{label for label, score in best.items() if score >= least} for _, best in seen]
    right = sum(len(labels & there) for labels, (there, _) in zip(found, seen, strict=True))
    said, there = sum(map(len, found)), sum(len(labels) for labels, _ in seen)
    precision, recall = right / max(said, 1), right / max(there, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


if __name__ == "__main__":
    main()
