"""Are copies of photos found, and only copies? And what does the neighbour search cost?

    python -m benchmarks.duplicates PHOTOS --variants 300
    python -m benchmarks.duplicates PHOTOS --variants 300 --half choosing
    python -m benchmarks.duplicates --vectors images.npy --count 200000

Half of the photos (drawn at random) is for choosing numbers, the other for reporting; each gets half of the variants.
The library holds both, so that every photo has all others to be confused with. A pair of files in one group is right
when both come from one photo. "Found" counts the variants that are in one group with their photo.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.spread import real_vectors, spread
from benchmarks.variants import KINDS, draw_variants
from imsearch import Library
from indexer.duplicates import Found, Tier, candidates, find_duplicates
from indexer.duplicates.candidates import NEIGHBOURS, unrelated
from indexer.duplicates.finder import TIERS
from indexer.duplicates.perceptual import VERSION
from search.searcher import MOST


def measure(given: argparse.Namespace) -> None:
    if given.large:
        candidates.FEW = 0
    photos = sorted(path for path in given.photos.iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    random.Random(given.seed).shuffle(photos)
    half = len(photos) // 2
    halves = {"choosing": photos[:half], "reporting": photos[half:]}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "pictures"
        (root / "photos").mkdir(parents=True)
        for photo in photos:
            shutil.copy(photo, root / "photos" / photo.name)
        origin = {str(root / "photos" / photo.name): (photo.name, "photo") for photo in photos}
        count = given.variants // 2
        for number, (name, some) in enumerate(halves.items()):
            for path, photo_name, kind in draw_variants(some, root / name, count, given.seed + number + 1):
                origin[str(path)] = (photo_name, kind)
        for number, photo in enumerate(halves[given.half][:30]):
            twin = root / "twins" / f"{number}.jpg"
            twin.parent.mkdir(exist_ok=True)
            shutil.copy(photo, twin)
            origin[str(twin)] = (photo.name, "twin")
        if given.others:
            shutil.copytree(given.others, root / "others")
            origin |= {str(path): (path.name, "other") for path in (root / "others").iterdir()}
        with Library.open(Path(folder) / "library", create=True, model=given.model) as library:
            library.index([root], ocr=False)
            started, cpu = time.monotonic(), time.process_time()
            found = find_duplicates(library.store)
            wall, cpu = time.monotonic() - started, time.process_time() - cpu
            again = time.process_time()
            find_duplicates(library.store)
            again = time.process_time() - again
            pairs = len(library.store.catalog.marks.compared(VERSION))
            print(
                f"{len(origin)} files, {pairs} pairs compared: {wall:.1f} s, {cpu:.1f} s of CPU; once more {again:.2f} s of CPU"
            )
            looked_at = {photo.name for photo in halves[given.half]}
            report(found, origin, looked_at, given.verbose)
            usual(library, origin, looked_at)


def report(found: Found, origin: dict[str, tuple[str, str]], looked_at: set[str], verbose: bool) -> None:
    together: dict[Tier, set[tuple[str, str]]] = defaultdict(set)
    best = []
    for group in found.groups:
        for a, b in combinations(sorted(picture.path for picture in group.pictures), 2):
            together[group.tier].add((a, b))
        if group.tier == "same" and origin[group.best.path][0] in looked_at:
            best.append(origin[group.best.path][1])
    narrower: set[tuple[str, str]] = set()
    print("| tier | pairs | right | precision |\n| --- | --- | --- | --- |")
    for tier in TIERS:
        pairs = [
            pair for pair in together[tier] - narrower if looked_at & {origin[path][0] for path in pair}
        ]  # fmt: skip
        wrong = [pair for pair in pairs if origin[pair[0]][0] != origin[pair[1]][0]]
        right = len(pairs) - len(wrong)
        print(f"| {tier} | {len(pairs)} | {right} | {right / len(pairs) if pairs else 1:.3f} |")
        narrower |= together[tier]
        for pair in wrong if verbose else ():
            print("   wrong:", *(f"{Path(path).name} ({origin[path][0]})" for path in pair))
    photo_of = {name: path for path, (name, kind) in origin.items() if kind == "photo"}
    print("| variant | drawn | identical | same | similar or closer |\n| --- | --- | --- | --- | --- |")
    for kind in (*KINDS, "twin"):
        made = [(path, name) for path, (name, of) in origin.items() if of == kind and name in looked_at]
        shares = []
        seen: set[tuple[str, str]] = set()
        for tier in TIERS:
            seen |= together[tier]
            hits = [tuple(sorted((path, photo_of[name]))) in seen for path, name in made]
            shares.append(sum(hits) / max(1, len(hits)))
            if verbose and tier == "same":
                print("   missed:", [Path(path).name for (path, _), hit in zip(made, hits, strict=True) if not hit])
        print(f"| {kind} | {len(made)} | {' | '.join(f'{share:.3f}' for share in shares)} |")
    counts = {kind: best.count(kind) for kind in sorted(set(best))}
    print(f"suggested as the best of {len(best)} groups of the same picture: {counts}")


def usual(library: Library, origin: dict[str, tuple[str, str]], looked_at: set[str]) -> None:
    """What the usual ways find among the same files: a perceptual hash of 64 bits, and a fixed cosine."""
    pictures = {picture.path: picture for picture in (hit.picture for hit in library.search("", limit=MOST).hits)}
    paths = list(pictures)
    place = {path: at for at, path in enumerate(paths)}
    hashes = np.stack([perceptual_hash(library.store.thumbnail(pictures[path])) for path in paths])
    vectors = library.store.vectors([pictures[path].id for path in paths])
    photo_of = {name: place[path] for path, (name, kind) in origin.items() if kind == "photo"}
    print("| variant | 64-bit hash, 10 bits off | cosine 0.90 |\n| --- | --- | --- |")
    for kind in KINDS:
        made = [
            (place[path], photo_of[name]) for path, (name, of) in origin.items() if of == kind and name in looked_at
        ]
        one, other = np.array(made).T
        near = (hashes[one] != hashes[other]).sum(1) <= 10
        alike = (vectors[one] * vectors[other]).sum(1) >= 0.9
        print(f"| {kind} | {near.mean():.3f} | {alike.mean():.3f} |")
    names = np.array([origin[path][0] for path in paths])
    apart = np.triu(names[:, None] != names[None, :], 1)
    wrong = [((hashes[:, None] != hashes[None]).sum(2) <= 10)[apart].sum(), (vectors @ vectors.T >= 0.9)[apart].sum()]
    print(f"wrong pairs: {wrong[0]} by the hash, {wrong[1]} by the cosine")


def perceptual_hash(thumbnail: Path) -> NDArray[np.bool_]:
    """(64) bits: which of the lowest frequencies of a 32 x 32 copy lie above their median (as the package ImageHash does it)."""
    grey = cv2.resize(cv2.imread(str(thumbnail), cv2.IMREAD_GRAYSCALE), (32, 32), interpolation=cv2.INTER_AREA)
    low = cv2.dct(np.float32(grey))[:8, :8].ravel()
    return np.asarray(low > np.median(low))


def time_neighbours(given: argparse.Namespace) -> None:
    from indexer.vectors.faiss import nearest_of_all

    rows = spread(real_vectors(given.vectors), given.count - given.count // 20)
    chance = np.random.default_rng(1)
    # One in twenty is a near copy of another, as after saving it anew (cosine about 0.97).
    at = chance.integers(len(rows), size=given.count // 20)
    noise = chance.normal(0, 0.25 / np.sqrt(rows.shape[1]), (len(at), rows.shape[1])).astype(np.float32)
    copies = rows[at] + noise
    copies /= np.linalg.norm(copies, axis=1, keepdims=True)
    rows = np.concatenate([rows, copies])
    started, cpu = time.monotonic(), time.process_time()
    places, scores = nearest_of_all(rows, NEIGHBOURS + 1)
    wall, cpu = time.monotonic() - started, time.process_time() - cpu
    first = len(rows) - len(at)
    found = (places[first:] == at[:, None]).any(1)
    some = chance.choice(len(rows), 500, replace=False)
    truth = np.argsort(-(rows[some] @ rows.T), axis=1)[:, : NEIGHBOURS + 1]
    shared = [len(set(a) & set(b)) / len(b) for a, b in zip(places[some].tolist(), truth.tolist(), strict=True)]
    print(f"{len(rows):,} vectors: {wall:.1f} s ({cpu:.1f} s of CPU); {found.mean():.4f} of {len(at):,} copies found "
          f"(cosine {np.einsum('ij,ij->i', rows[at], copies).mean():.3f}); recall@{NEIGHBOURS + 1} {np.mean(shared):.3f}; "
          f"unrelated pictures are {unrelated(rows):.3f} apart; nearest {np.median(scores[:, 1]):.3f}")  # fmt: skip


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("photos", type=Path, nargs="?")
    ask.add_argument("--variants", type=int, default=300)
    ask.add_argument("--half", choices=["choosing", "reporting"], default="reporting")
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--model", default="mini")
    ask.add_argument("--others", type=Path, help="a folder of further pictures, none of which is twice there")
    ask.add_argument("--large", action="store_true", help="compare no more than in a library of over 2,000 pictures")
    ask.add_argument("--verbose", action="store_true")
    ask.add_argument("--vectors", help="FILE.npy or FILE.npz:KEY, to time the neighbour search on")
    ask.add_argument("--count", type=int, default=200_000)
    given = ask.parse_args()
    if given.vectors:
        time_neighbours(given)
    else:
        measure(given)


if __name__ == "__main__":
    main()
