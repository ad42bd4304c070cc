"""Are copies and bursts folded, and never two different pictures? python -m benchmarks.folding ../shared/data --work DIR

Two libraries with `mini`. Photos: 202, of which half (chosen by --half) have copies (saved anew, made smaller), bursts of
three frames (moved by up to 3 %, turned by up to 1 degree, as a hand does) and edited copies; and 1,000 other photos.
Papers, as a scanner with a feeder writes them, one a second: receipts, pages of text, one form filled in by many; each with
a copy. Every picture is searched for at once; a folded picture is right when it comes from the same original.
"""

from __future__ import annotations

import argparse
import gzip
import io
import random
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from benchmarks.variants import KINDS
from imsearch import Library

A4 = (827, 1169)
START = datetime(2024, 1, 1)  # noqa: DTZ001 - cameras write no zone
EDITED = ("crop", "rotate", "border", "watermark", "mirror")
# What should be one hit: pictures of these kinds, of one original. The last is told for completeness: they need not.
FAMILIES: dict[str, tuple[str, ...]] = {
    "copies": ("photo", "re-encode", "resize", "scan", "copy"),
    "bursts": ("burst",),
    "edited copies": ("photo", *EDITED),
}


def exif(camera: str, at: datetime) -> Image.Exif:
    made = Image.Exif()
    made[0x0110] = camera
    made.get_ifd(0x8769)[0x9003] = at.strftime("%Y:%m:%d %H:%M:%S")
    return made


def draw_photos(data: Path, root: Path, half: str, chance: random.Random) -> None:
    """ORIGINAL__KIND.jpg for each; the others are their own originals."""
    photos = sorted((data / "photos").glob("*.jpg"))
    random.Random(0).shuffle(photos)
    for photo in photos:
        shutil.copy(photo, root / f"{photo.stem}__photo.jpg")
    middle = len(photos) // 2
    for at, photo in enumerate(photos[:middle] if half == "choosing" else photos[middle:]):
        with Image.open(photo) as opened:
            picture = opened.convert("RGB")
        for kind in ("re-encode", "resize", EDITED[at % len(EDITED)]):
            made, ending, quality = KINDS[kind](picture, chance)
            made.save(root / f"{photo.stem}__{kind}.{ending}", quality=quality)
        taken = START + timedelta(hours=at)
        for frame in range(3 if at % 2 else 0):
            angle, wide, high = chance.uniform(-1, 1), picture.width, picture.height
            left, top = chance.uniform(0.01, 0.04) * wide, chance.uniform(0.01, 0.04) * high
            box = (round(left), round(top), round(left + 0.95 * wide), round(top + 0.95 * high))
            shot = (
                picture.rotate(angle, Image.Resampling.BICUBIC).crop(box).point(_brighter(chance.uniform(0.95, 1.05)))
            )
            shot.save(
                root / f"{photo.stem}__burst{frame}.jpg",
                quality=92,
                exif=exif("Camera", taken + timedelta(seconds=frame)),
            )
    import pyarrow.parquet

    for at, row in enumerate(pyarrow.parquet.read_table(data / "flickr8k_dev.parquet").to_pylist()):
        with Image.open(io.BytesIO(row["image"])) as opened:
            opened.convert("RGB").save(root / f"flickr{at}__photo.jpg", quality=90)


def _brighter(by: float) -> list[int]:
    return [min(255, round(level * by)) for level in range(256)] * 3


def draw_papers(data: Path, root: Path, half: str, chance: random.Random) -> None:
    with gzip.open(data / "texts.txt.gz", "rt", encoding="utf-8") as file:
        lines = file.read().split("\n")
    receipts = sorted((data / "receipts").glob("*.jpg"))[half == "choosing" :: 2]
    pages = (*_receipts(receipts), *_pages(lines, chance), *_forms(lines, chance))
    for at, (name, page) in enumerate(pages):
        page.save(root / f"{name}__scan.jpg", quality=90, exif=exif("Scanner", START + timedelta(seconds=at)))
        page.resize((620, 877)).save(root / f"{name}__copy.jpg", quality=50)


