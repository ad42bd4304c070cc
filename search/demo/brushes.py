"""What every drawing is made with: skies, light, hills, letters."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

W, H = 960, 640
RGB = tuple[int, int, int]
# Pillow's own font holds Latin letters alone. Other scripts are drawn with the first of these that a machine has
# (Linux, macOS, Windows); without one, that poster is left out.
CJK = ("NotoSansCJK-Regular.ttc", "NotoSansCJKjp-Regular.otf", "Hiragino Sans GB.ttc", "YuGothM.ttc", "msyh.ttc")
CYRILLIC = ("DejaVuSans-Bold.ttf", "DejaVuSans.ttf", "NotoSans-Regular.ttf", "Arial.ttf", "arial.ttf")


def sky(top: RGB, bottom: RGB, size: tuple[int, int] = (W, H)) -> Image.Image:
    """A vertical gradient."""
    ramp = Image.linear_gradient("L").resize(size)
    return Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), ramp)


def grained(picture: Image.Image, rng: random.Random, amount: int = 14) -> Image.Image:
    """A little noise and softness, as a camera would leave."""
    noise = Image.frombytes("L", picture.size, rng.randbytes(picture.width * picture.height))
    noise = noise.point(lambda v: v * amount // 255).convert("RGB")
    return ImageChops.add(picture.filter(ImageFilter.GaussianBlur(0.8)), noise)


def glow(picture: Image.Image, centre: tuple[int, int], radius: int, colour: RGB) -> None:
    """A soft light."""
    mask = Image.new("L", picture.size, 0)
    x, y = centre
    ImageDraw.Draw(mask).ellipse((x - radius, y - radius, x + radius, y + radius), fill=200)
    picture.paste(Image.new("RGB", picture.size, colour), mask=mask.filter(ImageFilter.GaussianBlur(radius // 2)))


def hills(draw: ImageDraw.ImageDraw, base: int, height: int, colour: RGB, rng: random.Random) -> None:
    """A rolling horizon."""
    phase = rng.uniform(0, 6)
    line = [(x, base - height * (0.5 + 0.5 * math.sin(x / 130 + phase))) for x in range(0, W + 10, 10)]
    draw.polygon([(0, H), *line, (W, H)], fill=colour)


def tree(draw: ImageDraw.ImageDraw, x: int, foot: int, height: int, colour: RGB) -> None:
    """A conifer."""
    draw.rectangle((x - height // 20, foot - height // 5, x + height // 20, foot), fill=(80, 55, 35))
    for i in range(4):
        top, half = foot - height + i * height // 5, height // 8 + i * height // 16
        draw.polygon([(x, top), (x - half, top + height // 3), (x + half, top + height // 3)], fill=colour)


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font, so that no machine lacks it."""
    return ImageFont.load_default(size)


def first_font(fonts: tuple[str, ...], size: int) -> ImageFont.FreeTypeFont | None:
    """The first of these fonts that the machine has."""
    for name in fonts:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return None
