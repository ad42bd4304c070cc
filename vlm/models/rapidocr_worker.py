"""The process in which RapidOCR reads: pictures in by standard input, their lines out by standard output.

python -m vlm.models.rapidocr_worker [RECOGNISER.onnx]
"""

from __future__ import annotations

import io
import logging
import math
import os
import pickle
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from vlm.apart import receive, send

if TYPE_CHECKING:
    import numpy as np

# Lines are looked for in a copy. The engine by itself enlarges one until its shorter side has 736 pixels, and shrinks
# none; with at most so many pixels it finds the same lines in half the time (docs/vision.md). Not a longest side, as
# above all long receipts and screenshots have small print.
SHORTER_SIDE, MOST_LOOKED_AT = 736, 1_200_000
# Between words the model is often torn between "nothing" and a space: from so likely on it is a space.
LEAST_SPACE = 0.05
SETTINGS = {
    # its own limit is on the longer side; what comes here is small enough
    "Global.max_side_len": 1 << 20,
    "EngineConfig.onnxruntime.enable_cpu_mem_arena": True,
    # its threads burn their cores while they wait for each other: with all of them a page took twice the processor time
    # and no less of the clock, while somebody else wanted the machine
    "EngineConfig.onnxruntime.intra_op_num_threads": max(1, (os.cpu_count() or 1) // 2),
    # Lines of like length are read together, as wide as the widest of them and at least this: the engine's 6 and 320
    # have it read mostly empty paper.
    "Rec.rec_batch_num": 3,
    "Rec.rec_img_shape": [3, 48, 160],
}


def looked_for_at(width: int, height: int) -> tuple[str, int]:
    """The size of the copy in which lines are looked for, in the engine's words: which side is limited, and to what."""
    scale = min(max(1, SHORTER_SIDE / min(width, height)), math.sqrt(MOST_LOOKED_AT / (width * height)))
    if scale < 1:
        return "max", round(scale * max(width, height))
    return "min", round(scale * min(width, height))


def spaced(chances: np.ndarray) -> np.ndarray:
    """Chances of signs (lines, columns, signs: the first is "nothing", the last a space), with likely spaces made the likeliest."""
    nothing, space = chances[..., 0], chances[..., -1]
    torn = (chances.argmax(axis=2) == 0) & (space >= LEAST_SPACE)
    nothing[torn], space[torn] = space[torn], nothing[torn]
    return chances


def _engine(recogniser: str | None) -> Any:
    """RapidOCR with the two steps above in place of its own; it has no settings for them."""
    from rapidocr import RapidOCR
    from rapidocr.ch_ppocr_det import main as finding
    from rapidocr.ch_ppocr_rec import main as recognising

    class Preprocess(finding.DetPreProcess):  # type: ignore[misc]
        def resize(self, picture: np.ndarray) -> Any:
            self.limit_type, self.limit_side_len = looked_for_at(picture.shape[1], picture.shape[0])
            return super().resize(picture)

    class Decode(recognising.CTCLabelDecode):  # type: ignore[misc]
        def __call__(self, preds: np.ndarray, *given: Any, **named: Any) -> Any:
            return super().__call__(spaced(preds), *given, **named)

    finding.DetPreProcess, recognising.CTCLabelDecode = Preprocess, Decode
    return RapidOCR(params=SETTINGS | ({"Rec.model_path": recogniser} if recogniser else {}))


def answers(pictures: Iterator[bytes], recogniser: str | None) -> Iterator[bytes]:
    """For each file of a picture its lines (text, score, corners) and what went wrong, pickled."""
    import numpy as np
    from PIL import Image

    logging.disable(logging.CRITICAL)
    engine = _engine(recogniser)
    for data in pictures:
        try:
            with Image.open(io.BytesIO(data)) as picture:
                # in one piece: OpenCV would copy the whole picture for every line
                made = engine(np.ascontiguousarray(np.asarray(picture)[:, :, ::-1]))
            rows = zip(made.txts or (), made.scores or (), made.boxes if made.boxes is not None else (), strict=True)
            found = [
                (" ".join(text.split()), float(score), [(float(x), float(y)) for x, y in box])
                for text, score, box in rows
            ]
            yield pickle.dumps((found, ""))
        except Exception as error:  # noqa: BLE001 - whatever the engine raises belongs to this picture
            yield pickle.dumps(([], f"{type(error).__name__}: {error}"[:200]))


def main() -> None:
    """Answer until nobody asks any more."""
    answers_to = sys.stdout.buffer
    sys.stdout = sys.stderr  # what the engine prints must not mix with the answers
    if hasattr(os, "nice"):
        os.nice(10)  # who searches meanwhile goes first
    recogniser = sys.argv[1] if len(sys.argv) > 1 else None
    for answer in answers(iter(lambda: receive(sys.stdin.buffer), None), recogniser):
        send(answers_to, answer)


if __name__ == "__main__":
    main()
