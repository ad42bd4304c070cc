"""The text tower: a tokenizer of our own, a table of token vectors, and a light transformer that corrects their sum."""

from __future__ import annotations

import argparse
import math
import random
import time
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor, nn

from mini_training import DIM
from mini_training.texts import load_texts, plain_lines, teacher_vectors

VOCABULARY, LONGEST = 12_000, 48
HIDDEN = 2 * DIM


def train_tokenizer(texts: list[str], path: Path) -> Tokenizer:
    """Lower-cased, unaccented WordPiece; unknown characters become [UNK], so any text has tokens."""
    from tokenizers import models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=60))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=VOCABULARY, min_frequency=2, special_tokens=["[PAD]", "[UNK]", "[CLS]"], show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.save(str(path))
    return tokenizer


def tokens_of(tokenizer: Tokenizer, texts: list[str]) -> Tensor:
    """(n, longest) int64, [CLS] first, padded with 0."""
    rows = [[2, *encoded.ids[:LONGEST]] for encoded in tokenizer.encode_batch(texts, add_special_tokens=False)]
    width = max(map(len, rows))
    return torch.tensor([row + [0] * (width - len(row)) for row in rows])


def make_table(args: argparse.Namespace) -> None:
    """table.npy: one vector a token, so that their sum points where the teacher's vector of the text does.

    Ridge least squares by conjugate gradients, a minute on one core. It knows no word order, and its rows are exact
    for one word.
    """
    texts, teacher = load_texts(args.work, "texts")
    more, more_vectors = load_texts(args.work, "phrases")
    tokenizer = train_tokenizer(texts + more + plain_lines(args.data), args.work / "tokenizer.json")
    names = [tokenizer.id_to_token(i) or "" for i in range(3, VOCABULARY)]
    alone = [name for name in names if not name.startswith("##") and len(name) > 1]  # words that no caption held
    wanted = np.concatenate([teacher, more_vectors, teacher_vectors(alone).astype(np.float32)])
    rows = [row[row > 0].tolist() for row in tokens_of(tokenizer, texts + more + alone).numpy()]
    counts = np.array([len(row) for row in rows])
    starts, weights = np.concatenate([[0], counts.cumsum()]), np.repeat(1 / np.sqrt(counts), counts)
    words = scipy.sparse.csr_matrix((weights.astype(np.float32), np.concatenate(rows), starts), (len(rows), VOCABULARY))
    np.save(args.work / "table.npy", least_squares(words, wanted))


def least_squares(words: Any, wanted: np.ndarray, ridge: float = 0.3, steps: int = 120) -> np.ndarray:
    """The table X that brings `words @ X` nearest to `wanted`; every column its own conjugate gradients."""
    across = words.T.tocsr()
    made = np.zeros((words.shape[1], wanted.shape[1]), np.float32)
    left = across @ wanted
    way, size = left.copy(), (left * left).sum(0)
    for _ in range(steps):
        step = across @ (words @ way) + ridge * way
        length = size / ((way * step).sum(0) + 1e-9)
        made += length * way
        left -= length * step
        before, size = size, (left * left).sum(0)
        way = left + size / (before + 1e-12) * way
    return made


class TextTower(nn.Module):
    """The sum of the tokens' joint vectors, plus what light transformer layers make of their order.

    The layers begin by adding nothing, so that training starts from the table and can only move away from it.
    """

    def __init__(self, table: Tensor, layers: int) -> None:
        super().__init__()
        self.tokens = nn.Embedding.from_pretrained(table, freeze=False)
        self.places = nn.Parameter(torch.zeros(LONGEST + 1, DIM))
        self.layers = nn.ModuleList([Mixer() for _ in range(layers)])
        self.scale = nn.Parameter(table.norm(dim=-1).mean().reciprocal())
        self.out = nn.Linear(DIM, DIM, bias=False)
        nn.init.zeros_(self.out.weight)

    def forward(self, ids: Tensor) -> Tensor:
        there = (ids != 0).unsqueeze(-1).float()
        tokens = self.tokens(ids) * there
        x = tokens * self.scale + self.places[: ids.shape[1]]
        for layer in self.layers:
            x = layer(x, there)
        return F.normalize(tokens.sum(1) + self.out((x * there).sum(1)), dim=-1)


