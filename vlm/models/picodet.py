"""PicoDet (Yu et al. 2021), as PaddleDetection exports it without its own NMS: Apache-2.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vlm.models.onnx_detector import Floats, OnnxDetector

if TYPE_CHECKING:
    from PIL.Image import Image

STRIDES = (8, 16, 32, 64)
MEAN, SPREAD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)


class PicoDet(OnnxDetector):
    """`picodet:/a/picodet_s_416.onnx`."""

    family = "picodet"
    least = 0.35  # docs/vision.md, as for YOLOX

    def _pixels(self, picture: Image, side: int) -> tuple[Floats, Floats]:
        from PIL import Image as Pillow

        # stretched, as it was trained
        square = np.asarray(picture.resize((side, side), Pillow.Resampling.BILINEAR), np.float32)
        pixels = ((square - MEAN) / SPREAD).astype(np.float32).transpose(2, 0, 1)[None]
        return np.ascontiguousarray(pixels), np.array([side / picture.width, side / picture.height] * 2, np.float32)

    def _boxes(self, made: list[Floats], side: int) -> tuple[Floats, Floats]:
        count = len(STRIDES)
        if len(made) != 2 * count:
            raise ValueError(f"{len(made)} outputs, not {2 * count}")
        boxes = [_decoded(sides[0], stride, side) for sides, stride in zip(made[count:], STRIDES, strict=True)]
        return np.concatenate(boxes), np.concatenate([scores[0] for scores in made[:count]])


def _decoded(bins: Floats, stride: int, side: int) -> Floats:
    """(n, 4) boxes of one map: each side is the mean of a distribution over how many strides it is away."""
    cells = -(-side // stride)
    ys, xs = np.mgrid[:cells, :cells]
    middle = (np.stack([xs, ys], -1).reshape(-1, 2) + 0.5) * stride
    chance = np.exp(bins.reshape(len(bins), 4, -1))
    chance /= chance.sum(2, keepdims=True)
    away = chance @ np.arange(chance.shape[2]) * stride
    return np.hstack([middle - away[:, :2], middle + away[:, 2:]]).astype(np.float32)
