"""YOLOX (Ge et al. 2021), as its own export writes it: https://github.com/Megvii-BaseDetection/YOLOX, Apache-2.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vlm.models.onnx_detector import Floats, OnnxDetector

if TYPE_CHECKING:
    from PIL.Image import Image

STRIDES = (8, 16, 32)
GREY = 114


class Yolox(OnnxDetector):
    """`yolox:/a/yolox_s.onnx`: releases from 0.1.1 on, whose input are plain pixels."""

    family = "yolox"
    least = 0.25  # docs/vision.md: from there on right about four times in five

    def _pixels(self, picture: Image, side: int) -> tuple[Floats, Floats]:
        from PIL import Image as Pillow

        scale = min(side / picture.width, side / picture.height)
        size = max(1, int(picture.width * scale)), max(1, int(picture.height * scale))
        laid = Pillow.new("RGB", (side, side), (GREY,) * 3)
        laid.paste(picture.resize(size, Pillow.Resampling.BILINEAR))
        # blue first, 0 to 255
        pixels = np.asarray(laid, np.float32)[:, :, ::-1].transpose(2, 0, 1)[None]
        return np.ascontiguousarray(pixels), np.full(4, scale, np.float32)

    def _boxes(self, made: list[Floats], side: int) -> tuple[Floats, Floats]:
        (rows,) = made[0]
        places, strides = _grid(side)
        middle = (rows[:, :2] + places) * strides
        half = np.exp(rows[:, 2:4]) * strides / 2
        return np.hstack([middle - half, middle + half]), rows[:, 4:5] * rows[:, 5:]


def _grid(side: int) -> tuple[Floats, Floats]:
    """The cell (x, y) and the stride of each row of the output: (n, 2) and (n, 1)."""
    places, strides = [], []
    for stride in STRIDES:
        ys, xs = np.mgrid[: side // stride, : side // stride]
        places.append(np.stack([xs, ys], -1).reshape(-1, 2))
        strides.append(np.full((xs.size, 1), stride))
    return np.concatenate(places).astype(np.float32), np.concatenate(strides).astype(np.float32)
