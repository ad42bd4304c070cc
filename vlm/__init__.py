"""What a picture or a phrase means. Knows nothing of folders, catalogs or HTTP; importing it loads nothing heavy."""

from __future__ import annotations

from vlm.errors import ImsearchError, ModelError, ModelUnavailable, PartlyAnswered, UnknownModel, UsageError
from vlm.protocols import (
    Annotation,
    Annotator,
    Answerer,
    Box,
    Captioner,
    Chat,
    DetectedObject,
    Detector,
    Embedder,
    Generation,
    Model,
    Reader,
    Tag,
    Tagger,
    Task,
    TextLine,
    Turn,
    Vectors,
)
from vlm.registry import available, load_embedder, load_model

__all__ = [
    "Annotation",
    "Annotator",
    "Answerer",
    "Box",
    "Captioner",
    "Chat",
    "DetectedObject",
    "Detector",
    "Embedder",
    "Generation",
    "ImsearchError",
    "Model",
    "ModelError",
    "ModelUnavailable",
    "PartlyAnswered",
    "Reader",
    "Tag",
    "Tagger",
    "Task",
    "TextLine",
    "Turn",
    "UnknownModel",
    "UsageError",
    "Vectors",
    "available",
    "load_embedder",
    "load_model",
]
