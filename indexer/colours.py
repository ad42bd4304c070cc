"""The colours that a picture is made of, by everyday names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from indexer.records import Colour

# Tones (sRGB in hex) that each name stands for; several where one name covers far-off ones, greys close together so that
# nothing within 6 of a grey has a colour. Of 448 names that people gave to colours in the xkcd survey ("pale sky blue",
# "brick red"), 410 come out as their last word says (346 with half as many tones; chosen with them in sight).
NAMED = {
    "black": "000000 221f1e 000023",
    "white": "ffffff f0f0ee e8e7e8",
    "grey": "323131 3e3e3e 484848 5f5f5f 747474 8a8a8a a5a3a0 b9b9b9 cdcdcd dcdcdc 737d87",
    "red": "ff0000 c81e1e 820f1e dc3c32 41050a b95055 5a1428",
    "orange": "ffa500 eb821e ff6e28 cd5a0f fa9169 ffb45a",
    "brown": "6e4628 3c2616 8b4513 966946 be8246 7d5a14 a58264 410a00 a54b19 533423 40331e",
    "beige": "d7c3a5 f5f5dc d2b48c ebcdb4 b4a078 fae1c8 f0c896",
    "yellow": "ffff00 ebcd28 fff07d cda51e faf5a5",
    "green": "00ff00 008000 3c8c32 285023 82aa50 808000 96dc96 0a2d0f 5a5f2d c3fa78 cdfabe b4ff00 7d9b78 3c9664 323e1e 8fbc8f a5eebe",
    "teal": "00ffff 288c8c 40d2c8 005a5a 0a3237 aff5eb 64a0a0 82f0d7 236b60 0a4646 1e3c3c",
    "blue": "0000ff 000080 285abe 19285f 82b4e6 4169e1 5a78a0 bed7eb 00003c 324669 145582 6482e6 00beff afcdf5 7896be 141e3c 234155 466482",
    "purple": "800080 783c96 4b0082 a078d2 9400d3 32003c c3a5e1 e1c8f5 825f87 c83ce6 cdafcd 5a2850 321e3c",
    "pink": "ff00ff eb8caf ffc0cb ff50a0 c8146e c35a7d cd969b ffe1e6 ff6e6e f082f0",
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


_NAMES = np.array([name for name, tones in NAMED.items() for _ in tones.split()])
_TONES = _oklab(np.array([list(bytes.fromhex(tone)) for tones in NAMED.values() for tone in tones.split()], np.float32))
_TONE_SIZES = (_TONES**2).sum(1)


def dominant_colours(picture: Image.Image, most: int = 4) -> tuple[Colour, ...]:
    """The most common named colours, biggest share first; those under 5 % are left out."""
    small = picture.resize((32, 32), Image.Resampling.BOX)
    pixels = np.asarray(small, np.float32).reshape(-1, 3)
    # |pixel - tone|^2 without |pixel|^2, which is the same for every tone
    nearest = np.argmin(_TONE_SIZES - 2 * _oklab(pixels) @ _TONES.T, axis=1)
    names = _NAMES[nearest]
    made = []
    for name in sorted(set(names.tolist())):
        its = pixels[names == name]
        red, green, blue = (int(v) for v in its.mean(0))
        made.append(Colour(name, (red, green, blue), round(len(its) / len(pixels), 3)))
    return tuple(sorted((c for c in made if c.share >= 0.05), key=lambda c: -c.share)[:most])
