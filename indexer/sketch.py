"""A picture's sketch: its 63 lowest frequencies, as a perceptual hash has them but not cut down to signs.

Copies that were resized, saved anew or turned have nearly the same sketch in one of eight orientations, whatever a
model makes of a picture that lies on its side; and a sharpness, to choose among them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Sketches = NDArray[np.float32]

# The longer side, in pixels, at which thumbnails are looked at.
SIDE = 320
_SIDE, _KEPT = 32, 8
_WAVES = np.cos(np.pi * (2 * np.arange(_SIDE) + 1)[None] * np.arange(_KEPT)[:, None] / (2 * _SIDE)).astype(np.float32)
_WAVES *= np.sqrt(2 / _SIDE)
_WAVES[0] /= np.sqrt(2)
NEVER_SEEN = bytes(_KEPT * _KEPT - 1)
"""In place of the sketch of a picture that was not looked at."""
# Below this, in grey levels of 0..255, there is nothing to be seen: a blank page resembles no other by its sketch.
_BLANK = 1.0


def read_grey(path: Path, side: int) -> Grey:
    """(h, w) grey levels of a thumbnail, at most `side` on the longer side. Raises OSError."""
    from PIL import Image

    with Image.open(path) as opened:
        grey = opened.convert("L")
    grey.thumbnail((side, side), Image.Resampling.BOX, reducing_gap=None)
    return np.asarray(grey)


def sketch(grey: Grey) -> bytes:
    """63 signed bytes, as long together as a unit vector times 127; all zero for a blank picture."""
    from PIL import Image

    small = np.asarray(Image.fromarray(grey).resize((_SIDE, _SIDE), Image.Resampling.BOX), np.float32)
    waves = (_WAVES @ small @ _WAVES.T).ravel()[1:]
    length = float(np.linalg.norm(waves))
    if length / _SIDE < _BLANK:
        return NEVER_SEEN
    return np.rint(waves * (127 / length)).astype(np.int8).tobytes()


def sharpness(grey: Grey) -> float:
    """The share of fine detail: the variance of the Laplacian. Comparable between thumbnails of one scene."""
    g = grey.astype(np.float32)
    if min(g.shape) < 3:
        return 0.0
    around = g[:-2, 1:-1] + g[2:, 1:-1] + g[1:-1, :-2] + g[1:-1, 2:]
    return round(float((around - 4 * g[1:-1, 1:-1]).var()), 3)


def unpack(stored: list[bytes]) -> Sketches:
    """(n, 63) unit rows; zero where the picture is blank."""
    rows = np.frombuffer(b"".join(stored), np.int8).reshape(len(stored), _KEPT * _KEPT - 1).astype(np.float32)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6), np.float32)


def orientations(rows: Sketches) -> list[Sketches]:
    """The same sketches as if each picture were mirrored and turned: eight ways, the first as it is."""
    full = np.concatenate([np.zeros((len(rows), 1), np.float32), rows], axis=1).reshape(-1, _KEPT, _KEPT)
    sign = np.where(np.arange(_KEPT) % 2, -1, 1).astype(np.float32)
    made = []
    for one in (full, full.transpose(0, 2, 1)):
        for across in (1, sign[None, None, :]):
            made += [one * across * down for down in (1, sign[None, :, None])]
    return [np.ascontiguousarray(one.reshape(len(rows), -1)[:, 1:]) for one in made]
