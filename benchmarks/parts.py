"""Searching by a part of a picture: python -m benchmarks.parts ../shared/data/photos

The part is the largest box of a thing in a photo whose things are known, where it has 3 to 60 % of it. Right are the other
photos that show such a thing; people, who are in every third one, are left out. "Told apart" is how often a photo with that
thing lies nearer than one that has, instead of it, another thing of the same photo: half the time for a search that does not
care which part was meant. The parts of every second photo choose, those of the others report.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.similar import f_half
from search.cutoff import threshold
from vlm import Embedder, load_embedder

LEAST, MOST, SIDE = 0.03, 0.6, 24
WHOLE = 9.0
Rows = NDArray[np.float32]
Cut = Callable[[Rows, float], float]
"""Cosines of all pictures, best first, and their mean, to the least cosine of a match."""

# What is looked at: one or more views, each with this margin (a share of the longer side); vectors are averaged.
WAYS: dict[str, tuple[float, ...]] = {
    "as drawn": (0,),
    **{f"with a margin of {m}": (m,) for m in (0.1, 0.25, 0.5)},
    **{f"both, {m}": (0, m) for m in (0.1, 0.25, 0.5)},
    "both, all of the photo": (0, WHOLE),
    "all of the photo": (WHOLE,),
}
SHARES = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
CUTS: dict[str, Cut] = {
    "own scores": lambda found, _: threshold(found.tolist()),
    **{f"share {s}": lambda _, mean, s=s: mean + s * (1 - mean) for s in SHARES},
    **{f"share {s} or the first": lambda found, mean, s=s: min(mean + s * (1 - mean), float(found[0])) for s in SHARES},
    **{
        f"{s} of the first": lambda found, mean, s=s: mean + s * (float(found[0]) - mean)
        for s in (0.5, 0.6, 0.7, 0.8, 0.9)
    },
    **{f"fixed {t}": lambda *_, t=t: t for t in (0.4, 0.45, 0.5, 0.55, 0.6, 0.65)},
}


@dataclass(frozen=True)
class Part:
    """A thing with its box in the photo at `row`; which photos show such things, and the same of each other thing beside it."""

    row: int
    box: tuple[float, float, float, float]
    showing: NDArray[np.bool_]
    others: list[NDArray[np.bool_]]

    @property
    def right(self) -> NDArray[np.bool_]:
        """The other photos that show such a thing."""
        return np.asarray(self.showing & (np.arange(len(self.showing)) != self.row))


def main() -> None:
    folder = Path(sys.argv[1])
    embedder = load_embedder("mini")
    lines = (folder / "annotations.jsonl").read_text("utf-8").splitlines()
    photos = sorted((p for p in map(json.loads, lines) if p["objects_known"]), key=lambda photo: photo["file"])
    pictures = [Image.open(folder / photo["file"]).convert("RGB") for photo in photos]
    rows = np.concatenate([embedder.embed_pictures([picture]) for picture in pictures])
    asked = list(parts(photos, pictures))
    print(f"{len(photos)} photos, {len(asked)} parts. Choosing | reporting:")
    print(f"{'looked at':24} itself first, P@5, nDCG@10, told apart")
    seen = {way: cosines(asked, pictures, rows, embedder, margins) for way, margins in WAYS.items()}
    for way, found in seen.items():
        print(f"{way:24} " + " | ".join(figures(ranked(*half)) for half in halves(asked, found)))
    for way in ("as drawn", "both, 0.25"):
        print(f"\n{way}: {'cut-off':11} balance, F0.5, silence, itself shown, matches")
        table = {name: [cut_off(*half, cut) for half in halves(asked, seen[way])] for name, cut in CUTS.items()}
        for name, told in sorted(table.items(), key=lambda line: -line[1][0][0]):
            print(f"{name:24} " + " | ".join(map(figures, told)))


def parts(photos: list[dict[str, Any]], pictures: list[Image.Image]) -> Iterator[Part]:
    labels = [{thing["label"] for thing in photo["objects"]} - {"person"} for photo in photos]
    showing = {label: np.array([label in each for each in labels]) for label in set().union(*labels)}
    for row, (photo, picture) in enumerate(zip(photos, pictures, strict=True)):
        for label in sorted(labels[row]):
            things = [t for t in photo["objects"] if t["label"] == label and not t["iscrowd"]]
            sizes = [(t["box_xyxy"][2] - t["box_xyxy"][0], t["box_xyxy"][3] - t["box_xyxy"][1]) for t in things]
            if not things:
                continue
            at = max(range(len(things)), key=lambda n: sizes[n][0] * sizes[n][1])
            share = sizes[at][0] * sizes[at][1] / (picture.width * picture.height)
            if LEAST <= share <= MOST and min(sizes[at]) >= SIDE:
                yield Part(row, things[at]["box_xyxy"], showing[label], [showing[one] for one in labels[row] - {label}])


def cosines(
    asked: list[Part], pictures: list[Image.Image], rows: Rows, embedder: Embedder, margins: tuple[float, ...]
) -> Rows:
    """Of each part with every photo."""
    made = []
    for part in asked:
        picture, (left, top, right, bottom) = pictures[part.row], part.box
        longer = max(right - left, bottom - top)
        views = [
            picture.crop((
                round(max(left - m * longer, 0)), round(max(top - m * longer, 0)),
                round(min(right + m * longer, picture.width)), round(min(bottom + m * longer, picture.height)),
            ))
            for m in margins
        ]  # fmt: skip
        mean = embedder.embed_pictures(views).mean(axis=0)
        made.append(rows @ (mean / np.linalg.norm(mean)))
    return np.stack(made)


def halves(asked: list[Part], found: Rows) -> list[tuple[list[Part], Rows]]:
    """The parts that choose and those that report."""
    return [
        ([asked[at] for at in these], found[these])
        for these in ([at for at, part in enumerate(asked) if part.row % 2 == half] for half in (0, 1))
    ]


def ranked(asked: list[Part], found: Rows) -> tuple[float, ...]:
    own, five, ten, apart = [], [], [], []
    discounts = 1 / np.log2(np.arange(2, 12))
    for part, row in zip(asked, found, strict=True):
        own.append(float(row.argmax() == part.row))
        if part.right.any():
            gains = part.right[[at for at in np.argsort(-row) if at != part.row]][:10]
            five.append(gains[:5].mean())
            ten.append((gains * discounts).sum() / discounts[: int(part.right.sum())].sum())
        for other in part.others:
            nearer = row[part.showing & ~other][:, None] > row[other & ~part.showing][None]
            apart += [nearer.mean()] if nearer.size else []
    return tuple(float(np.mean(each)) for each in (own, five, ten, apart))


def cut_off(asked: list[Part], found: Rows, cut: Cut) -> tuple[float, ...]:
    """Balance is the harmonic mean of F0.5 and of silence: nothing but the photo itself in a library without right ones."""
    right, silent, itself, many = [], [], [], []
    for part, row in zip(asked, found, strict=True):
        if part.right.any():
            shown = row >= cut(np.sort(row)[::-1], float(row.mean()))
            right.append(f_half(shown, part.showing))
            itself.append(float(shown[part.row]))
            many.append(shown.sum())
        rest = row[~part.right]
        silent.append(float((rest >= cut(np.sort(rest)[::-1], float(rest.mean()))).sum() <= 1))
    f, s = float(np.mean(right)), float(np.mean(silent))
    return 2 * f * s / max(f + s, 1e-9), f, s, float(np.mean(itself)), float(np.mean(many))


def figures(values: tuple[float, ...]) -> str:
    return " ".join(f"{value:.3f}" for value in values)


if __name__ == "__main__":
    main()
