"""Filters that keep few of many pictures: are the results those of brute force, and how long do they take?

python -m benchmarks.filtering FOLDER [--count 100000]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from indexer.catalog import Catalog
from indexer.filters import Filter
from indexer.local import LocalStore
from indexer.manifest import Manifest, write_manifest
from indexer.records import Exif, NewPicture
from search.parser import parse

DIM, DEPTH, QUERIES = 256, 50, 40
# what each filter keeps of the pictures, as the generator below makes them
FILTERS = {
    "none": "in:nowhere",
    "one": "name:picture_041999.jpg",
    "ten": "camera:rare",
    "1 in 1,000": "year:1999",
    "1 in 1,000, of three conditions": "year:1999 size:>1mp -type:gif",
    "1 in 1,000, by either": "in:seldom/a or in:seldom/b",
    "half": "type:png",
    "all": "",
}


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("folder", type=Path)
    ask.add_argument("--count", type=int, default=100_000)
    args = ask.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    manifest = Manifest("benchmark", "1", DIM)
    write_manifest(args.folder, manifest)
    store = LocalStore(args.folder, Catalog.open(args.folder / "catalog.sqlite"), manifest)
    rng = np.random.default_rng(0)
    vectors = unit(rng.normal(size=(args.count, DIM)).astype(np.float32))
    ids = fill(store, vectors)
    store.rebuild()
    queries = unit(rng.normal(size=(QUERIES, DIM)).astype(np.float32))
    stored = store.vectors(ids.tolist())
    print("| filter | keeps | filter, ms | filter and search, ms (median, worst) | equal to brute force |")
    print("|---|---|---|---|---|")
    for name, typed in FILTERS.items():
        tell(name, store, parse(typed).filters, ids, stored, queries)


def tell(name: str, store: LocalStore, kept: Filter, ids: np.ndarray, stored: np.ndarray, queries: np.ndarray) -> None:
    """One row: `stored` are the (n, dim) vectors of `ids`."""
    filtering, searching, equal = [], [], 0
    for query in queries:
        started = time.perf_counter()
        among = store.filter(kept)
        filtering.append(1000 * (time.perf_counter() - started))
        found, cosines = store.dense(query, DEPTH, among)
        searching.append(1000 * (time.perf_counter() - started))
        inside = np.ones(len(ids), bool) if among is None else np.isin(ids, among)
        right = np.sort((stored[inside] @ query).astype(np.float64))[::-1][:DEPTH]
        # equal scores may come in any order, and half precision rounds: the scores are compared, and that each is kept
        same = len(found) == len(right) and np.allclose(cosines, right, atol=2e-3)
        equal += bool(same and np.isin(found, ids[inside]).all())
    count = len(ids) if among is None else len(among)
    print(
        f"| {name} | {count} | {np.median(filtering):.1f} | {np.median(searching):.1f}, {max(searching):.1f} | "
        f"{equal} of {len(queries)} |",
        flush=True,
    )


def fill(store: LocalStore, vectors: np.ndarray) -> np.ndarray:
    """Pictures without files; returns their ids."""
    root = store.catalog.roots.add("/benchmark")
    made: list[int] = []
    for at in range(0, len(vectors), 2000):
        batch = [(picture(root, i), vectors[i]) for i in range(at, min(at + 2000, len(vectors)))]
        made += store.catalog.put(store.model_id, batch, "2026-01-01T00:00:00+00:00")
    return np.array(made)


def picture(root: int, i: int) -> NewPicture:
    folder = ("seldom/a" if i % 4000 == 0 else "seldom/b") if i % 1000 == 0 and i % 2000 == 0 else f"often/{i % 50}"
    year = 1999 if i % 1000 == 7 else 2000 + i % 24
    exif = Exif(f"{year}-06-01T12:00:00", "Rare Camera" if i % 10_000 == 3 else "Common Camera")
    name = f"{folder}/picture_{i:06d}.jpg"
    return NewPicture(root, name, f"{i:032x}", 2_000_000, 0, 1600, 1200, "png" if i % 2 else "jpeg", exif, ())


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


if __name__ == "__main__":
    main()
