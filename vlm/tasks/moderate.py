"""What some would rather not see: each category with a score. A machine's guess for a person to review, never a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import numpy as np

from vlm.errors import ModelError
from vlm.protocols import Annotation, Chooser, Embedder, Generation, Model, Tag, Task, Turn
from vlm.tasks.asked import NoUse, can_answer, saying, usable
from vlm.tasks.classify import SCALE

if TYPE_CHECKING:
    from PIL.Image import Image

# What a vision-language model is asked, and the sentences that an embedder compares with.
CATEGORIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "nudity": (
        "naked people or sexual acts",
        ("a photo of a naked person", "pornography", "a nude body"),
    ),
    "violence": (
        "violence, wounds, blood or dead bodies",
        ("a photo of blood and gore", "a wounded or dead body", "people fighting violently"),
    ),
    "weapons": (
        "guns or other weapons held or aimed at someone",
        ("a photo of a gun", "a person who aims a weapon", "a knife held as a weapon"),
    ),
    "hate": (
        "symbols of hate, such as a swastika",
        ("a swastika", "a symbol of a hate group"),
    ),
    "drugs": (
        "drugs or someone who takes them",
        ("a photo of illegal drugs", "a person who injects drugs"),
    ),
}  # fmt: skip
# What most pictures are: a category must come nearer than all of these.
_HARMLESS = (
    "a photo of people", "a photo of a family", "a portrait", "people at the beach", "a landscape", "a photo of an animal",
    "a photo of food", "a building", "a thing on a table", "a document with text", "a drawing", "people playing sports",
    "a photo of a street", "a room", "a car", "medicine in a box", "a kitchen knife and vegetables",
)  # fmt: skip
VERSION = "1"


class Moderate:
    """Implements `vlm.protocols.Annotator`, by an embedder or by a model that looks. Raises ModelError for one that cannot."""

    task: Task = "moderate"
    prompt_version = VERSION

    def __init__(self, model: Model | Embedder) -> None:
        self._model = model
        self._zero_shot = ZeroShot(cast(Embedder, model)) if hasattr(type(model), "embed_texts") else None
        if self._zero_shot is None and not can_answer(cast(Model, model)):
            raise ModelError(f"{model.spec} cannot judge pictures; name an embedder or a model that answers questions.")
        self.spec = model.spec
        self.picture_side = model.picture_side

    @property
    def revision(self) -> str:
        """The model's."""
        return self._model.revision

    def annotate(self, pictures: Sequence[Image]) -> list[Annotation]:
        """Each category's chance for each picture, highest first."""
        by = (self.spec, self.revision, datetime.now(UTC), self.prompt_version)
        judged = self._zero_shot.judge(pictures) if self._zero_shot else _looked(cast(Model, self._model), pictures)
        return [
            Annotation(*by, problem=one.problem) if isinstance(one, NoUse) else Annotation(*by, labels=one)
            for one in judged
        ]

    def close(self) -> None:
        """Close the model, where it holds memory."""
        if hasattr(self._model, "close"):
            self._model.close()


class ZeroShot:
    """By vectors alone: how much nearer a picture lies to a category's sentences than to harmless ones."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._harmless = embedder.embed_texts(_HARMLESS)
        self._harmful = {name: embedder.embed_texts(sentences) for name, (_, sentences) in CATEGORIES.items()}

    def judge(self, pictures: Sequence[Image]) -> list[tuple[Tag, ...]]:
        """Chances of each category, highest first; they do not sum to 1, as a picture may be of several."""
        vectors = self._embedder.embed_pictures(pictures)
        least = (vectors @ self._harmless.T).max(1)
        rows = {}
        for name, sentences in self._harmful.items():
            nearer = (vectors @ sentences.T).max(1) - least
            rows[name] = 1 / (1 + np.exp(-SCALE * nearer))
        return [_ordered({name: float(chances[i]) for name, chances in rows.items()}) for i in range(len(pictures))]


def _looked(model: Model, pictures: Sequence[Image]) -> list[tuple[Tag, ...] | NoUse]:
    """One question a category: by the chance of yes where the model tells it, else by what it says."""
    columns: dict[str, list[float | NoUse]] = {}
    for name, (shown, _) in CATEGORIES.items():
        question = f"Does this picture show {shown}? Answer with Yes or No alone."
        if hasattr(type(model), "chances"):
            turns = [[Turn("user", (picture, question))] for picture in pictures]
            columns[name] = [yes for yes, _ in cast(Chooser, model).chances(turns, ("Yes", "No"))]
        else:
            columns[name] = usable(pictures, saying(model, question), Generation(most_tokens=8), _yes)
    made: list[tuple[Tag, ...] | NoUse] = []
    for i in range(len(pictures)):
        row = {name: column[i] for name, column in columns.items()}
        problem = next((one for one in row.values() if isinstance(one, NoUse)), None)
        made.append(problem or _ordered({name: float(cast(float, chance)) for name, chance in row.items()}))
    return made


def _yes(said: str, _: Image) -> float:
    word = said.strip(" .*\"'").casefold()
    if not word.startswith(("yes", "no")):
        raise ModelError(f"The answer is neither yes nor no ({said[:60]}).")
    return float(word.startswith("yes"))


def _ordered(chances: dict[str, float]) -> tuple[Tag, ...]:
    return tuple(Tag(name, round(chances[name], 4)) for name in sorted(chances, key=lambda name: -chances[name]))