class Mixer(nn.Module):
    """One pre-norm transformer layer, written out so that it exports to a plain ONNX graph."""

    def __init__(self, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(DIM), nn.LayerNorm(DIM)
        self.qkv, self.mix = nn.Linear(DIM, 3 * DIM), nn.Linear(DIM, DIM)
        self.feed = nn.Sequential(nn.Linear(DIM, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, DIM))

    def forward(self, x: Tensor, there: Tensor) -> Tensor:
        n, length, _ = x.shape
        q, k, v = self.qkv(self.before(x)).view(n, length, 3, self.heads, DIM // self.heads).permute(2, 0, 3, 1, 4)
        weights = q @ k.transpose(-1, -2) * (DIM // self.heads) ** -0.5 + (there.view(n, 1, 1, length) - 1) * 1e4
        x = x + self.mix((F.softmax(weights, dim=-1) @ v).transpose(1, 2).reshape(n, length, DIM))
        return x + self.feed(self.between(x))


def train_words(args: argparse.Namespace) -> None:
    """words.pt: from the table on, in the joint space of the trained picture tower, with slips of the finger."""
    torch.manual_seed(0)
    rng = random.Random(0)
    head = torch.load(args.work / "pictures.pt")["text_head.weight"].cpu()
    tokenizer = Tokenizer.from_file(str(args.work / "tokenizer.json"))
    parts = [load_texts(args.work, name) for name in ("texts", "phrases")]
    texts = [text for some, _ in parts for text in some]
    wanted = F.normalize(torch.from_numpy(np.concatenate([vectors for _, vectors in parts])) @ head.T, dim=-1)
    held = set(rng.sample(range(len(texts)), 2000))
    learnt = [i for i in range(len(texts)) if i not in held]
    tower = TextTower(torch.from_numpy(np.load(args.work / "table.npy")) @ head.T, args.layers)
    _tell(tower, tokenizer, texts, wanted, sorted(held), "the table alone")
    slow = [tower.tokens.weight]
    rest = [p for name, p in tower.named_parameters() if name != "tokens.weight"]
    groups = [{"params": slow, "peak": 2e-4}, {"params": rest, "peak": 1e-3}]
    optimiser = torch.optim.AdamW(groups, lr=0, weight_decay=0.01)
    started, step = time.monotonic(), 0
    while (done := (time.monotonic() - started) / (60 * args.minutes)) < 1:
        rows = rng.sample(learnt, 512)
        ids = tokens_of(tokenizer, [misspelt(texts[i], rng) if rng.random() < 0.15 else texts[i] for i in rows])
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * min(1.0, done / 0.05) * 0.5 * (1 + math.cos(math.pi * done))
        made, right = tower(ids), wanted[rows]
        # the cosine to the teacher, and the teacher's cosines between texts: what ranking depends on
        loss = (1 - (made * right).sum(-1)).mean() + 5 * F.mse_loss(made @ made.T, right @ right.T)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(tower.parameters(), 1.0)
        optimiser.step()
        step += 1
        if step % 200 == 0:
            _tell(tower, tokenizer, texts, wanted, sorted(held), f"step {step} {done:.0%}")
            torch.save(tower.state_dict(), args.work / "words.pt")
    _tell(tower, tokenizer, texts, wanted, sorted(held), f"done, {step} steps")
    torch.save(tower.state_dict(), args.work / "words.pt")


def _tell(tower: TextTower, tokenizer: Tokenizer, texts: list[str], wanted: Tensor, held: list[int], when: str) -> None:
    """The mean cosine to the teacher on held-out texts, and on the same texts with a slip in each."""
    rng = random.Random(1)
    right = wanted[held]
    with torch.inference_mode():
        clean = tower(tokens_of(tokenizer, [texts[i] for i in held]))
        slipped = tower(tokens_of(tokenizer, [misspelt(texts[i], rng) for i in held]))
    print(
        f"{when}: cosine {(clean * right).sum(-1).mean():.4f}, misspelt {(slipped * right).sum(-1).mean():.4f}",
        flush=True,
    )


def misspelt(text: str, rng: random.Random) -> str:
    """One slip of the finger: a letter dropped, doubled or swapped with the next."""
    if len(text) < 5:
        return text
    at = rng.randrange(len(text) - 1)
    return rng.choice(
        (
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        )
    )
