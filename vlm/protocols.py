"""What a model is to the rest of imsearch: the protocols and what flows through them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

Vectors = NDArray[np.float32]
"""(n, dim) float32; each row has length 1."""

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels of the upright picture."""

TextKind = Literal["caption", "ocr", "tag", "note"]

Task = Literal["ocr", "caption", "object", "tag", "describe", "moderate"]
"""What may be written about a picture, each by one model at a time."""


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

    def scaled(self, factor: float) -> Annotation:
        """The same said of a copy `factor` times as wide and high: models look at small copies of big pictures."""
        if factor == 1:
            return self
        lines = tuple(
            replace(
                line,
                box_xyxy=_scaled(line.box_xyxy, factor),
                polygon=tuple((x * factor, y * factor) for x, y in line.polygon),
            )
            for line in self.lines
        )
        objects = tuple(replace(one, box_xyxy=_scaled(one.box_xyxy, factor)) for one in self.objects)
        return replace(self, lines=lines, objects=objects)


def _scaled(box: Box, factor: float) -> Box:
    x1, y1, x2, y2 = box
    return x1 * factor, y1 * factor, x2 * factor, y2 * factor


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation: words and upright RGB pictures, in the order in which they are shown."""

    role: Literal["system", "user", "assistant"]
    parts: tuple[str | Image, ...]


@dataclass(frozen=True, slots=True)
class Generation:
    """How a model writes. At temperature 0 it always takes the likeliest word, so that the same is said again.

    `budget` is how many visual tokens a picture gets, where a model lets that be chosen (Gemma 4). `schema` is a JSON
    schema that the answer should keep, for models that can be held to one; who asks checks the answer all the same.
    """

    most_tokens: int = 256
    temperature: float = 0.0
    top_p: float = 1.0
    beams: int = 1
    repetition_penalty: float = 1.0
    seed: int | None = None
    budget: int | None = None
    schema: Mapping[str, Any] | None = None


class Model(Protocol):
    """What every model that writes words or boxes has."""

    @property
    def spec(self) -> str:
        """The name this model is loaded by, e.g. `rapidocr` or `gemma:google/gemma-4-E2B-it`."""
        ...

    @property
    def revision(self) -> str:
        """Which weights or version answered."""
        ...

    @property
    def picture_side(self) -> int:
        """The longer side, in pixels, beyond which a bigger picture brings nothing."""
        ...

    def close(self) -> None:
        """Give the memory (or the process) back; the next call may load again."""
        ...


@runtime_checkable
class Reader(Model, Protocol):
    """Reads the words in pictures."""

    def read(self, picture: Image) -> tuple[TextLine, ...]:
        """Lines of text in reading order. Raises ModelError for a picture that it cannot read."""
        ...


@runtime_checkable
class Detector(Model, Protocol):
    """Finds things, each with a box."""

    def detect(
        self, pictures: Sequence[Image], labels: Sequence[str] = (), least: float | None = None
    ) -> list[tuple[DetectedObject, ...]]:
        """What is seen in each picture, surest first: of `labels`, or of all that it knows when there are none.

        Objects below the score `least` are left out; None: below the detector's own. Boxes are in pixels of the picture
        as it is given. Raises ModelError, also for labels that a detector with a fixed list does not have, and for none at all where
        the model must be told what to look for.
        """
        ...


@runtime_checkable
class Captioner(Model, Protocol):
    """Says in words what pictures show, by a way of its own (not by being asked in a conversation)."""

    def captions(
        self, pictures: Sequence[Image], prefix: str = "", language: str = "en", how: Generation = Generation()
    ) -> list[str]:
        """One caption a picture; with a `prefix`, captions that go on from it. Raises ModelError."""
        ...


@runtime_checkable
class Answerer(Model, Protocol):
    """Answers a question about one picture at a time, by a way of its own."""

    def answers(self, pictures: Sequence[Image], question: str, how: Generation = Generation()) -> list[str]:
        """One answer a picture. Raises ModelError."""
        ...


@runtime_checkable
class Chat(Model, Protocol):
    """Talks about pictures: takes part in a conversation that holds any number of them."""

    @property
    def most_pictures(self) -> int:
        """How many pictures one conversation may hold."""
        ...

    def replies(self, conversations: Sequence[Sequence[Turn]], how: Generation = Generation()) -> list[str]:
        """The next turn of each conversation, without what the model thought aloud. Raises ModelError."""
        ...

    def reply(self, conversation: Sequence[Turn], how: Generation = Generation()) -> Iterator[str]:
        """The next turn, piece by piece as it is written; whoever stops listening ends it. Raises ModelError."""
        ...


@runtime_checkable
class Annotator(Model, Protocol):
    """A model put to one task: what it says of a picture is kept with the picture."""

    @property
    def task(self) -> Task:
        """What it writes."""
        ...

    @property
    def prompt_version(self) -> str:
        """Names how the model is asked: what was said under another one is stale. "" where nothing is asked."""
        ...

    def annotate(self, pictures: Sequence[Image]) -> list[Annotation]:
        """What it says of each upright RGB picture. Raises ModelError, then for all of them."""
        ...
