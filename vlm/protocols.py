"""What a model is to the rest of imsearch: the protocols and what flows through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

Vectors = NDArray[np.float32]
"""(n, dim) float32; each row has length 1."""

Patches = NDArray[np.float32]
"""(n, rows, columns, dim) float32; a vector of length 1 for each part of a picture, as the parts lie in it."""

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels of the upright picture."""

TextKind = Literal["caption", "ocr", "tag", "note"]


@runtime_checkable
class Embedder(Protocol):
    """Turns pictures and phrases into points of one space, near where they mean the same."""

    @property
    def spec(self) -> str:
        """The name this embedder is loaded by, e.g. `mini` or `openclip:ViT-B-32-256/datacomp_s34b_b86k`."""
        ...

    @property
    def revision(self) -> str:
        """A short hash or version of the weights: vectors of another revision are not comparable."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def picture_side(self) -> int:
        """The shorter side, in pixels, that the model looks at; decoding may draft a picture down to it."""
        ...

    def embed_pictures(self, pictures: Sequence[Image]) -> Vectors:
        """Vectors of upright RGB pictures of any size: (n, dim) float32, unit rows; n may be 0."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Vectors of phrases, any Unicode, also empty: (n, dim) float32, unit rows; n may be 0."""
        ...

    def knows(self, text: str) -> bool:
        """Whether the text's vector says anything about it: not for a blank text, or a script never trained on."""
        ...


@runtime_checkable
class Tagger(Protocol):
    """What an embedder may also be: one that names what pictures show, from their vectors alone."""

    def tags(self, vectors: Vectors) -> list[tuple[Tag, ...]]:
        """For each (dim,) row the words of its vocabulary that are likely right, most likely first."""
        ...


@runtime_checkable
class PatchEmbedder(Protocol):
    """What an embedder may also be: one whose picture encoder tells what each part of a picture means."""

    def embed_patches(self, pictures: Sequence[Image]) -> Patches | None:
        """The parts of square upright RGB pictures, comparable with texts; None where this encoder has none to tell."""
        ...


@dataclass(frozen=True, slots=True)
class Tag:
    """A word for what a picture shows, and the estimated chance (0..1) that it is right."""

    word: str
    chance: float


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text read in a picture."""

    text: str
    score: float
    box_xyxy: Box
    polygon: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class DetectedObject:
    """One thing seen in a picture."""

    label: str
    score: float
    box_xyxy: Box


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a model said of one picture, and which model, when and how it was asked."""

    model: str
    revision: str
    time: datetime
    prompt_version: str = ""
    caption: str = ""
    lines: tuple[TextLine, ...] = ()
    objects: tuple[DetectedObject, ...] = ()
    tags: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """The lines in reading order, one a row."""
        return "\n".join(line.text for line in self.lines)


@runtime_checkable
class Annotator(Protocol):
    """Writes words or boxes about pictures."""

    @property
    def spec(self) -> str:
        """The name this annotator is loaded by, e.g. `rapidocr`."""
        ...

    @property
    def revision(self) -> str:
        """Which weights or version answered."""
        ...

    @property
    def picture_side(self) -> int:
        """The longer side, in pixels, beyond which a bigger picture brings nothing."""
        ...

    def annotate(self, picture: Image) -> Annotation:
        """What it sees in one upright RGB picture. Raises ModelError when it cannot run at all."""
        ...

    def close(self) -> None:
        """Give the memory (or the process) back; the next call may load again."""
        ...
