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
from indexer.rows import utc
from search.library import Library
from tests.small import ColourEmbedder

CAMERAS = ("Canon EOS 5D", "NIKON D90", "Apple iPhone 12", "Google Pixel 7", None)
COLOURS = ("red", "orange", "yellow", "green", "teal", "blue", "purple", "brown", "black", "white", "grey")


def fill(catalog: Catalog, count: int) -> None:
    """Fifteen years of pictures in 540 folders, five tags each of 1,536."""
    chance = random.Random(1)
    columns = "id, root_id, path, folder, name, hash, size, mtime_ns, width, height, format, moment, camera, orientation, colours, added_at"
    with catalog.connections.writing() as db:
        db.execute("INSERT INTO roots (id, path) VALUES (1, '/pictures')")
        for i in range(1, count + 1):
            ns = (1_262_304_000 + i * 15 * 365 * 86_400 // count) * 10**9
            at, folder = utc(ns), f"{utc(ns)[:4]}/trip {utc(ns)[5:7]}{'abc'[i % 3]}"
            colours = json.dumps([[name, [1, 2, 3], 0.3] for name in chance.sample(COLOURS, 3)])
            row = (i, 1, f"{folder}/{i}.jpg", folder, f"{i}.jpg", f"{i:064x}", 3_000_000, ns, 4000, 3000, "jpeg", at,
                   chance.choice(CAMERAS), 1, colours, at)  # fmt: skip
            db.execute(f"INSERT INTO pictures ({columns}) VALUES ({', '.join('?' * 16)})", row)
            tags = {f"word{int(min(1535, chance.expovariate(1 / 60)))}" for _ in range(5)}
            sql = "INSERT INTO texts (picture_id, kind, text, model, revision, prompt_version, created_at, lines) "
            db.executemany(f"{sql} VALUES (?, 'tag', ?, 'mini', '1', '', ?, '[]')", [(i, tag, at) for tag in tags])


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
            print(f"the first time: {took(library.facets):.0f} ms")
            for query in ("", "year:2015", "camera:canon"):
                print(f"facets {query!r}: {min(took(lambda q=query: library.facets(q)) for _ in range(5)):.0f} ms")
            print(f"timeline: {min(took(library.timeline) for _ in range(5)):.0f} ms")


if __name__ == "__main__":
    main()
