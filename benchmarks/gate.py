"""Would a cheap look first save reading pictures that hold no words, and what would it miss?

    python -m benchmarks.gate ../shared/data/photos

Two gates before `rapidocr`: its detector alone on a copy of a longer side of 320, 480 or 640 pixels (a box of a score of
0.2 to 0.4 lets the picture through), and a linear rule on `mini`'s vectors fitted to every second picture. Seconds of one
thread, in pictures and lines as read in full; the first half is for choosing, the second for reporting.
"""

from __future__ import annotations

import logging
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from indexer.decode import decode
from vlm import load_embedder
from vlm.models.rapidocr import LEAST_SHORT, SHORT, RapidOcr

SIDES, SCORES = (320, 480, 640), (0.2, 0.3, 0.4)


@dataclass
class Looked:
    """One picture: lines worth keeping, seconds to read it, and of each small copy the best score and seconds."""

    lines: int
    seconds: float
    small: dict[int, tuple[float, float]] = field(default_factory=dict)


def main() -> None:
    from rapidocr import RapidOCR

    logging.disable(logging.CRITICAL)
    one_thread = {"Global.max_side_len": 1 << 20, "EngineConfig.onnxruntime.intra_op_num_threads": 1}
    engine, embedder = RapidOCR(params=one_thread), load_embedder("mini")
    pictures = [decode(path, 1350).picture for path in sorted(Path(sys.argv[1]).glob("*.jpg"))]
    every = [_looked(engine, picture) for picture in pictures]
    said = _by_vector(embedder.embed_pictures(pictures), np.array([one.lines > 0 for one in every]))
    for half in (0, 1):
        some = every[half::2]
        print(f"\n{'choosing' if half == 0 else 'reporting'}: {len(some)} pictures, {sum(map(_holds, some))} with text")
        for side in SIDES:
            for score in SCORES:
                through = [one.small[side][0] >= score for one in some]
                _told(f"detector at {side}, {score}", some, through, sum(one.small[side][1] for one in some))
        for least in np.quantile(said[::2][[*map(_holds, every[::2])]], (0, 0.05, 0.1)):
            _told("mini's vectors", some, [value >= least for value in said[half::2]], 0)


def _looked(engine, picture: Image.Image) -> Looked:  # type: ignore[no-untyped-def]
    pixels = np.asarray(picture.convert("RGB"))[:, :, ::-1]
    begun = time.process_time()
    made = engine(pixels)
    seconds = time.process_time() - begun
    lines = [
        (text, score) for text, score in zip(made.txts or (), made.scores or (), strict=True) if score >= RapidOcr.least
    ]
    if all(sum(map(str.isalnum, text)) <= SHORT for text, _ in lines):
        lines = [line for line in lines if line[1] >= LEAST_SHORT]
    looked = Looked(len(lines), seconds)
    detector = engine._load_det_model()
    usual = detector.limit_side_len, detector.limit_type, detector.postprocess_op.box_thresh
    for side in SIDES:
        small = picture.convert("RGB")
        small.thumbnail((side, side), Image.Resampling.BILINEAR)
        detector.limit_side_len, detector.limit_type, detector.postprocess_op.box_thresh = side, "max", SCORES[0]
        begun = time.process_time()
        found = detector(np.ascontiguousarray(np.asarray(small)[:, :, ::-1]))
        looked.small[side] = (max(map(float, found.scores or ()), default=0.0), time.process_time() - begun)
    detector.limit_side_len, detector.limit_type, detector.postprocess_op.box_thresh = usual
    return looked


def _by_vector(vectors: np.ndarray, holds: np.ndarray) -> np.ndarray:
    """Ridge regression on every second picture: higher where text is likelier."""
    centred = vectors - vectors[::2].mean(0)
    fitted, wanted = centred[::2], holds[::2] * 2.0 - 1
    weights = np.linalg.solve(fitted.T @ fitted + 0.1 * len(fitted) * np.eye(vectors.shape[1]), fitted.T @ wanted)
    return np.asarray(centred @ weights)


def _holds(one: Looked) -> bool:
    return one.lines > 0


def _told(name: str, some: list[Looked], through: list[bool], cost: float) -> None:
    left = [one for one, kept in zip(some, through, strict=True) if not kept]
    saved = (sum(one.seconds for one in left) - cost) / sum(one.seconds for one in some)
    missed = sum(one.lines for one in left) / max(1, sum(one.lines for one in some))
    print(
        f"{name}: {len(left) / len(some):.0%} left out, {saved:.0%} of the seconds saved, {missed:.0%} of lines missed"
    )


if __name__ == "__main__":
    main()
