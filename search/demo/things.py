"""Drawn animals and things."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw

from search.demo.brushes import RGB, H, W, font, glow, grained, sky


def on_table(colour: RGB = (205, 170, 125)) -> Image.Image:
    """A plain background with a table's edge."""
    picture = sky((235, 228, 215), (215, 205, 190))
    ImageDraw.Draw(picture).rectangle((0, 430, W, H), fill=colour)
    return picture


def cat(rng: random.Random) -> Image.Image:
    picture = on_table((120, 150, 120))
    draw = ImageDraw.Draw(picture)
    fur, dark = (228, 150, 70), (190, 110, 45)
    draw.ellipse((300, 300, 660, 640), fill=fur)
    draw.arc((600, 380, 800, 620), 200, 60, fill=fur, width=36)
    draw.ellipse((340, 110, 620, 370), fill=fur)
    draw.polygon([(350, 190), (365, 55), (460, 130)], fill=fur)
    draw.polygon([(610, 190), (595, 55), (500, 130)], fill=fur)
    for i in range(5):
        draw.line((430 + i * 25, 118, 435 + i * 22, 170), fill=dark, width=9)
    for x in (420, 540):
        draw.ellipse((x - 28, 205, x + 28, 255), fill=(200, 220, 90))
        draw.ellipse((x - 9, 206, x + 9, 254), fill=(20, 20, 20))
    draw.polygon([(465, 280), (495, 280), (480, 300)], fill=(220, 120, 120))
    for side in (-1, 1):
        for dy in (-10, 5, 20):
            draw.line((480 + side * 30, 300, 480 + side * 170, 300 + dy), fill=(255, 255, 255), width=3)
    return grained(picture, rng)


