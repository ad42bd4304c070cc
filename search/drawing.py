"""Boxes drawn into pictures, to be read by people."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from PIL import Image, ImageDraw, ImageFont

from vlm import DetectedObject

# Apart from each other for most eyes (after Okabe and Ito), each with the colour of words that can be read on it.
COLOURS = (
    ("#e69f00", "black"), ("#56b4e9", "black"), ("#009e73", "white"), ("#f0e442", "black"),
    ("#0072b2", "white"), ("#d55e00", "white"), ("#cc79a7", "black"), ("#ffffff", "black"),
)  # fmt: skip


def drawn(picture: Image.Image, objects: Sequence[DetectedObject]) -> Image.Image:
    """A copy with each object's box, label and score; a label has one colour in all pictures."""
    made = picture.convert("RGB")
    pen = ImageDraw.Draw(made)
    width = max(2, round(max(made.size) / 320))
    font = ImageFont.load_default(max(12, round(max(made.size) / 45)))
    for one in reversed(objects):  # the surest on top
        pen.rectangle(one.box_xyxy, outline=_colour(one.label)[0], width=width)
    taken: list[tuple[float, float, float, float]] = []
    for one in objects:
        back, front = _colour(one.label)
        words = f"{one.label} {one.score:.2f}"
        left, top, right, bottom = pen.textbbox((0, 0), words, font=font)
        size = right - left + 4 * width, bottom - top + 2 * width
        box = _place(one.box_xyxy, size, made.size, taken)
        taken.append(box)
        pen.rectangle(box, fill=back)
        pen.text((box[0] + 2 * width - left, box[1] + width - top), words, font=font, fill=front)
    return made


def side_by_side(panels: Sequence[tuple[str, Image.Image]], height: int = 640) -> Image.Image:
    """Pictures of this height in one row, each below its title."""
    font, gap = ImageFont.load_default(24), 8
    scaled = [
        (title, picture.resize((max(1, round(height * picture.width / picture.height)), height)))
        for title, picture in panels
    ]
    made = Image.new("RGB", (sum(one.width for _, one in scaled) + gap * (len(scaled) - 1), height + 36), "white")
    pen, x = ImageDraw.Draw(made), 0
    for title, one in scaled:
        pen.text((x + gap, 4), title, font=font, fill="black")
        made.paste(one, (x, 36))
        x += one.width + gap
    return made


def _colour(label: str) -> tuple[str, str]:
    return COLOURS[crc32(label.encode("utf-8", "replace")) % len(COLOURS)]


def _place(
    box: tuple[float, float, float, float],
    size: tuple[float, float],
    room: tuple[int, int],
    taken: Sequence[tuple[float, float, float, float]],
) -> tuple[float, float, float, float]:
    """Above the box, else further down until no other label is covered; always within the picture."""
    x = max(0.0, min(box[0], room[0] - size[0]))
    top = max(0.0, box[1] - size[1])
    made = x, top, x + size[0], top + size[1]
    for step in range(12):
        y = max(0.0, min(top + step * size[1], room[1] - size[1]))
        tried = x, y, x + size[0], y + size[1]
        if not any(tried[0] < t[2] and t[0] < tried[2] and tried[1] < t[3] and t[1] < tried[3] for t in taken):
            return tried
    return made
