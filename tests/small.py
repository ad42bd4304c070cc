"""Honest small models: what they say of a picture is its mean colour, and they know the names of colours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import numpy as np
from PIL import Image

from indexer.catalog import Catalog
from indexer.content import insert_text, refresh_words
from indexer.records import Text
from vlm.protocols import Annotation, Generation, TextLine, Turn, Vectors

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


def colour_of(picture: Image.Image) -> str:
    """The name of the nearest colour to a picture's mean."""
    mean = np.asarray(picture.convert("RGB").resize((1, 1), Image.Resampling.BOX), np.float32)[0, 0]
    return min(COLOURS, key=lambda name: float(np.abs(mean - COLOURS[name]).sum()))


class ColourChat:
    """An honest small `vlm.Chat` and `vlm.Chooser`: it looks at each picture and says which colour it has, by number where it has one.

    With `heard` one sees what it was asked.
    """

    spec, revision, picture_side = "colour-chat", "1", 32

    def __init__(self, most_pictures: int = 16) -> None:
        self.most_pictures = most_pictures
        self.heard: list[Sequence[Turn]] = []

    def replies(self, conversations: Sequence[Sequence[Turn]], how: Generation = Generation()) -> list[str]:
        return ["".join(self.reply(turns, how)) for turns in conversations]

    def reply(self, conversation: Sequence[Turn], how: Generation = Generation()) -> Iterator[str]:
        self.heard.append(tuple(conversation))
        before = ""
        for part in (part for turn in conversation for part in turn.parts):
            if isinstance(part, str):
                before = part
            else:
                number = re.match(r"\[\d+\]", before)
                yield f"{colour_of(part)} {number[0]} " if number else colour_of(part)

    def chances(self, conversations: Sequence[Sequence[Turn]], words: Sequence[str]) -> list[tuple[float, ...]]:
        assert tuple(words) == ("Yes", "No")
        made = []
        for turns in conversations:
            picture, question = turns[-1].parts
            sure = 0.9 if colour_of(picture) in question else 0.1
            made.append((sure, 1 - sure))
        return made

    def close(self) -> None:
        pass


def write(catalog: Catalog, text: Text) -> None:
    """Words about a picture, whoever they are by."""
    with catalog.connections.writing() as db:
        insert_text(db, text)
        refresh_words(db, [text.picture_id])


def said(model: str = "rapidocr", revision: str = "1", lines: Sequence[str] = (), **more) -> Annotation:
    """What a model would have said of a picture; `lines` are words read in it."""
    read = tuple(TextLine(line, 1.0, (0, 0, 9, 9)) for line in lines)
    return Annotation(model, revision, datetime(2024, 5, 1, tzinfo=UTC), lines=read, **more)
