"""An honest small embedder: what it says of a picture is its mean colour, and it knows the names of colours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from vlm.protocols import Vectors

COLOURS = {
    "red": (220, 30, 30),
    "green": (30, 180, 40),
    "blue": (30, 60, 220),
    "yellow": (240, 220, 40),
    "black": (10, 10, 10),
}


class ColourEmbedder:
    spec, revision, dim, picture_side = "colour", "1", 4, 8

    def __init__(self) -> None:
        self.seen = 0

    def embed_pictures(self, pictures: Sequence[Image.Image]) -> Vectors:
        self.seen += len(pictures)
        return self._unit([np.asarray(p.convert("RGB").resize((1, 1), Image.Resampling.BOX))[0, 0] for p in pictures])

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        return self._unit([COLOURS[next((w for w in text.lower().split() if w in COLOURS), "black")] for text in texts])

    def knows(self, text: str) -> bool:
        return any(word in COLOURS for word in text.lower().split())

    def _unit(self, colours: Sequence[Sequence[int]]) -> Vectors:
        rows = np.array([[*colour, 64] for colour in colours], np.float32).reshape(-1, 4) - [96, 96, 96, 0]
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
