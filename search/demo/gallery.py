"""The demo's pictures: scenes, things, charts, documents and posters, drawn by us. Nothing is copied from anywhere."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image

from search.demo import papers, scenes, things
from search.demo.brushes import CJK, CYRILLIC


def draw_gallery(folder: Path) -> list[Path]:
    """Write every picture below `folder`; the same files each time. Names say nothing: the search must look."""
    made = []
    for number, (place, draw) in enumerate(_PICTURES, 401):
        if draw is None:
            continue
        picture = draw(random.Random(number)).convert("RGB")
        suffix = ("jpg", "jpg", "png", "webp")[number % 4]
        path = folder / place / f"IMG_{number:04}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        exif = Image.Exif()
        exif[0x0132] = f"2024:{1 + number % 12:02}:{1 + number % 28:02} 1{number % 10}:20:00"
        picture.save(path, quality=92, exif=exif)
        made.append(path)
    return made


_PICTURES: list[tuple[str, papers.Drawing | None]] = [
    ("summer", scenes.sunset), ("summer", scenes.beach), ("summer", scenes.sailing_boat), ("summer", scenes.balloon), ("summer", things.flowers),
    ("summer", scenes.desert), ("winter", scenes.snowy_mountains), ("winter", scenes.forest), ("winter", scenes.starry_sky), ("home", scenes.house),
    ("home", things.cat), ("home", things.birthday_cake), ("home", things.pizza), ("home", things.coffee), ("home", things.clock), ("home", things.fish),
    ("town", scenes.city_at_night), ("town", scenes.red_car), ("town", things.traffic_light), ("work", papers.bar_chart), ("work", papers.pie_chart),
    ("work", papers.whiteboard), ("papers", papers.receipt), ("papers", papers.letter), ("papers", papers.boarding_pass),
    ("papers", papers.map_with_route), ("posters", papers.poster("JAZZ\nFESTIVAL\nIN THE PARK", (30, 40, 90), (250, 210, 90))),
    ("posters", papers.poster("BONJOUR\nPARIS", (200, 60, 60), (255, 250, 240))),
    ("posters", papers.poster("SOMMER\nSCHLUSS\nVERKAUF", (245, 200, 60), (140, 20, 30))),
    ("posters", papers.poster("MERCADO\nCENTRAL\nABIERTO", (60, 120, 90), (250, 245, 220))),
    ("posters", papers.poster("夏日音乐节\n七月十二日", (240, 235, 220), (180, 30, 40), CJK)),
    ("posters", papers.poster("東京\nラーメン\n祭り", (20, 30, 60), (255, 240, 200), CJK)),
    ("posters", papers.poster("КОНЦЕРТ\nВ ПАРКЕ", (90, 30, 90), (255, 235, 160), CYRILLIC)),
]  # fmt: skip
