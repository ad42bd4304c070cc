"""Which of some labels a picture is: by an embedder alone, or by a model that looks and chooses."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase
from typing import TYPE_CHECKING, cast

import numpy as np

from vlm.errors import ModelError, UsageError
from vlm.protocols import Chooser, Classifier, Embedder, Generation, Model, Tag, Turn, Vectors
from vlm.tasks.asked import NoUse, Say, saying, usable
from vlm.tasks.guard import known

if TYPE_CHECKING:
    from PIL.Image import Image

TEMPLATES = ("a photo of {}", "a picture of {}", "an image that shows {}")
# What CLIP multiplies cosines by before softmax, at the end of its training (its `logit_scale` is clipped there).
SCALE = 100.0
# Fitted by benchmarks/classifying.py on half of its photos: with 100 `mini` is far too sure.
FITTED = {"mini": 15.0}


def by_vectors(embedder: Embedder, pictures: Sequence[Image], labels: Sequence[str]) -> list[tuple[Tag, ...]]:
    """Each picture's chances of the labels, most likely first: CLIP's zero-shot softmax, summing to 1."""
    labelled = label_vectors(embedder, checked(labels))
    return chances(embedder.embed_pictures(pictures), labelled, labels, scale(embedder))


def chances(pictures: Vectors, labelled: Vectors, labels: Sequence[str], scale: float) -> list[tuple[Tag, ...]]:
    """The same of vectors: (n, dim) of the pictures and (labels, dim) of `label_vectors`."""
    cosines = pictures @ labelled.T
    odds = np.exp(scale * (cosines - cosines.max(1, keepdims=True)))
    rows = odds / odds.sum(1, keepdims=True)
    return [tuple(Tag(labels[i], round(float(row[i]), 4)) for i in np.argsort(-row, kind="stable")) for row in rows]


def scale(embedder: Embedder) -> float:
    """What this embedder's cosines are multiplied by."""
    return FITTED.get(embedder.spec, SCALE)


def label_vectors(embedder: Embedder, labels: Sequence[str]) -> Vectors:
    """(n, dim) unit rows: each label in several sentences, averaged."""
    said = [template.format(label) for label in labels for template in TEMPLATES]
    means = embedder.embed_texts(said).reshape(len(labels), len(TEMPLATES), -1).mean(1)
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), np.float32)


def by_model(model: Model, pictures: Sequence[Image], labels: Sequence[str]) -> list[tuple[Tag, ...] | NoUse]:
    """The same by a model that looks: chances where it tells them, else its one choice with a chance of 1.

    A model with a way of its own to choose is asked in that way.

    Raises ModelError for a model that answers no questions.
    """
    checked(labels)
    own = hasattr(type(model), "classified")
    if not own and hasattr(type(model), "chances") and len(labels) <= len(ascii_uppercase):
        return [*_by_letters(cast(Chooser, model), pictures, labels)]
    question = f"Which of these is it: {', '.join(labels)}? Answer with one of them alone."
    say = _own_way(cast(Classifier, model), labels) if own else saying(model, question)

    def chosen(said: str, _: Image) -> tuple[Tag, ...]:
        label = known(said.splitlines()[0].strip(" .*'\""), labels)
        if not label:
            # the whole answer may be a sentence that names one label only
            named = [one for one in labels if one.casefold() in said.casefold()]
            label = named[0] if len(named) == 1 else ""
        if not label:
            raise ModelError(f"The answer names none of the labels ({said[:60]}).")
        return (Tag(label, 1.0),)

    return usable(pictures, say, Generation(most_tokens=20), chosen)


def _own_way(model: Classifier, labels: Sequence[str]) -> Say:
    return lambda pictures, how: model.classified(pictures, labels, how)


def _by_letters(model: Chooser, pictures: Sequence[Image], labels: Sequence[str]) -> list[tuple[Tag, ...]]:
    # labels may begin with the same token; letters do not
    letters = ascii_uppercase[: len(labels)]
    listed = "\n".join(f"{letter}. {label}" for letter, label in zip(letters, labels, strict=True))
    question = f"Which of these is it?\n{listed}\nAnswer with one letter alone."
    turns = [[Turn("user", (picture, question))] for picture in pictures]
    made = []
    for row in model.chances(turns, letters):
        order = sorted(range(len(labels)), key=lambda i: -row[i])
        made.append(tuple(Tag(labels[i], round(row[i], 4)) for i in order))
    return made


def checked(labels: Sequence[str]) -> Sequence[str]:
    """The labels. Raises UsageError for what cannot be chosen among."""
    if len(labels) < 2 or len(set(labels)) < len(labels) or not all(label.strip() for label in labels):
        raise UsageError(
            "Give at least two different labels, with commas between them, e.g. --labels 'indoors,outdoors'."
        )
    return labels
