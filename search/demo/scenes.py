"""Drawn scenes: landscapes, weather, streets."""

from __future__ import annotations

import random

from PIL import Image, ImageDraw

from search.demo.brushes import H, W, glow, grained, hills, sky, tree


def sunset(rng: random.Random) -> Image.Image:
    picture = sky((60, 40, 110), (255, 150, 60))
    glow(picture, (480, 400), 190, (255, 200, 90))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((420, 340, 540, 460), fill=(255, 235, 170))
    draw.rectangle((0, 420, W, H), fill=(70, 50, 90))
    for _ in range(260):
        y = rng.randint(424, H)
        x = int(rng.gauss(480, 40 + (y - 420)))
        draw.line((x, y, x + rng.randint(15, 60), y), fill=(255, 180, 90), width=2)
    return grained(picture, rng)


def snowy_mountains(rng: random.Random) -> Image.Image:
    picture = sky((90, 150, 220), (215, 232, 246))
    draw = ImageDraw.Draw(picture)
    for x, top, half in ((260, 150, 330), (700, 100, 380), (480, 260, 260)):
        draw.polygon([(x, top), (x - half, 560), (x + half, 560)], fill=(105, 115, 135))
        draw.polygon([(x, top), (x, 560), (x + half, 560)], fill=(75, 85, 105))
        ridge = [(x - half * 0.42, top + (560 - top) * 0.42)]
        ridge += [(x + half * s, top + (560 - top) * (0.5 if i % 2 else 0.34)) for i, s in enumerate((-0.2, 0, 0.2))]
        draw.polygon([(x, top), *ridge, (x + half * 0.42, top + (560 - top) * 0.42)], fill=(250, 252, 255))
    draw.rectangle((0, 540, W, H), fill=(240, 245, 250))
    for _ in range(16):
        tree(draw, rng.randint(0, W), rng.randint(560, 630), rng.randint(70, 130), (40, 75, 65))
    return grained(picture, rng)


def city_at_night(rng: random.Random) -> Image.Image:
    picture = sky((8, 10, 30), (40, 35, 70))
    draw = ImageDraw.Draw(picture)
    x = 0
    while x < W:
        width, top = rng.randint(60, 120), rng.randint(120, 420)
        draw.rectangle((x, top, x + width, H), fill=(20, 22, 38))
        for wy in range(top + 14, H - 20, 24):
            for wx in range(x + 10, x + width - 14, 20):
                if rng.random() < 0.55:
                    draw.rectangle((wx, wy, wx + 9, wy + 12), fill=rng.choice(((255, 220, 130), (255, 240, 190))))
        x += width + rng.randint(0, 8)
    return grained(picture, rng)


def beach(rng: random.Random) -> Image.Image:
    picture = sky((70, 160, 230), (190, 228, 245))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 280, W, 430), fill=(30, 140, 180))
    for _ in range(120):
        x, y = rng.randint(0, W), rng.randint(290, 425)
        draw.line((x, y, x + 30, y), fill=(120, 205, 225), width=2)
    draw.polygon([(0, 430), (W, 400), (W, H), (0, H)], fill=(238, 214, 165))
    draw.line((660, 330, 690, 560), fill=(240, 240, 240), width=8)
    for i in range(6):
        draw.pieslice((540, 250, 800, 430), 180 + i * 30, 210 + i * 30, fill=((220, 50, 50), (250, 250, 250))[i % 2])
    draw.rectangle((300, 520, 460, 560), fill=(60, 120, 200))
    return grained(picture, rng)


