"""Which everyday words name what a picture shows, from its vector: mini's own cosines, made into chances."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vlm.protocols import Tag, Vectors

PROMPTS = ("{}", "a photo of a {}")
# A word whose cosine does not stand out from what it has with most pictures is no candidate: chances were fitted to
# the others alone.
LEAST_DEVIATIONS = 1.5
AT_ONCE = 1000


class MiniTagger:
    """A vocabulary with its calibration (tags.json, written by `scripts/train_mini.py tags`)."""

    def __init__(self, file: Path, embed_texts: Callable[[Sequence[str]], Vectors]) -> None:
        said = json.loads(file.read_text(encoding="utf-8"))
        self.words: list[str] = said["words"]
        self.middle = np.array(said["middle"], np.float32)
        self.spread = np.array(said["spread"], np.float32)
        self.seen = np.array(said["seen"], np.float32)
        self.weights = np.array(said["weights"], np.float32)
        self.bias: float = said["bias"]
        self.threshold: float = said["threshold"]
        self.vectors = word_vectors(self.words, embed_texts)

    def tags(self, pictures: Vectors) -> list[tuple[Tag, ...]]:
        """For each (dim,) row its likely words, most likely first."""
        return [
            self._tags(chances)
            for at in range(0, len(pictures), AT_ONCE)
            for chances in self.chances(pictures[at : at + AT_ONCE])
        ]

    def chances(self, pictures: Vectors) -> NDArray[np.float32]:
        """(n, words): how likely each word is right; 0 for those that do not stand out."""
        evidence, deviations = evidence_of(pictures @ self.vectors.T, self.middle, self.spread, self.seen)
        chances = 1 / (1 + np.exp(-np.clip(evidence @ self.weights + self.bias, -50, 50)))
        return np.where(deviations > LEAST_DEVIATIONS, chances, 0)

    def _tags(self, chances: NDArray[np.float32]) -> tuple[Tag, ...]:
        shown = np.flatnonzero(chances >= self.threshold)
        order = shown[np.argsort(-chances[shown], kind="stable")]
        return tuple(Tag(self.words[i], round(float(chances[i]), 2)) for i in order)


def word_vectors(words: Sequence[str], embed_texts: Callable[[Sequence[str]], Vectors]) -> Vectors:
    """(n, dim) unit rows: each word alone and in a prompt, averaged."""
    total = np.sum([embed_texts([prompt.format(word) for word in words]) for prompt in PROMPTS], axis=0)
    return np.asarray(total / np.linalg.norm(total, axis=1, keepdims=True), np.float32)


def evidence_of(
    cosines: NDArray[np.float32], middle: NDArray[np.float32], spread: NDArray[np.float32], seen: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What the chance of a word is judged by, (n, words, 9), and its deviations from its usual cosine, (n, words).

    `middle` and `spread` are of each word's cosines with many pictures; `seen` is the log of the share of training
    pictures that are described by it.
    """
    deviations = (cosines - middle) / spread
    logits = cosines / 0.03
    top = logits.max(1, keepdims=True)
    share = logits - top - np.log(np.exp(logits - top).sum(1, keepdims=True))
    shape = deviations.shape
    columns = (
        deviations, 10 * cosines, _places(deviations), _places(cosines), share, np.broadcast_to(10 * spread, shape),
        np.broadcast_to(10 * middle, shape), np.broadcast_to(seen, shape), deviations * seen,
    )  # fmt: skip
    return np.stack(columns, -1).astype(np.float32), deviations


def _places(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """log(1 + how many words of the same picture score higher)."""
    return np.log1p(np.argsort(np.argsort(-scores, axis=1), axis=1))
