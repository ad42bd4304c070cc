"""More real models for tests: the colour embedder and one that writes, installed as a package of its own would be."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from tests.small import ColourChat, ColourEmbedder, colour_of
from vlm.protocols import Generation, Turn, Vectors


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


class ColourWriter(ColourChat):
    """Says colours also as JSON where that is wanted, and chooses among letters."""

    def replies(self, conversations: Sequence[Sequence[Turn]], how: Generation = Generation()) -> list[str]:
        said = super().replies(conversations, how)
        if how.schema is None:
            return said
        return [json.dumps({"caption": f"All {colour}.", "tags": [colour], "people": 0}) for colour in said]

    def chances(self, conversations: Sequence[Sequence[Turn]], words: Sequence[str]) -> list[tuple[float, ...]]:
        if tuple(words) == ("Yes", "No"):
            return super().chances(conversations, words)
        made = []
        for turns in conversations:
            picture, question = turns[-1].parts
            assert isinstance(question, str) and not isinstance(picture, str)
            right = [f"{word}. {colour_of(picture)}\n" in question for word in words]
            made.append(tuple(0.9 if one else 0.1 / (len(words) - 1) for one in right))
        return made


class DeadlyWriter(ColourWriter):
    """Kills its process, as a segmentation fault or a lack of memory does; but not once the file COLOUR_MERCY is there."""

    spec = "deadly"

    def replies(self, conversations: Sequence[Sequence[Turn]], how: Generation = Generation()) -> list[str]:
        if not Path(os.environ["COLOUR_MERCY"]).exists():
            os.kill(os.getpid(), signal.SIGKILL)
        return super().replies(conversations, how)


def register(put: Callable[[str, Callable[[str], Any]], None]) -> None:
    put("colour", lambda _: InstalledColours())
    put("colour-chat", lambda _: ColourWriter())
    put("deadly", lambda _: DeadlyWriter())


def install(folder: Path) -> Path:
    """Write what pip would write: a folder for the module search path."""
    about = folder / "colours-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: colours\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[imsearch.models]\ncolour = tests.plugin:register\n")
    return folder
