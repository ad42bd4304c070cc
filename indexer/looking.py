"""One picture, from its file to what a model says of it."""

from __future__ import annotations

from pathlib import Path

from indexer.decode import decode
from vlm import Annotation, Annotator


def look(path: Path, annotator: Annotator) -> Annotation:
    """What the annotator says of the picture, its boxes in pixels of the full upright one. Raises PictureError and ModelError."""
    # the shorter side of a picture of 4:3 whose longer one is as long as the model cares for
    decoded = decode(path, annotator.picture_side * 3 // 4)
    return annotator.annotate([decoded.picture])[0].scaled(decoded.width / decoded.picture.width)
