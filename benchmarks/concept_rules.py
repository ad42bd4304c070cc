"""With which weights, ridge and threshold does a concept taught from a few examples find the others best?

    python -m benchmarks.concept_rules flickr8k_dev.parquet pairs_clip_vitb32_f16.npz --each 5   (needs pyarrow)

Concepts are words in captions: of 1,000 photos embedded with `mini` (a photo shows it when two of its five captions say
so, and does not when none does), and of 1,000 photos of the .npz, vectors of OpenAI's ViT-B/32 with one caption each in
the .json beside it. `--each` examples of both kinds are drawn at random; average precision and F1 are measured on the
rest. These photos are not those of benchmarks/concepts.py, so that what is chosen here is not chosen for them.
"""

from __future__ import annotations

import argparse
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from search import fitting

WORDS = {
    "dog": "dogs?|puppy", "snow": r"snow|snowy|ski\w*|snowboard\w*", "swim": r"swim\w*|pool", "soccer": "soccer",
    "bike": r"bikes?|bicycl\w*|cyclists?|biker|bmx", "climb": r"climb\w*|cliff", "beach": r"beach|ocean|surf\w*",
    "car": "cars?|truck|bus", "girl": "girls?", "basketball": "basketball", "horse": "horses?", "grass": "grass|field",
}  # fmt: skip
FEWEST = 10
USED = fitting.SHARE
SHARES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1)
# (yes, no, unlabelled, ridge)
CHOICES = [(1, 1, 0, 10), (1, 1, 0, 100), (1, 0.3, 1, 1), (1, 0.3, 1, 10), (1, 0.3, 1, 100), (1, 1, 3, 10)]

Rows = NDArray[np.float32]
Task = tuple[str, Rows, NDArray[np.int64]]


def photos(parquet: Path) -> tuple[Rows, list[list[str]]]:
    """Vectors by `mini` and captions."""
    import pyarrow.parquet as pq

    from vlm import load_embedder

    rows, embedder = pq.read_table(parquet).to_pylist(), load_embedder("mini")
    vectors = [embedder.embed_pictures([Image.open(io.BytesIO(row["image"])).convert("RGB")])[0] for row in rows]
    return np.array(vectors), [row["captions"] for row in rows]


def tasks(name: str, vectors: Rows, captions: Sequence[Sequence[str]], least: int) -> list[Task]:
    """Concepts that enough photos show: 1 shows it, 0 does not, -1 cannot be told."""
    made = []
    for word, pattern in WORDS.items():
        found = [sum(bool(re.search(rf"\b({pattern})\b", c.lower())) for c in said) for said in captions]
        shown = np.array([1 if n >= least else 0 if n == 0 else -1 for n in found])
        if (shown == 1).sum() >= FEWEST:
            made.append((f"{name} {word}", vectors, shown))
    return made


def measure(one: Task, each: int, seed: int) -> dict[str, float]:
    """Average precision; for each share F1; and for the one in use precision, recall and what cross-validation claims."""
    _, vectors, shown = one
    chance = np.random.default_rng(seed)
    each = min(each, int((shown == 1).sum()) - 5)
    yes, no = (chance.choice(np.flatnonzero(shown == side), each, replace=False) for side in (1, 0))
    others = np.setdiff1d(np.arange(len(vectors)), [*yes, *no])
    rest = others[shown[others] >= 0]
    made: dict[str, float] = {}
    fitting.SHARE = 0
    start = fitting.fit(vectors[yes], vectors[no], vectors[others]).threshold
    fitting.SHARE = USED
    fitted = fitting.fit(vectors[yes], vectors[no], vectors[others])
    scores, right = vectors[rest] @ fitted.weights, shown[rest] == 1
    for share in SHARES:
        called = scores >= start + share / USED * (fitted.threshold - start)
        found = float((called & right).sum())
        made[f"F1 {share}"] = 2 * found / max(1, called.sum() + right.sum())
        if share == USED:
            made |= {"precision": found / max(1, called.sum()), "recall": found / right.sum()}
    held = fitted.held_out
    made["claimed"] = held.found / max(1, held.found + held.wrongly_tagged)
    ranked = right[np.argsort(-scores)]
    made["AP"] = float((np.cumsum(ranked) / np.arange(1, len(ranked) + 1))[ranked].mean())
    return made


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("parquet", type=Path)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--each", type=int, default=5)
    parser.add_argument("--draws", type=int, default=4)
    args = parser.parse_args()
    clip = np.load(args.pairs)["distractor_images"].astype(np.float32)
    said = json.loads(args.pairs.with_name(args.pairs.name.replace("_f16.npz", ".json")).read_text("utf-8"))
    every = {
        "mini": tasks("mini", *photos(args.parquet), 2),
        "clip": tasks("clip", clip, [[caption] for caption in said["distractor_captions"]], 1),
    }
    for yes, no, unlabelled, ridge in CHOICES:
        fitting.WEIGHT_YES, fitting.WEIGHT_NO, fitting.WEIGHT_UNLABELLED, fitting.RIDGE = yes, no, unlabelled, ridge
        for name, some in every.items():
            figures = [measure(one, args.each, seed) for one in some for seed in range(args.draws)]
            told = "  ".join(f"{key} {np.mean([row[key] for row in figures]):.2f}" for key in figures[0])
            print(f"no {no}, unlabelled {unlabelled}, ridge {ridge}, {name} ({len(some)} concepts): {told}", flush=True)


if __name__ == "__main__":
    main()
