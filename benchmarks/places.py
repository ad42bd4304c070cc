"""How long the pictures of a library of before wait for the names of their places, and searches of words before and after.

python -m benchmarks.places --pictures 80000

Made-up pictures with captions, taken round 400 real towns, most in few of them. CPU time; of searches the least of forty.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from indexer.catalog import Catalog
from indexer.content import refresh_words
from indexer.filters import condition
from indexer.gazetteer import Gazetteer

WORDS = "dog beach rome house car tree winter red blue sea party anna ferry snow cat".split()
QUERIES = ("dog beach", "ferry", "anna rome winter")


def fill(catalog: Catalog, count: int) -> None:
    """As an earlier imsearch left it: with coordinates, captions and full text, and without places."""
    chance, world = np.random.default_rng(1), Gazetteer()
    towns = chance.integers(0, len(world._towns), 400)
    share = 1 / np.arange(1, 401)
    at = towns[chance.choice(400, count, p=share / share.sum())]
    latitudes = (world._latitudes[at] + chance.normal(0, 0.04, count)).clip(-90, 90)
    longitudes = world._longitudes[at] + chance.normal(0, 0.04, count)
    pictures = (
        "INSERT INTO pictures (id, root_id, path, folder, name, hash, size, mtime_ns, width, height, format, moment, orientation, "
        "colours, added_at, latitude, longitude) VALUES (?, 1, ?, ?, ?, '', 1, 1, 4, 3, 'jpeg', '2020', 1, '[]', '', ?, ?)"
    )
    said = "INSERT INTO texts (picture_id, kind, text, model, revision, prompt_version, created_at, lines) VALUES (?, 'caption', ?, 'm', '', '', '', '[]')"
    with catalog.connections.writing() as db:
        db.execute("INSERT INTO roots (id, path) VALUES (1, '/pictures')")
        for i, where in enumerate(zip(latitudes.tolist(), longitudes.tolist(), strict=True), 1):
            db.execute(pictures, (i, f"{i % 300}/{i}.jpg", str(i % 300), f"{i}.jpg", *where))
            db.execute(said, (i, " ".join(chance.choice(WORDS, 6))))
        refresh_words(db, range(1, count + 1))


def searches(catalog: Catalog) -> str:
    """Each query with the ms that its words take."""
    told = []
    for query in QUERIES:
        took = []
        for _ in range(40):
            started = time.thread_time()
            catalog.lexical(query, 1000)
            took.append(time.thread_time() - started)
        told.append(f"{query} {1000 * min(took):.0f} ms")
    return ", ".join(told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=80_000)
    count = parser.parse_args().pictures
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog.open(Path(folder) / "catalog.sqlite")
        fill(catalog, count)
        print(f"before: {searches(catalog)}")
        started, at = time.process_time(), time.monotonic()
        catalog.places.seek(lambda _: None)
        took, passed = time.process_time() - started, time.monotonic() - at
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{count:,} pictures named: {took:.1f} s of CPU time ({passed:.1f} s), at most {peak} MB in all")
        print(f"after: {searches(catalog)}")
        started = time.thread_time()
        kept = catalog.filter(condition("place", "germany"))
        assert kept is not None
        print(f"place:germany: {len(kept):,} pictures, {1000 * (time.thread_time() - started):.1f} ms")
        catalog.close()


if __name__ == "__main__":
    main()
