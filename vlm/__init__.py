"""What a picture or a phrase means. Knows nothing of folders, catalogs or HTTP; importing it loads nothing heavy."""

from __future__ import annotations

from vlm.errors import ImsearchError, ModelError, ModelUnavailable, UnknownModel, UsageError
from vlm.protocols import (
    Annotation,
    Annotator,
    Box,
    DetectedObject,
    Embedder,
    PatchEmbedder,
    Patches,
    Tag,
    Tagger,
    TextLine,
    Vectors,
)
from vlm.registry import available, load_annotator, load_embedder

__all__ = [
    "Annotation",
    "Annotator",
    "Box",
    "DetectedObject",
    "Embedder",
    "ImsearchError",
    "ModelError",
    "ModelUnavailable",
    "PatchEmbedder",
    "Patches",
    "Tag",
    "Tagger",
    "TextLine",
    "UnknownModel",
    "UsageError",
    "Vectors",
    "available",
    "load_annotator",
    "load_embedder",
]
