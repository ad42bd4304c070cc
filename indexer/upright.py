"""From a picture that Pillow has opened to upright RGB pixels: within the limit, no bigger than needed, never half-way."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image, ImageFile

from indexer.errors import PictureError
from indexer.exif import read_orientation

REPAIR = "Open it in a picture viewer; if that fails too, restore it from a backup."

# A ribbon has few pixels a side and many in all: beyond this shape (16 times longer than wide, at twice the side asked
# for) it is shrunk further, or a folder of ribbons would fill the memory of those who decode ahead.
_LONGEST = 64

Corners = tuple[int, int, int, int]
"""A part of an upright picture in pixels: left, top, right, bottom."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class _Patience(threading.local):
    """Whether this thread shows what is there of a picture whose end is missing. Pillow has one setting for all threads, and asks for its truth."""

    strict = False

    def __bool__(self) -> bool:
        return not self.strict


_patience = _Patience()
# Browsers show a JPEG whose end is missing; so do we.
ImageFile.LOAD_TRUNCATED_IMAGES = _patience  # type: ignore[assignment]
# Our own limit is checked from the header, with a message of ours.
Image.MAX_IMAGE_PIXELS = None


def check_size(width: int, height: int, most: int) -> None:
    """Refuse more than `most` pixels before they are decoded. Raises PictureError."""
    if width * height > most:
        raise PictureError(
            f"The picture claims {width} x {height} pixels, more than {most // 1_000_000} million.",
            "Make a smaller copy of it.",
        )


def load_upright(
    opened: Image.Image, side: int, most: int, part: Corners | None = None
) -> tuple[Image.Image, int, int]:
    """The picture in upright RGB, its shorter side at least `side` pixels (or all it has), and its full upright width and height;
    or that of a part of it, which alone is turned into RGB: of 300 million pixels in 16 bits the whole takes 9 GB.

    Raises PictureError for more than `most` pixels, and whatever Pillow's decoders raise.
    """
    width, height = opened.size
    check_size(width, height, most)
    if opened.format in ("JPEG", "MPO") and not part:
        opened.draft("RGB", _draft_size(width, height, side))
        opened.load()
    else:
        opened.load()
        width, height = opened.size  # a HEIF's header may be wrong
    # Asked now: some decoders (TIFF) turn the picture themselves, and then nothing is left to do.
    orientation = read_orientation(opened)
    picture = _to_rgb(opened.crop(_lying(part, *opened.size, orientation)) if part else opened, side)
    if orientation in _TURNS:
        picture = picture.transpose(_TURNS[orientation])
    return (picture, height, width) if orientation >= 5 else (picture, width, height)


def within(part: Corners, width: int, height: int) -> Corners:
    """What of a part lies within a picture of this size: one pixel at least."""
    left, top, right, bottom = part
    left, top = min(max(0, left), width - 1), min(max(0, top), height - 1)
    return left, top, max(left + 1, min(right, width)), max(top + 1, min(bottom, height))


def _lying(part: Corners, width: int, height: int, orientation: int) -> Corners:
    """Where a part of the upright picture is in one that lies as the file has it, `width` x `height`."""
    if orientation < 5:
        left, top, right, bottom = within(part, width, height)
    else:
        top, left, bottom, right = within(part, height, width)
    if orientation in (2, 3, 7, 8):
        left, right = width - right, width - left
    if orientation in (3, 4, 6, 7):
        top, bottom = height - bottom, height - top
    return left, top, right, bottom


@contextmanager
def strictly() -> Iterator[None]:
    """In here, in this thread, Pillow raises where something of a picture is missing."""
    _patience.strict = True
    try:
        yield
    finally:
        _patience.strict = False


def is_flat(picture: Image.Image) -> bool:
    """Whether an RGB picture is one colour all over."""
    return len(picture.getcolors(1) or ()) == 1


def _draft_size(width: int, height: int, side: int) -> tuple[int, int]:
    """The least size with `side` pixels on its shorter side, in whole numbers: a pixel too few would cost half the size."""
    shorter = min(width, height)
    wanted = min(side, shorter)
    return -(-width * wanted // shorter), -(-height * wanted // shorter)


def shrunk(picture: Image.Image, side: int) -> Image.Image:
    """Whole-number reduction of pictures at least twice as big as asked: quick, and all later steps are cheaper."""
    side = max(1, side)
    ribbon = math.isqrt(picture.width * picture.height // (_LONGEST * side * side))
    factor = max(min(picture.size) // side, ribbon)
    return picture.reduce(factor) if factor >= 2 else picture


def _to_rgb(picture: Image.Image, side: int) -> Image.Image:
    """8-bit RGB, shrunk; deep greys are scaled rather than clipped, transparency is laid on white."""
    if picture.mode.startswith(("I", "F")):
        return _levelled(picture, side)
    if picture.mode in ("RGBA", "LA", "PA", "RGBa") or "transparency" in picture.info:
        clear = shrunk(picture.convert("RGBA"), side)
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear).convert("RGB")
    plain = {"P": "RGB", "1": "L"}.get(picture.mode)  # what cannot be averaged as it is
    return shrunk(picture.convert(plain) if plain else picture, side).convert("RGB")


def _levelled(picture: Image.Image, side: int) -> Image.Image:
    sixteen = picture.mode.startswith("I;16")
    values = np.asarray(shrunk(picture.convert("I") if sixteen else picture, side)).astype(np.float32)
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    # 16-bit data that uses its range keeps its levels; data of unknown range is stretched over what is there.
    low, high = (0.0, 65535.0) if sixteen and high > 4095 else (min(low, 0.0), high)
    grey = (255 * (values - low) / max(high - low, 1e-9)).clip(0, 255).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")