def fish(rng: random.Random) -> Image.Image:
    picture = sky((30, 120, 190), (5, 50, 110))
    draw = ImageDraw.Draw(picture)
    for _ in range(7):
        x, y, s = rng.randint(80, 760), rng.randint(80, 520), rng.randint(50, 120)
        colour = rng.choice(((250, 140, 40), (250, 215, 70), (235, 90, 90)))
        draw.ellipse((x, y, x + 2 * s, y + s), fill=colour)
        draw.polygon([(x + 8, y + s // 2), (x - s // 2, y), (x - s // 2, y + s)], fill=colour)
        draw.ellipse((x + 1.6 * s, y + s * 0.3, x + 1.72 * s, y + s * 0.42), fill=(10, 10, 10))
    for _ in range(50):
        x, y, r = rng.randint(0, W), rng.randint(0, H), rng.randint(3, 9)
        draw.ellipse((x - r, y - r, x + r, y + r), outline=(180, 220, 240), width=2)
    return grained(picture, rng)


def flowers(rng: random.Random) -> Image.Image:
    picture = sky((150, 205, 240), (120, 180, 90))
    draw = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y, r = rng.randint(0, W), rng.randint(200, 600), rng.randint(14, 36)
        draw.line((x, y, x, H), fill=(50, 120, 50), width=4)
        colour = rng.choice(((235, 60, 80), (250, 200, 40), (240, 130, 190), (255, 255, 255), (150, 80, 190)))
        for i in range(8):
            cx, cy = x + r * math.cos(i * 0.785), y + r * math.sin(i * 0.785)
            draw.ellipse((cx - r * 0.6, cy - r * 0.6, cx + r * 0.6, cy + r * 0.6), fill=colour)
        draw.ellipse((x - r * 0.5, y - r * 0.5, x + r * 0.5, y + r * 0.5), fill=(245, 190, 50))
    return grained(picture, rng)


def pizza(rng: random.Random) -> Image.Image:
    picture = on_table((150, 105, 70))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((200, 40, 760, 600), fill=(205, 150, 85))
    draw.ellipse((235, 75, 725, 565), fill=(200, 60, 35))
    draw.ellipse((245, 85, 715, 555), fill=(245, 205, 105))
    for _ in range(18):
        angle, far = rng.uniform(0, 6.28), rng.uniform(20, 190)
        x, y = 480 + far * math.cos(angle), 320 + far * math.sin(angle)
        draw.ellipse((x - 30, y - 30, x + 30, y + 30), fill=(185, 45, 35), outline=(150, 30, 25), width=4)
    for _ in range(30):
        angle, far = rng.uniform(0, 6.28), rng.uniform(0, 215)
        x, y = 480 + far * math.cos(angle), 320 + far * math.sin(angle)
        draw.ellipse((x - 12, y - 6, x + 12, y + 6), fill=(60, 120, 45))
    for i in range(4):
        angle = i * math.pi / 4
        dx, dy = 270 * math.cos(angle), 270 * math.sin(angle)
        draw.line((480 - dx, 320 - dy, 480 + dx, 320 + dy), fill=(190, 135, 70), width=4)
    return grained(picture, rng)


def birthday_cake(rng: random.Random) -> Image.Image:
    picture = on_table()
    draw = ImageDraw.Draw(picture)
    draw.ellipse((220, 500, 740, 590), fill=(245, 245, 245))
    draw.rounded_rectangle((270, 330, 690, 550), 24, fill=(250, 180, 200))
    draw.rounded_rectangle((330, 230, 630, 350), 20, fill=(255, 245, 235))
    for x in range(285, 690, 40):
        draw.ellipse((x - 24, 320, x + 24, 368), fill=(255, 250, 245))
    for i, x in enumerate(range(370, 610, 46)):
        draw.rectangle((x - 7, 150, x + 7, 235), fill=((70, 140, 220), (240, 90, 90), (250, 200, 60))[i % 3])
        glow(picture, (x, 130), 16, (255, 190, 60))
        draw = ImageDraw.Draw(picture)
        draw.ellipse((x - 7, 112, x + 7, 146), fill=(255, 235, 130))
    for _ in range(70):
        x, y = rng.randint(290, 670), rng.randint(390, 535)
        draw.line((x, y, x + 8, y + 8), fill=rng.choice(((240, 60, 80), (60, 140, 220), (250, 210, 60))), width=4)
    return grained(picture, rng)


def coffee(rng: random.Random) -> Image.Image:
    picture = on_table((130, 90, 60))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((230, 480, 730, 590), fill=(245, 245, 245))
    draw.arc((600, 280, 780, 460), 270, 90, fill=(250, 250, 250), width=28)
    draw.rounded_rectangle((300, 240, 660, 540), 70, fill=(250, 250, 250))
    draw.ellipse((300, 190, 660, 300), fill=(240, 240, 240))
    draw.ellipse((322, 204, 638, 288), fill=(90, 55, 30))
    return grained(picture, rng)


def clock(rng: random.Random) -> Image.Image:
    picture = sky((190, 205, 200), (170, 185, 182))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((230, 70, 730, 570), fill=(60, 45, 35))
    draw.ellipse((255, 95, 705, 545), fill=(252, 250, 244))
    for hour in range(1, 13):
        angle = hour * math.pi / 6 - math.pi / 2
        draw.text(
            (480 + 190 * math.cos(angle), 320 + 190 * math.sin(angle)),
            str(hour),
            font=font(44),
            fill=(30, 30, 30),
            anchor="mm",
        )
    draw.line((480, 320, 590, 250), fill=(20, 20, 20), width=14)
    draw.line((480, 320, 480, 150), fill=(20, 20, 20), width=8)
    return grained(picture, rng)


def traffic_light(rng: random.Random) -> Image.Image:
    picture = sky((140, 190, 235), (225, 235, 242))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((462, 470, 498, H), fill=(60, 60, 62))
    draw.rounded_rectangle((370, 50, 590, 500), 40, fill=(35, 38, 40))
    for y, colour in ((130, (235, 40, 35)), (275, (90, 75, 20)), (420, (20, 75, 40))):
        draw.ellipse((420, y - 60, 540, y + 60), fill=colour)
    glow(picture, (480, 130), 50, (255, 90, 80))
    return grained(picture, rng)
