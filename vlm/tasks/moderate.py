"""What some would rather not see: each category with a score. A machine's guess for a person to review, never a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from vlm.categories import CATEGORIES, HARMLESS
from vlm.errors import ModelError
from vlm.everyday import everyday_texts
from vlm.protocols import Annotation, Embedder, Model, Moderator, Tag, Task, Vectors
from vlm.registry import load_any
from vlm.tasks.asked import NoUse, can_answer, sure_of
from vlm.tasks.asking import Asking
from vlm.tasks.classify import SCALE

if TYPE_CHECKING:
    from PIL.Image import Image

# Raise it whenever a question, a sentence or how they are weighed changes: what was judged before is stale then.
VERSION = "2"


def moderator(spec: str) -> Moderate:
    """By the model of this spec: an embedder or one that looks. Raises UnknownModel, ModelUnavailable, ModelError."""
    return Moderate(load_any(spec))


class Moderate(Asking):
    """Implements `vlm.protocols.VectorAnnotator`: by an embedder, or by a model that looks. Raises ModelError for others."""

    task: Task = "moderate"

    def __init__(self, model: Model | Embedder) -> None:
        super().__init__(model, VERSION)
        self._embeds = hasattr(type(model), "embed_texts")
        if not self._embeds and not hasattr(type(model), "judged") and not can_answer(cast(Model, model)):
            raise ModelError(f"{model.spec} cannot judge pictures; name an embedder or a model that answers questions.")
        if self._embeds:
            # an embedder names the shorter side that it looks at, an annotator the longer one
            self.picture_side = model.picture_side * 4 // 3

    def annotate(self, pictures: Sequence[Image]) -> list[Annotation]:
        """Each category's chance for each picture, highest first; they do not sum to 1, as a picture may be of several."""
        if self._embeds:
            return self.annotate_vectors(cast(Embedder, self._model).embed_pictures(pictures))
        if hasattr(type(self._model), "judged"):
            rows = cast(Moderator, self._model).judged(pictures)
            return [self._said(_ordered({tag.word: tag.chance for tag in row})) for row in rows]
        return [self._said(one) for one in _looked(cast(Model, self._model), pictures)]

    def annotate_vectors(self, vectors: Vectors) -> list[Annotation]:
        """The same of pictures whose vectors of this embedder are known."""
        if not self._embeds:
            raise ModelError(f"{self.spec} must see the pictures.")
        columns = self._zero_shot(vectors)
        return [self._said(_ordered({name: float(c[i]) for name, c in columns.items()})) for i in range(len(vectors))]

    def _zero_shot(self, vectors: Vectors) -> dict[str, NDArray[np.float32]]:
        """Each category against everything that is harmless: CLIP's softmax over both, 0..1 a row.

        Against 17 harmless texts, by the nearest, `mini` took 593 of 1,000 pictures of Flickr8k for something; against these, 29.
        """
        harmful, harmless = self._sentences
        against = _odds(vectors, harmless)
        return {name: np.exp(-np.logaddexp(0, against - _odds(vectors, texts))) for name, texts in harmful.items()}

    @cached_property
    def _sentences(self) -> tuple[dict[str, Vectors], Vectors]:
        embed = cast(Embedder, self._model).embed_texts
        return {name: embed(texts) for name, (_, texts) in CATEGORIES.items()}, embed([*everyday_texts(), *HARMLESS])

    def _said(self, judged: tuple[Tag, ...] | NoUse) -> Annotation:
        if isinstance(judged, NoUse):
            return Annotation(*self._by(), problem=judged.problem)
        return Annotation(*self._by(), labels=judged)


def _odds(vectors: Vectors, texts: Vectors) -> NDArray[np.float32]:
    # as logarithms: SigLIP's cosines are so low that their exponentials would all be nothing
    return np.asarray(np.logaddexp.reduce(SCALE * (vectors @ texts.T), axis=1), np.float32)


def _looked(model: Model, pictures: Sequence[Image]) -> list[tuple[Tag, ...] | NoUse]:
    """One question a category."""
    columns = {
        name: sure_of(model, pictures, f"Does this picture show {shown}?") for name, (shown, _) in CATEGORIES.items()
    }
    made: list[tuple[Tag, ...] | NoUse] = []
    for i in range(len(pictures)):
        row = {name: column[i] for name, column in columns.items()}
        problem = next((one for one in row.values() if isinstance(one, NoUse)), None)
        made.append(problem or _ordered({name: float(cast(float, chance)) for name, chance in row.items()}))
    return made


def _ordered(chances: dict[str, float]) -> tuple[Tag, ...]:
    return tuple(Tag(name, round(chances[name], 4)) for name in sorted(chances, key=lambda name: -chances[name]))