def forest(rng: random.Random) -> Image.Image:
    picture = sky((150, 190, 170), (200, 220, 190))
    draw = ImageDraw.Draw(picture)
    hills(draw, 620, 60, (70, 110, 60), rng)
    for i in range(60):
        shade = 40 + i
        tree(draw, rng.randint(-20, W), 420 + i * 4, rng.randint(180, 320), (shade // 2, shade + 25, shade // 2))
    return grained(picture, rng)


def desert(rng: random.Random) -> Image.Image:
    picture = sky((110, 180, 235), (250, 225, 180))
    draw = ImageDraw.Draw(picture)
    hills(draw, 460, 90, (226, 180, 110), rng)
    hills(draw, 560, 110, (212, 160, 92), rng)
    for x, foot, tall in ((260, 560, 240), (700, 600, 300)):
        green = (60, 120, 60)
        draw.rounded_rectangle((x - 24, foot - tall, x + 24, foot), 24, fill=green)
        for side in (-1, 1):
            arm = x + side * 70
            draw.rounded_rectangle((min(x, arm), foot - tall // 2, max(x, arm), foot - tall // 2 + 34), 16, fill=green)
            draw.rounded_rectangle((arm - 17, foot - tall // 2 - 80, arm + 17, foot - tall // 2 + 34), 17, fill=green)
    return grained(picture, rng)


def starry_sky(rng: random.Random) -> Image.Image:
    picture = sky((4, 6, 24), (24, 28, 66))
    glow(picture, (720, 160), 90, (190, 190, 200))
    draw = ImageDraw.Draw(picture)
    for _ in range(380):
        x, y, r = rng.randint(0, W), rng.randint(0, 520), rng.choice((1, 1, 1, 2))
        draw.ellipse((x - r, y - r, x + r, y + r), fill=(255, 255, 240))
    draw.ellipse((660, 100, 780, 220), fill=(240, 238, 220))
    for x, y, r in ((700, 140, 14), (740, 180, 18), (730, 130, 9)):
        draw.ellipse((x - r, y - r, x + r, y + r), fill=(215, 212, 196))
    hills(draw, 620, 80, (10, 14, 20), rng)
    return grained(picture, rng, 8)


def sailing_boat(rng: random.Random) -> Image.Image:
    picture = sky((90, 170, 235), (220, 238, 248))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 400, W, H), fill=(28, 98, 160))
    for _ in range(200):
        x, y = rng.randint(0, W), rng.randint(405, H)
        draw.arc((x, y, x + 40, y + 12), 180, 360, fill=(110, 170, 215), width=2)
    draw.line((480, 110, 480, 450), fill=(100, 70, 45), width=8)
    draw.polygon([(490, 120), (490, 400), (690, 400)], fill=(252, 252, 248))
    draw.polygon([(470, 150), (470, 400), (330, 400)], fill=(232, 236, 240))
    draw.polygon([(310, 440), (680, 440), (620, 510), (370, 510)], fill=(150, 45, 40))
    return grained(picture, rng)


def house(rng: random.Random) -> Image.Image:
    picture = sky((120, 190, 240), (225, 240, 250))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 460, W, H), fill=(95, 160, 75))
    draw.rectangle((300, 290, 680, 520), fill=(236, 220, 190))
    draw.polygon([(260, 300), (490, 140), (720, 300)], fill=(160, 60, 45))
    draw.rectangle((450, 400, 530, 520), fill=(105, 65, 40))
    for x in (340, 570):
        draw.rectangle((x, 350, x + 70, 420), fill=(150, 200, 230), outline=(255, 255, 255), width=6)
    for _ in range(120):
        x, y = rng.randint(0, W), rng.randint(530, 630)
        draw.ellipse((x, y, x + 10, y + 10), fill=rng.choice(((230, 60, 90), (250, 210, 60), (245, 245, 245))))
    return grained(picture, rng)


def red_car(rng: random.Random) -> Image.Image:
    picture = sky((150, 200, 240), (230, 240, 245))
    draw = ImageDraw.Draw(picture)
    hills(draw, 430, 70, (110, 160, 90), rng)
    draw.rectangle((0, 430, W, H), fill=(85, 85, 90))
    for x in range(20, W, 160):
        draw.rectangle((x, 570, x + 90, 580), fill=(240, 240, 230))
    draw.rounded_rectangle((220, 370, 740, 490), 40, fill=(200, 25, 30))
    draw.polygon([(330, 375), (400, 280), (590, 280), (670, 375)], fill=(200, 25, 30))
    draw.polygon([(360, 370), (412, 298), (490, 298), (490, 370)], fill=(185, 215, 230))
    draw.polygon([(505, 370), (505, 298), (580, 298), (635, 370)], fill=(185, 215, 230))
    for x in (330, 630):
        draw.ellipse((x - 58, 430, x + 58, 546), fill=(25, 25, 28))
        draw.ellipse((x - 28, 460, x + 28, 516), fill=(190, 190, 195))
    draw.ellipse((712, 400, 744, 430), fill=(255, 245, 190))
    return grained(picture, rng)


def balloon(rng: random.Random) -> Image.Image:
    picture = sky((70, 140, 220), (210, 232, 246))
    draw = ImageDraw.Draw(picture)
    hills(draw, 630, 90, (90, 140, 80), rng)
    for x, y, size in ((380, 230, 170), (720, 160, 80)):
        for i, colour in enumerate(((220, 60, 50), (245, 190, 60), (60, 120, 200), (245, 190, 60), (220, 60, 50))):
            inset = i * size * 2 // 10
            draw.ellipse((x - size + inset, y - size, x + size - inset, y + size), fill=colour)
        for side in (-1, 1):
            draw.line(
                (x + side * size // 2, y + size * 0.85, x + side * size // 8, y + size * 1.5),
                fill=(70, 50, 40),
                width=3,
            )
        draw.rectangle((x - size // 7, y + size * 1.5, x + size // 7, y + size * 1.75), fill=(130, 85, 45))
    return grained(picture, rng)
