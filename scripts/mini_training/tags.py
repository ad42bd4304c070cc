"""The tags that mini shows: a vocabulary, and how likely each word is right, fitted on pictures never trained on."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from mini_training.figures import opened
from mini_training.pictures import HELD_OUT

# Cosines of this many training pictures tell what each word's usual cosine is.
BACKGROUND = 2200
# What a held-out labelled picture teaches beside its label: words that its label is far from are wrong for it.
FAR = 0.45
# Captions leave out much of what a picture shows: a tag that they confirm this often is right more often.
LEAST_CONFIRMED = 0.6
LABELLED_WEIGHT = 3.0


def make_tags(args: argparse.Namespace) -> None:
    """tags.json in `--out`: fitted on Flickr8k dev's captions and held-out labels; half of each tells how well."""
    from sklearn.linear_model import LogisticRegression

    root = Path(__file__).resolve().parents[2]
    sys.path.insert(0, str(root))
    from vlm.embedders.mini import MiniEmbedder
    from vlm.embedders.mini.tagger import LEAST_DEVIATIONS, evidence_of, word_vectors

    mini = MiniEmbedder(args.out)
    words = [line for line in args.vocabulary.read_text().splitlines() if line]
    keys = [stems(word) for word in words]
    vectors = word_vectors(words, mini.embed_texts)
    labelled = [row for part in args.labelled for row in rows_of(args.data / part, "label")]
    captioned = [row for part in args.captioned for row in rows_of(args.data / part, "captions")]
    rng = np.random.default_rng(0)
    trained = [row["image"] for at, row in enumerate(labelled) if at % HELD_OUT] + [row["image"] for row in captioned]
    background = _embed(mini, [trained[i] for i in rng.choice(len(trained), BACKGROUND, replace=False)]) @ vectors.T
    middle, spread = np.median(background, 0), background.std(0)
    described = [row["captions"] for row in captioned] + [[row["label"]] for row in labelled]
    seen = np.log(named(described, keys).mean(0) + 1e-3)

    dev = rows_of(args.data.parent / "flickr8k_dev.parquet", "captions")
    held = labelled[::HELD_OUT]
    labels = [row["label"] for row in held]
    right = np.concatenate([named([row["captions"] for row in dev], keys), named([[label] for label in labels], keys)])
    is_dev = np.arange(len(right)) < len(dev)
    # a label says little of what else is there: only words far from it count as wrong
    far = np.concatenate([np.ones((len(dev), len(words)), bool), mini.embed_texts(labels) @ vectors.T < FAR])
    told = right | (far & (is_dev | right.any(1))[:, None])
    pictures = _embed(mini, [row["image"] for row in [*dev, *held]])
    evidence, deviations = evidence_of(pictures @ vectors.T, middle, spread, seen)
    candidate = (deviations > LEAST_DEVIATIONS) & told
    weight = np.where(is_dev, 1.0, LABELLED_WEIGHT)[:, None] * np.ones(len(words))

    def fitted(rows: np.ndarray) -> LogisticRegression:
        chosen = candidate & rows[:, None]
        return LogisticRegression(max_iter=2000).fit(evidence[chosen], right[chosen], weight[chosen])

    half = np.arange(len(right)) % 2 == 0
    model = fitted(half)
    chance = np.zeros(right.shape)
    chance[candidate] = model.predict_proba(evidence[candidate])[:, 1]
    threshold = 1.0
    for least in np.arange(0.9, 0.2, -0.05):
        shown = (chance >= least) & ~half[:, None]
        on_dev, on_held = shown & is_dev[:, None], shown & ~is_dev[:, None]
        confirmed = right[on_dev].mean() if on_dev.any() else 1.0
        print(
            f"{least:.2f}: captions confirm {confirmed:.3f} of {on_dev.sum() / (~half & is_dev).sum():.2f} tags a picture; "
            f"labels {right[on_held].mean() if on_held.any() else 1:.3f} of {on_held.sum()}"
        )
        if confirmed >= LEAST_CONFIRMED:
            threshold = float(least)
    model = fitted(np.ones(len(right), bool))
    (args.out / "tags.json").write_text(
        json.dumps({
            "words": words, "middle": middle.round(4).tolist(), "spread": spread.round(4).tolist(),
            "seen": seen.round(3).tolist(), "weights": model.coef_[0].round(4).tolist(),
            "bias": round(float(model.intercept_[0]), 4), "threshold": round(threshold, 2),
        }) + "\n"
    )  # fmt: skip


def rows_of(file: Path, said: str) -> list[dict]:
    """Pictures as files, with their label or captions."""
    return pq.read_table(file, columns=["image", said]).to_pylist()


def stems(text: str) -> str:
    """' police car ' of 'Police cars': words without their plural, between spaces."""
    return f" {' '.join(singular(word) for word in re.findall('[a-z]+', text.lower()))} "


def singular(word: str) -> str:
    """A guess that serves for counting."""
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x")):
        if word.endswith(ending):
            return word[: -len(ending)] + instead
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def named(texts: list[list[str]], keys: list[str]) -> np.ndarray:
    """(pictures, words) bool: whether any of a picture's texts holds the word."""
    lines = [[stems(text) for text in some] for some in texts]
    return np.array([[any(key in line for line in some) for key in keys] for some in lines])


def _embed(mini, files: list[bytes]) -> np.ndarray:
    return np.concatenate(
        [mini.embed_pictures([opened(data) for data in files[at : at + 64]]) for at in range(0, len(files), 64)]
    )
