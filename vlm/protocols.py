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

Patches = NDArray[np.float32]
"""(n, rows, columns, dim) float32; a vector of length 1 for each part of a picture, as the parts lie in it."""

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
    """What a model said of one picture, and which model, when and how it was asked.

    `labels` are what it was judged to be, each with its chance. `problem` says why nothing of it can be kept.
    """

    model: str
    revision: str
    time: datetime
    prompt_version: str = ""
    caption: str = ""
    lines: tuple[TextLine, ...] = ()
    objects: tuple[DetectedObject, ...] = ()
    tags: tuple[str, ...] = field(default=())
    labels: tuple[Tag, ...] = ()
    problem: str = ""

    @property
    def text(self) -> str:
        """The lines in reading order, one a row."""
        return "\n".join(line.text for line in self.lines)

    def scaled(self, across: float, down: float) -> Annotation:
        """The same said of a copy so many times as wide and high: models look at small copies of big pictures."""
        if across == down == 1:
            return self

        def grown(box: Box) -> Box:
            x1, y1, x2, y2 = box
            return across * x1, down * y1, across * x2, down * y2

        lines = tuple(
            replace(line, box_xyxy=grown(line.box_xyxy), polygon=tuple((across * x, down * y) for x, y in line.polygon))
            for line in self.lines
        )
        objects = tuple(replace(thing, box_xyxy=grown(thing.box_xyxy)) for thing in self.objects)
        return replace(self, lines=lines, objects=objects)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation: words and upright RGB pictures, in the order in which they are shown."""

    role: Literal["system", "user", "assistant"]
    parts: tuple[str | Image, ...]


@dataclass(frozen=True, slots=True)
class Generation:
    """How a model writes. At temperature 0 it always takes the likeliest word, so that the same is said again.

    `budget` is how many visual tokens a picture gets, and `think` whether the model thinks first, where a model lets that
    be chosen (Gemma 4); thoughts count among `most_tokens`, and are never part of the answer. `schema` is a JSON schema
    that the answer should keep, for models that can be held to one; who asks checks the answer all the same.
    """

    most_tokens: int = 256
    temperature: float = 0.0
    top_p: float = 1.0
    beams: int = 1
    repetition_penalty: float = 1.0
    seed: int | None = None
    budget: int | None = None
    think: bool = False
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
        """One caption a picture; with a `prefix`, whole captions that begin with it. Raises ModelError."""
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
        """The next turn of each conversation, without what the model thought aloud.

        Raises ModelError, then for all of them; but PartlyAnswered, with the answers that there are, by a model that
        answers each for itself.
        """
        ...

    def reply(self, conversation: Sequence[Turn], how: Generation = Generation()) -> Iterator[str]:
        """The next turn, piece by piece as it is written; whoever stops listening ends it. Raises ModelError."""
        ...


@runtime_checkable
class Chooser(Model, Protocol):
    """What a Chat may also be: one that tells how likely it is to go on with each of a few words."""

    def chances(self, conversations: Sequence[Sequence[Turn]], words: Sequence[str]) -> list[tuple[float, ...]]:
        """For each conversation the chance of each word as the next one, 0..1, summing to 1 over `words`."""
        ...


@runtime_checkable
class Classifier(Model, Protocol):
    """Says by a way of its own which of some labels a picture is."""

    def classified(self, pictures: Sequence[Image], labels: Sequence[str], how: Generation = Generation()) -> list[str]:
        """What it says of each picture, which should be one of `labels`. Raises ModelError."""
        ...


@runtime_checkable
class Storyteller(Model, Protocol):
    """Tells a story about pictures by a way of its own."""

    def story(self, pictures: Sequence[Image], how: Generation = Generation()) -> Iterator[str]:
        """One story about all of them, piece by piece. Raises ModelError."""
        ...


@runtime_checkable
class Moderator(Model, Protocol):
    """Judges by a way of its own which pictures some would rather not see."""

    def judged(self, pictures: Sequence[Image]) -> list[tuple[Tag, ...]]:
        """For each picture the chance of each category that it knows, 0..1; they need not sum to 1. Raises ModelError."""
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


@runtime_checkable
class VectorAnnotator(Annotator, Protocol):
    """What an annotator may also be: one that can judge by vectors of its model alone, so that no picture need be opened."""

    def annotate_vectors(self, vectors: Vectors) -> list[Annotation]:
        """What it says of the picture of each (dim,) row. Raises ModelError where it must see the pictures."""
        ...
