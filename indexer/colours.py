"""The colours that a picture is made of, by everyday names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from indexer.records import Colour

# Tones that each name stands for; several where one name covers far-off ones.
NAMED: dict[str, tuple[tuple[int, int, int], ...]] = {
    "black": ((0, 0, 0), (25, 25, 28)),
    "white": ((255, 255, 255), (235, 235, 235)),
    "grey": ((60, 60, 62), (95, 95, 95), (128, 128, 128), (165, 165, 165), (200, 200, 200)),
    "red": ((255, 0, 0), (200, 30, 30), (130, 20, 25), (220, 60, 50)),
    "orange": ((255, 165, 0), (235, 130, 30), (255, 110, 40), (210, 105, 30)),
    "brown": ((110, 70, 40), (70, 45, 30), (139, 69, 19), (150, 105, 70)),
    "beige": ((215, 195, 165), (245, 245, 220), (210, 180, 140), (235, 205, 180)),
    "yellow": ((255, 255, 0), (240, 215, 50), (255, 235, 120)),
    "green": ((0, 255, 0), (0, 128, 0), (60, 140, 50), (40, 80, 35), (130, 170, 80), (128, 128, 0), (150, 220, 150)),
    "teal": ((0, 255, 255), (40, 140, 140), (64, 210, 200), (0, 90, 90)),
    "blue": ((0, 0, 255), (0, 0, 128), (40, 90, 190), (25, 40, 95), (130, 180, 230), (65, 105, 225), (90, 120, 160)),
    "purple": ((128, 0, 128), (120, 60, 150), (75, 0, 130), (160, 120, 210), (148, 0, 211)),
    "pink": ((255, 0, 255), (235, 140, 175), (255, 192, 203), (255, 80, 160)),
}


def _oklab(rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 3) sRGB 0..255 to Oklab (Ottosson 2020): unlike in CIE Lab, blues stay blue on their way to white and black."""
    x = rgb / 255
    linear = np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)
    to_lms = np.array([
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ])  # fmt: skip
    to_lab = np.array([
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ])  # fmt: skip
    return np.asarray(np.cbrt(linear @ to_lms.T) @ to_lab.T, np.float32)


_NAMES = [name for name, tones in NAMED.items() for _ in tones]
_TONES = _oklab(np.array([tone for tones in NAMED.values() for tone in tones], np.float32))


def dominant_colours(picture: Image.Image, most: int = 4) -> tuple[Colour, ...]:
    """The most common named colours, biggest share first; those under 5 % are left out."""
    small = picture.resize((32, 32), Image.Resampling.BOX)
    pixels = np.asarray(small, np.float32).reshape(-1, 3)
    lab = _oklab(pixels)
    nearest = np.argmin(((lab[:, None] - _TONES[None]) ** 2).sum(-1), axis=1)
    names = np.array(_NAMES)[nearest]
    made = []
    for name in sorted(set(names.tolist())):
        its = pixels[names == name]
        red, green, blue = (int(v) for v in its.mean(0))
        made.append(Colour(name, (red, green, blue), round(len(its) / len(pixels), 3)))
    return tuple(sorted((c for c in made if c.share >= 0.05), key=lambda c: -c.share)[:most])
