"""Variants of pictures as people make them: what a finder of duplicates is measured on.

crop       5 to 25 % of width and height cut off, anywhere        resize     to 30 to 70 %, or up to 150 %
re-encode  JPEG at quality 25 to 70, or WebP                     rotate     by 90, 180, 270 degrees, or 2 to 8 askew
border     a frame of 3 to 10 % of one colour                    watermark  half-transparent words and a logo
mirror     left and right changed over
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

Made = tuple[Image.Image, str, int]
"""The picture, the ending of its file's name, and the quality it is saved at."""


def crop(picture: Image.Image, chance: random.Random) -> Made:
    width, height = (round(side * (1 - chance.uniform(0.05, 0.25))) for side in picture.size)
    left, top = chance.randint(0, picture.width - width), chance.randint(0, picture.height - height)
    return picture.crop((left, top, left + width, top + height)), "jpg", 90


def resize(picture: Image.Image, chance: random.Random) -> Made:
    scale = chance.choice((chance.uniform(0.3, 0.7), chance.uniform(0.3, 0.7), 1.5))
    return picture.resize((round(picture.width * scale), round(picture.height * scale))), "jpg", 90


def reencode(picture: Image.Image, chance: random.Random) -> Made:
    return picture, chance.choice(("jpg", "webp")), chance.randint(25, 70)


def rotate(picture: Image.Image, chance: random.Random) -> Made:
    angle = chance.choice((90, 180, 270, chance.uniform(2, 8), -chance.uniform(2, 8)))
    return picture.rotate(angle, Image.Resampling.BICUBIC, expand=True), "jpg", 90


def border(picture: Image.Image, chance: random.Random) -> Made:
    wide = round(min(picture.size) * chance.uniform(0.03, 0.1))
    return ImageOps.expand(picture, wide, chance.choice(("white", "black", "grey"))), "jpg", 90


def watermark(picture: Image.Image, chance: random.Random) -> Made:
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    font = ImageFont.load_default(size=max(16, picture.width // 12))
    x, y = chance.uniform(0.02, 0.4) * picture.width, chance.uniform(0.05, 0.8) * picture.height
    draw.text((x, y), "© Some Studio", font=font, fill=(255, 255, 255, 160))
    draw.ellipse((x, y - 30, x + 40, y + 10), outline=(255, 60, 60, 200), width=6)
    return Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB"), "jpg", 90


def mirror(picture: Image.Image, _: random.Random) -> Made:
    return ImageOps.mirror(picture), "jpg", 90


KINDS: dict[str, Callable[[Image.Image, random.Random], Made]] = {
    "crop": crop, "resize": resize, "re-encode": reencode, "rotate": rotate, "border": border,
    "watermark": watermark, "mirror": mirror,
}  # fmt: skip


def draw_variants(photos: list[Path], folder: Path, count: int, seed: int = 0) -> list[tuple[Path, str, str]]:
    """Write variants of photos taken at random, each kind as often; returns (file, name of the photo, kind)."""
    chance = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number in range(count):
        kind = list(KINDS)[number % len(KINDS)]
        photo = chance.choice(photos)
        with Image.open(photo) as opened:
            picture, ending, quality = KINDS[kind](opened.convert("RGB"), chance)
        path = folder / f"variant-{number:04}.{ending}"
        picture.save(path, quality=quality)
        made.append((path, photo.name, kind))
    return made
