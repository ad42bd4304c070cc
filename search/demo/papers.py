"""Drawn charts, documents and posters: pictures with words in them."""

from __future__ import annotations

import random
from collections.abc import Callable

from PIL import Image, ImageDraw

from search.demo.brushes import RGB, H, W, first_font, font, grained, sky

Drawing = Callable[[random.Random], Image.Image]


def bar_chart(rng: random.Random) -> Image.Image:
    picture = Image.new("RGB", (W, H), "white")
    draw = ImageDraw.Draw(picture)
    draw.text((480, 40), "Sales by quarter", font=font(40), fill=(30, 30, 30), anchor="mm")
    for y in range(120, 560, 80):
        draw.line((110, y, 900, y), fill=(225, 225, 225), width=2)
    for i in range(8):
        top = rng.randint(140, 480)
        draw.rectangle((140 + i * 95, top, 200 + i * 95, 560), fill=((66, 120, 190), (240, 140, 50))[i % 2])
    draw.line((110, 90, 110, 560, 900, 560), fill=(60, 60, 60), width=4)
    return picture


def pie_chart(rng: random.Random) -> Image.Image:
    picture = Image.new("RGB", (W, H), "white")
    draw = ImageDraw.Draw(picture)
    draw.text((480, 40), "Where the energy comes from", font=font(36), fill=(30, 30, 30), anchor="mm")
    at = 0.0
    colours = ((66, 120, 190), (240, 140, 50), (95, 165, 90), (200, 70, 80))
    for name, share, colour in zip(("Wind", "Solar", "Hydro", "Gas"), (0.36, 0.28, 0.21, 0.15), colours, strict=True):
        draw.pieslice((150, 90, 650, 590), at, at + 360 * share, fill=colour, outline="white", width=4)
        draw.rectangle((700, 180 + at, 730, 210 + at), fill=colour)
        draw.text((745, 195 + at), f"{name} {share:.0%}", font=font(30), fill=(40, 40, 40), anchor="lm")
        at += 360 * share
    return picture


def page(
    lines: list[str], heading: str, size: tuple[int, int] = (620, 860), paper: RGB = (253, 252, 248)
) -> Image.Image:
    """A sheet with a heading and lines."""
    picture = Image.new("RGB", size, paper)
    draw = ImageDraw.Draw(picture)
    draw.text((size[0] // 2, 70), heading, font=font(46), fill=(25, 25, 25), anchor="mm")
    for i, line in enumerate(lines):
        draw.text((60, 150 + i * 48), line, font=font(28), fill=(45, 45, 45))
    return picture


def receipt(rng: random.Random) -> Image.Image:
    rows = [("Apples 1 kg", 3.20), ("Rye bread", 4.10), ("Olive oil", 8.90), ("Coffee beans", 11.50), ("Soap", 2.30)]
    total = sum(price for _, price in rows)
    lines = ["Harbour Street 12", "Receipt No. 20417", ""] + [f"{name:<18}{price:>8.2f}" for name, price in rows]
    return page([*lines, "", f"TOTAL EUR {total:.2f}", "Paid by card", "Thank you!"], "GREEN GROCER")


def letter(rng: random.Random) -> Image.Image:
    words = "Dear neighbour, our summer garden party|begins on Saturday at four o'clock.|There will be music and lemonade.|Bring a chair and a story.||With kind regards,|The people of number nine"
    return page(words.split("|"), "Invitation")


def whiteboard(rng: random.Random) -> Image.Image:
    picture = Image.new("RGB", (W, H), (150, 150, 155))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 40, 920, 600), fill=(248, 250, 250), outline=(200, 200, 205), width=10)
    for i, (line, colour) in enumerate(
        (
            ("Plan for Monday", (30, 60, 160)),
            ("- call the printer", (20, 20, 20)),
            ("- fix the login bug", (20, 20, 20)),
            ("- book train tickets", (190, 40, 40)),
        )
    ):
        draw.text((100, 90 + i * 90), line, font=font(50), fill=colour)
    draw.ellipse((640, 300, 860, 480), outline=(40, 140, 70), width=6)
    draw.line((560, 390, 640, 390), fill=(40, 140, 70), width=6)
    return grained(picture, rng, 8)


def boarding_pass(rng: random.Random) -> Image.Image:
    picture = Image.new("RGB", (W, 420), (245, 248, 252))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, W, 90), fill=(20, 60, 130))
    draw.text((40, 45), "BOARDING PASS", font=font(44), fill="white", anchor="lm")
    for i, (name, value) in enumerate((("FROM", "LISBON"), ("TO", "OSLO"), ("GATE", "B 27"), ("SEAT", "14 A"))):
        draw.text((50 + i * 220, 150), name, font=font(26), fill=(110, 110, 110))
        draw.text((50 + i * 220, 190), value, font=font(46), fill=(20, 20, 20))
    for x in range(60, 880, 7):
        draw.rectangle((x, 300, x + rng.choice((1, 3, 4)), 385), fill=(10, 10, 10))
    return picture


def map_with_route(rng: random.Random) -> Image.Image:
    picture = Image.new("RGB", (W, H), (236, 234, 224))
    draw = ImageDraw.Draw(picture)
    draw.polygon(
        [(0, 430), (300, 380), (620, 470), (W, 400), (W, 520), (600, 580), (280, 500), (0, 540)], fill=(160, 205, 235)
    )
    draw.rectangle((640, 60, 880, 260), fill=(190, 225, 175))
    for x in range(40, W, 110):
        draw.line((x, 0, x + rng.randint(-30, 30), H), fill=(255, 255, 255), width=10)
    for y in range(40, 400, 90):
        draw.line((0, y, W, y + rng.randint(-20, 20)), fill=(255, 255, 255), width=10)
    draw.line((110, 330, 260, 310, 370, 220, 590, 210, 700, 120), fill=(220, 50, 50), width=9)
    for x, y, name in ((110, 330, "Station"), (700, 120, "City Park")):
        draw.ellipse((x - 14, y - 14, x + 14, y + 14), fill=(220, 50, 50))
        draw.text((x + 20, y - 14), name, font=font(30), fill=(40, 40, 40))
    return picture


def poster(words: str, background: RGB, ink: RGB, fonts: tuple[str, ...] = ()) -> Drawing | None:
    """A poster with large words; None when the machine has none of the fonts that its script needs."""
    face = first_font(fonts, 72) if fonts else font(72)
    if face is None:
        return None

    def draw_poster(rng: random.Random) -> Image.Image:
        picture = sky(background, tuple(int(v * 0.75) for v in background), (640, 880))  # type: ignore[arg-type]
        draw = ImageDraw.Draw(picture)
        draw.rectangle((30, 30, 610, 850), outline=ink, width=8)
        draw.multiline_text((320, 420), words, font=face, fill=ink, anchor="mm", align="center", spacing=26)
        return picture

    return draw_poster
