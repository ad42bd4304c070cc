"""Draws the demo's pictures: scenes, objects, charts, documents and posters. Nothing is copied from anywhere."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

W, H = 960, 640
RGB = tuple[int, int, int]


def draw_gallery(folder: Path) -> list[Path]:
    """Write every picture below `folder`; the same files each time. Names say nothing: the search must look."""
    made = []
    for number, (place, draw) in enumerate(_PICTURES, 401):
        picture = draw(random.Random(number)).convert("RGB")
        suffix = ("jpg", "jpg", "png", "webp")[number % 4]
        path = folder / place / f"IMG_{number:04}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        exif = Image.Exif()
        exif[0x0132] = f"2024:{1 + number % 12:02}:{1 + number % 28:02} 1{number % 10}:20:00"
        picture.save(path, quality=92, exif=exif)
        made.append(path)
    return made


# -- brushes -----------------------------------------------------------------------------------------------------------


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


# -- scenes ------------------------------------------------------------------------------------------------------------


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


# -- animals and things ------------------------------------------------------------------------------------------------


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


# -- charts and documents ----------------------------------------------------------------------------------------------


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


def poster(words: str, background: RGB, ink: RGB) -> Callable[[random.Random], Image.Image]:
    """A poster with large words."""

    def draw_poster(rng: random.Random) -> Image.Image:
        picture = sky(background, tuple(int(v * 0.75) for v in background), (640, 880))  # type: ignore[arg-type]
        draw = ImageDraw.Draw(picture)
        draw.rectangle((30, 30, 610, 850), outline=ink, width=8)
        draw.multiline_text((320, 420), words, font=font(72), fill=ink, anchor="mm", align="center", spacing=26)
        return picture

    return draw_poster


_PICTURES: list[tuple[str, Callable[[random.Random], Image.Image]]] = [
    ("summer", sunset), ("summer", beach), ("summer", sailing_boat), ("summer", balloon), ("summer", flowers),
    ("summer", desert), ("winter", snowy_mountains), ("winter", forest), ("winter", starry_sky), ("home", house),
    ("home", cat), ("home", birthday_cake), ("home", pizza), ("home", coffee), ("home", clock), ("home", fish),
    ("town", city_at_night), ("town", red_car), ("town", traffic_light), ("work", bar_chart), ("work", pie_chart),
    ("work", whiteboard), ("papers", receipt), ("papers", letter), ("papers", boarding_pass),
    ("papers", map_with_route), ("posters", poster("JAZZ\nFESTIVAL\nIN THE PARK", (30, 40, 90), (250, 210, 90))),
    ("posters", poster("BONJOUR\nPARIS", (200, 60, 60), (255, 250, 240))),
    ("posters", poster("SOMMER\nSCHLUSS\nVERKAUF", (245, 200, 60), (140, 20, 30))),
    ("posters", poster("MERCADO\nCENTRAL\nABIERTO", (60, 120, 90), (250, 245, 220))),
]  # fmt: skip