def _receipts(files: list[Path]) -> Iterator[tuple[str, Image.Image]]:
    for file in files:
        with Image.open(file) as opened:
            small = opened.convert("RGB")
        small.thumbnail((A4[0], A4[1] - 60))
        page = Image.new("RGB", A4, "white")
        page.paste(small, ((A4[0] - small.width) // 2, 30))
        yield file.stem, page


def _pages(lines: list[str], chance: random.Random) -> Iterator[tuple[str, Image.Image]]:
    for number in range(16):
        page, font = Image.new("RGB", A4, "white"), ImageFont.load_default(size=20)
        for row in range(chance.randint(20, 36)):
            ImageDraw.Draw(page).text((80, 80 + 27 * row), chance.choice(lines)[:60], "black", font)
        yield f"page{number}", page


def _forms(lines: list[str], chance: random.Random) -> Iterator[tuple[str, Image.Image]]:
    asked = ("Name", "Address", "Town", "Subject", "Remarks", "Signed")
    for number in range(16):
        page, font = Image.new("RGB", A4, "white"), ImageFont.load_default(size=24)
        draw = ImageDraw.Draw(page)
        draw.text((250, 60), "APPLICATION FORM 7B", "black", ImageFont.load_default(size=32))
        for row, field in enumerate(asked):
            draw.rectangle((60, 160 + 140 * row, 760, 260 + 140 * row), outline="black", width=3)
            draw.text((75, 170 + 140 * row), f"{field}:", "black", font)
            draw.text((90, 210 + 140 * row), chance.choice(lines)[:40], "black", font)
        yield f"form{number}", page


def measure(library: Library, verbose: bool) -> None:
    search = {"mode": "dense", "limit": 10_000}
    started = time.perf_counter()
    hits = library.search("", fold=True, **search).hits  # type: ignore[arg-type]
    wall = time.perf_counter() - started
    wrong = []
    shown: dict[str, dict[str, set[int]]] = {family: defaultdict(set) for family in FAMILIES}
    count: dict[str, Counter[str]] = {family: Counter() for family in FAMILIES}
    for hit in hits:
        originals = set()
        for picture in (hit.picture, *hit.folded):
            original, _, kind = picture.path.rpartition("/")[2].partition("__")
            originals.add(original)
            for family, kinds in FAMILIES.items():
                if kind.startswith(kinds):
                    shown[family][original].add(hit.rank)
                    count[family][original] += 1
        if len(originals) > 1:
            wrong.append(originals)
    every = library.store.count()
    print(
        f"{every} pictures, {len(hits)} hits, {every - len(hits)} folded in {1000 * wall:.0f} ms; wrong: {len(wrong)}"
    )
    for family, of in shown.items():
        several = [original for original in of if count[family][original] > 1]
        if several:
            whole = sum(len(of[original]) == 1 for original in several)
            print(f"{family}: {whole} of {len(several)} under one hit")
    for originals in wrong if verbose else ():
        print("   wrong:", *originals)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("data", type=Path)
    ask.add_argument("--work", type=Path, required=True)
    ask.add_argument("--half", choices=["choosing", "reporting"], default="reporting")
    ask.add_argument("--verbose", action="store_true")
    given = ask.parse_args()
    for kind, draw in (("photos", draw_photos), ("papers", draw_papers)):
        root = given.work.absolute() / f"{kind}-{given.half}"
        if not root.exists():
            root.mkdir(parents=True)
            draw(given.data, root, given.half, random.Random(1 if given.half == "choosing" else 2))
        with Library.open(root.with_name(f"{root.name}-library"), create=True, model="mini") as library:
            library.index([root], ocr=kind == "papers")
            print(f"\n{kind}, {given.half} half")
            measure(library, given.verbose)


if __name__ == "__main__":
    main()
