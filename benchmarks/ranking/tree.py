"""A folder as people keep them, made anew each time: photos under human names, postcards with printed words, receipts.

Names and folders are dealt at random, so that a word in a name says nothing of what the picture shows: "dog sitting
for Marta" holds few dogs. That is hard on names, and what a ranking must stand.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FOLDERS = (
    "2019 Rome", "2021 Norway", "2017 Lisbon with Carla", "Grandma Edith", "Lucas football club",
    "Anna and Piotr wedding", "Office Helsinki", "Camera uploads 2020", "Camera uploads 2022", "WhatsApp Images",
    "street food festival 2022", "beach house 2018", "dog sitting for Marta", "old phone", "people at work",
    "kitchen renovation", "car for sale", "night train to Vienna", "Misc", "Tuscany",
)  # fmt: skip
PEOPLE = ("anna", "piotr", "marta", "lucas", "carla", "edith", "yusuf", "ingrid", "wei", "tomas")
EVENTS = (
    "birthday", "sunday lunch", "first day", "visit", "graduation", "red team", "big day out", "table for two", "new job", "holiday",
)  # fmt: skip
PLACES = ("oslo", "naples", "crete", "brighton", "dublin", "quebec")


@dataclass(frozen=True)
class Kept:
    """One picture of the tree: where it lies, the file of the data it is, and the words printed on it by us."""

    path: str
    file: str
    printed: str = ""


def rows(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "annotations.jsonl").read_text("utf-8").splitlines()]


def plant(data: Path, tree: Path) -> list[Kept]:
    """Every picture of the tree; those missing on disk are written."""
    chance = random.Random(11)
    kept: list[Kept] = []
    for at, row in enumerate(sorted(rows(data / "photos"), key=lambda row: row["file"])):
        folder = chance.choice(FOLDERS)
        kind = chance.random()
        if kind < 0.35:
            name = f"IMG_{chance.randrange(1000, 9999)}.jpg"
        elif kind < 0.5:
            name = f"{chance.choice(('2018', '2020', '2023'))}{chance.randrange(101, 1299):04}_{at:03}.jpg"
        else:
            name = f"{chance.choice(EVENTS)} {chance.choice(PEOPLE)} {at}.jpg"
        place = chance.choice(PLACES) if at % 5 == 0 else ""
        kept.append(Kept(f"{folder}/{name}", row["file"], place))
        _write(data / "photos" / row["file"], tree / folder / name, place)
    for row in rows(data / "receipts"):
        name = f"Scan_{chance.randrange(1000, 9999)}.jpg"
        kept.append(Kept(f"Scans/{name}", row["file"]))
        _write(data / "receipts" / row["file"], tree / "Scans" / name, "")
    return kept


def _write(source: Path, target: Path, printed: str) -> None:
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if not printed:
        target.write_bytes(source.read_bytes())
        return
    with Image.open(source) as opened:
        picture = opened.convert("RGB")
    height = max(28, picture.height // 11)
    postcard = Image.new("RGB", (picture.width, picture.height + height), "white")
    postcard.paste(picture, (0, 0))
    text = f"GREETINGS FROM {printed.upper()}"
    ImageDraw.Draw(postcard).text(
        (12, picture.height + height // 6), text, fill="black", font=ImageFont.load_default(size=height * 0.6)
    )
    postcard.save(target, quality=92)
