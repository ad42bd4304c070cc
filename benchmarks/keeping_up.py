"""What a second run over a library costs: nothing changed, files renamed, a root away and back.

    python -m benchmarks.keeping_up --files 20000 --renamed 500

Counts what the run does to the pictures: files opened (by Python's own audit events) and pictures given to the model.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from imsearch import Library
from vlm import Embedder


class Counted:
    """An embedder that counts the pictures it is given."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.pictures = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._embedder, name)

    def embed_pictures(self, pictures: Any) -> Any:
        self.pictures += len(pictures)
        return self._embedder.embed_pictures(pictures)


def draw(folder: Path, files: int, distinct: int = 200) -> None:
    """Small files of a few contents: what is measured here does not depend on what they show."""
    contents = []
    for i in range(distinct):
        path = folder / f"{i}.png"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.random.default_rng(i).integers(0, 255, (48, 64, 3), np.uint8)).save(path)
        contents.append(path.read_bytes())
        path.unlink()
    for i in range(files):
        path = folder / f"{i // 100:03}" / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents[i % distinct])


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--files", type=int, default=20_000)
    ask.add_argument("--renamed", type=int, default=500)
    given = ask.parse_args()
    opened = 0
    with tempfile.TemporaryDirectory() as folder:
        pictures = Path(folder) / "pictures"
        draw(pictures, given.files)

        def watch(event: str, about: tuple[Any, ...]) -> None:
            nonlocal opened
            opened += event == "open" and str(about[0]).startswith(str(pictures))

        sys.addaudithook(watch)
        with Library.open(Path(folder) / "library", create=True, model="mini") as library:
            counted = Counted(library.embedder())
            in_use = library.in_use()
            in_use.give(counted)
            library._of_these_weights = lambda _: in_use  # type: ignore[method-assign]

            def run(name: str) -> None:
                nonlocal opened
                opened = counted.pictures = 0
                report = library.index([pictures], ocr=False)
                print(f"{name}: {report}; {opened} pictures opened, {counted.pictures} given to the model")

            run("first")
            run("nothing changed")
            for path in sorted(pictures.rglob("*.png"))[: given.renamed]:
                path.rename(path.with_name(f"renamed {path.name}"))
            run(f"{given.renamed} renamed")
            pictures.rename(Path(folder) / "away")
            run("root away")
            (Path(folder) / "away").rename(pictures)
            run("root back")


if __name__ == "__main__":
    main()
