"""A small real library, indexed with the colour embedder, for tests of the API and of the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from indexer.indexer import Indexer
from indexer.manifest import Manifest, write_manifest
from indexer.records import Text
from search.library import Library
from tests.conftest import paint
from tests.small import ColourEmbedder, write

EVIL = "<img src=x onerror=document.title='evil'>.png"


@dataclass
class Gallery:
    library: Library
    pictures: Path
    specs: tuple[str, ...] = ()  # models that its server is given

    def id(self, name: str) -> int:
        found = self.library.find(self.pictures / name)
        assert found
        return found.id


@contextmanager
def gallery(folder: Path) -> Iterator[Gallery]:
    """One red picture with its copy and one green, a yellow one with a name of markup, and two dozen blue: enough for a cut-off."""
    pictures, place = folder / "pictures", folder / "library"
    place.mkdir()
    write_manifest(place, Manifest("colour", "1", 4))
    for seed, colour in enumerate(["red", "green"]):
        paint(pictures / f"{colour}.png", colour, seed, (96, 64))
    (pictures / "scarlet.png").write_bytes((pictures / "red.png").read_bytes())
    paint(pictures / "yellow.png", "yellow", 2).rename(pictures / EVIL)
    for seed in range(3, 27):
        paint(pictures / f"sea {seed:02}.png", "blue", seed, (48, 64))
    with Library(place, Manifest("colour", "1", 4), ColourEmbedder()) as library:
        Indexer(library.store, library.embedder).run([pictures])
        made = Gallery(library, pictures)
        write(library.store.catalog, Text(made.id("red.png"), "ocr", "EXIT <b>this</b> way", "rapidocr"))
        yield made
