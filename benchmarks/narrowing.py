"""How long counting what a result can be narrowed by takes: a made-up catalog, no pictures. CPU time, best of five.

python -m benchmarks.narrowing --pictures 100000
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from indexer.catalog import Catalog
from indexer.manifest import Manifest, write_manifest
from indexer.rows import file_time
from search.library import Library
from search.parser import parse
from tests.small import ColourEmbedder

CAMERAS = ("Canon EOS 5D", "NIKON D90", "Apple iPhone 12", "Google Pixel 7", None)
THINGS = ("dog", "cat", "car", "chair", "table", "bicycle", "boat", "bird")
COLOURS = ("red", "orange", "yellow", "green", "teal", "blue", "purple", "brown", "black", "white", "grey")


def fill(catalog: Catalog, count: int, root: str = "/pictures", told: bool = True) -> None:
    """Fifteen years of pictures in 540 folders, six in ten with their place, in 60 towns; `told`: five tags each of 1,536."""
    chance = random.Random(1)
    towns = [(chance.uniform(-50, 60), chance.uniform(-180, 180)) for _ in range(60)]
    columns = "id, root_id, path, folder, name, hash, size, mtime_ns, width, height, format, moment, camera, orientation, colours, added_at, latitude, longitude"
    said = "INSERT INTO texts (picture_id, kind, text, model, revision, prompt_version, created_at, lines) VALUES (?, ?, ?, 'mini', '1', '', ?, '[]')"
    seen = "INSERT INTO objects (picture_id, label, score, x1, y1, x2, y2, model, revision, created_at) VALUES (?, ?, 0.9, 0, 0, 9, 9, 'yolox', '1', ?)"
    with catalog.connections.writing() as db:
        db.execute("INSERT INTO roots (id, path) VALUES (1, ?)", (root,))
        for i in range(1, count + 1):
            ns = (1_262_304_000 + i * 15 * 365 * 86_400 // count) * 10**9
            at = file_time(ns) or ""
            folder = f"{at[:4]}/trip {at[5:7]}{'abc'[i % 3]}"
            colours = json.dumps([[name, [1, 2, 3], 0.3] for name in chance.sample(COLOURS, 3)])
            row = (i, 1, f"{folder}/{i}.jpg", folder, f"{i}.jpg", f"{i:064x}", 3_000_000, ns, 4000, 3000, "jpeg", at,
                   chance.choice(CAMERAS), 1, colours, at, *place(chance, towns))  # fmt: skip
            db.execute(f"INSERT INTO pictures ({columns}) VALUES ({', '.join('?' * 18)})", row)
            if not told:
                continue
            tags = {f"word{int(min(1535, chance.expovariate(1 / 60)))}" for _ in range(5)}
            db.executemany(said, [(i, "tag", tag, at) for tag in tags])
            db.executemany(
                said,
                [
                    (i, kind, f"{kind} {i}", at)
                    for kind, part in (("caption", 0.8), ("ocr", 0.2))
                    if chance.random() < part
                ],
            )
            things = ["person"] * max(0, chance.randint(-4, 6)) + chance.sample(THINGS, chance.randint(0, 3))
            db.executemany(seen, [(i, thing, at) for thing in things])


def place(chance: random.Random, towns: list[tuple[float, float]]) -> tuple[float | None, float | None]:
    """Some kilometres round one of the towns; the first ones are where most pictures were taken."""
    if chance.random() > 0.6:
        return None, None
    latitude, longitude = towns[int(min(59, chance.expovariate(1 / 8)))]
    return chance.gauss(latitude, 0.05), max(-180.0, min(180.0, chance.gauss(longitude, 0.05)))


def took(what: Callable[[], object]) -> float:
    """Milliseconds."""
    started = time.process_time()
    what()
    return 1000 * (time.process_time() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=100_000)
    count = parser.parse_args().pictures
    with tempfile.TemporaryDirectory() as folder:
        place, manifest = Path(folder), Manifest("colour", "1", 4)
        write_manifest(place, manifest)
        with Library(place, manifest, ColourEmbedder()) as library:
            fill(library.store.catalog, count)
            library.store.catalog.places.seek(lambda _: None)
            print(f"the first time: {took(library.facets):.0f} ms")
            for query in ("", "year:2015", "camera:canon"):
                print(f"facets {query!r}: {min(took(lambda q=query: library.facets(q)) for _ in range(5)):.0f} ms")
            for query in ("tag:word3", "-tag:word3"):
                kept = parse(query).filters
                print(f"filter {query!r}: {min(took(lambda k=kept: library.store.filter(k)) for _ in range(5)):.0f} ms")
            print(f"timeline: {min(took(library.timeline) for _ in range(5)):.0f} ms")


if __name__ == "__main__":
    main()
