"""The colours that a picture is made of, by everyday names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from indexer.records import Colour

NAMED: dict[str, tuple[tuple[int, int, int], ...]] = {
    "black": ((15, 15, 15),),
    "white": ((245, 245, 245),),
    "grey": ((128, 128, 128), (80, 80, 80), (180, 180, 180)),
    "red": ((200, 30, 30), (130, 20, 25)),
    "orange": ((235, 130, 30),),
    "brown": ((110, 70, 40), (70, 45, 30)),
    "beige": ((215, 195, 165),),
    "yellow": ((240, 215, 50),),
    "green": ((60, 140, 50), (40, 80, 35), (130, 170, 80)),
    "teal": ((40, 140, 140),),
    "blue": ((40, 90, 190), (25, 40, 95), (130, 180, 230)),
    "purple": ((120, 60, 150),),
    "pink": ((235, 140, 175),),
}


def _lab(rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 3) sRGB 0..255 to CIE Lab (D65), in which distance is about what an eye sees."""
    x = rgb / 255
    linear = np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = linear @ to_xyz.T / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    lab = np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)
    return lab.astype(np.float32)


_NAMES = [name for name, tones in NAMED.items() for _ in tones]
_TONES = _lab(np.array([tone for tones in NAMED.values() for tone in tones], np.float32))


def dominant_colours(picture: Image.Image, most: int = 4) -> tuple[Colour, ...]:
    """The most common named colours, biggest share first; those under 5 % are left out."""
    small = picture.resize((32, 32), Image.Resampling.BOX)
    pixels = np.asarray(small, np.float32).reshape(-1, 3)
    lab = _lab(pixels)
    nearest = np.argmin(((lab[:, None] - _TONES[None]) ** 2).sum(-1), axis=1)
    names = np.array(_NAMES)[nearest]
    made = []
    for name in sorted(set(names.tolist())):
        its = pixels[names == name]
        red, green, blue = (int(v) for v in its.mean(0))
        made.append(Colour(name, (red, green, blue), round(len(its) / len(pixels), 3)))
    return tuple(sorted((c for c in made if c.share >= 0.05), key=lambda c: -c.share)[:most])
