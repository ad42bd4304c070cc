"""One picture, from its file to what a model says of it."""

from __future__ import annotations

from pathlib import Path

from indexer.decode import Decoded, decode
from vlm import Annotation, Annotator


def look(path: Path, annotator: Annotator) -> Annotation:
    """What the annotator says of the picture, its boxes in pixels of the full upright one. Raises PictureError and ModelError."""
    decoded = decode_for(path, annotator)
    return in_full(annotator.annotate([decoded.picture])[0], decoded)


def decode_for(path: Path, annotator: Annotator) -> Decoded:
    """The picture as big as the annotator cares for. Raises PictureError."""
    # the shorter side of a picture of 4:3 whose longer one is as long as the model cares for
    return decode(path, annotator.picture_side * 3 // 4)


def in_full(made: Annotation, seen: Decoded) -> Annotation:
    """Boxes in pixels of the full picture: the model may have looked at a smaller one."""
    return made.scaled(seen.width / seen.picture.width, seen.height / seen.picture.height)
