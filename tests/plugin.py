"""A second real model for tests that start processes: the colour embedder, installed as a package of its own would be."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from tests.small import ColourChat, ColourEmbedder
from vlm.protocols import Vectors


class InstalledColours(ColourEmbedder):
    """COLOUR_LOG: a file that hears how many pictures each batch has. COLOUR_PAUSE: how long a batch takes. COLOUR_REVISION: its weights."""

    @property
    def revision(self) -> str:
        return os.environ.get("COLOUR_REVISION", "1")

    def embed_pictures(self, pictures: Sequence[Image.Image]) -> Vectors:
        if "COLOUR_LOG" in os.environ:
            with Path(os.environ["COLOUR_LOG"]).open("a") as log:
                log.write(f"{len(pictures)}\n")
        time.sleep(float(os.environ.get("COLOUR_PAUSE", "0")))
        return super().embed_pictures(pictures)


def register(put: Callable[[str, Callable[[str], ColourEmbedder]], None]) -> None:
    put("colour", lambda _: InstalledColours())
    put("colour-chat", lambda _: ColourChat())


def install(folder: Path) -> Path:
    """Write what pip would write: a folder for the module search path."""
    about = folder / "colours-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: colours\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[imsearch.models]\ncolour = tests.plugin:register\n")
    return folder
