"""Training pictures: read from the parquet files once, kept squashed in memory, and varied anew each time they are used."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from mini_training import MEAN, STD
from mini_training.texts import PROMPTS, shared_words

# Pictures are kept squashed to this; crops of it are trained on, and the whole is evaluated on.
STORED_SIDE = 176
# One labelled picture in so many is kept from training, to measure naming things on.
HELD_OUT = 20


@dataclass(frozen=True)
class Pictures:
    """`pixels` (n, side, side, 3) uint8; captioned ones come first.

    `texts[i]` are the numbers of picture i's captions (or prompted labels), `words[i]` of single words and pairs.
    """

    pixels: np.ndarray
    texts: list[list[int]]
    words: list[list[int]]
    captioned: int


def load_pictures(data: Path, captioned: list[str], labelled: list[str], index: dict[str, int]) -> Pictures:
    """Every picture of these parts. `index` gives a text's number."""
    pixels, texts, words = [], [], []
    for part in captioned:
        for row in pq.read_table(data / part, columns=["image", "captions"]).to_pylist():
            pixels.append(squashed(row["image"]))
            texts.append([index[caption] for caption in row["captions"]])
            words.append([index[word] for word in shared_words(row["captions"])])
    count = len(pixels)
    for part in labelled:
        rows = pq.read_table(data / part, columns=["image", "label"]).to_pylist()
        for row in (row for at, row in enumerate(rows) if at % HELD_OUT):
            pixels.append(squashed(row["image"]))
            texts.append([index[prompt.format(row["label"])] for prompt in PROMPTS])
            words.append([])
    return Pictures(np.stack(pixels), texts, words, count)


def held_out(data: Path, labelled: list[str]) -> list[tuple[bytes, str]]:
    """(file, label) of the labelled pictures that are never trained on: one in HELD_OUT."""
    return [
        (row["image"], row["label"])
        for part in labelled
        for row in pq.read_table(data / part, columns=["image", "label"]).to_pylist()[::HELD_OUT]
    ]


def squashed(data: bytes, side: int = STORED_SIDE) -> np.ndarray:
    """The whole picture as (side, side, 3) uint8, exactly as the shipped embedder prepares it."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    return np.asarray(picture.resize((side, side), Image.Resampling.BICUBIC, reducing_gap=2.0))


def normalised(pixels: Tensor) -> Tensor:
    """uint8 (n, side, side, 3) to the float (n, 3, side, side) that the backbone was trained on."""
    pixels = pixels.permute(0, 3, 1, 2).float() / 255
    mean, std = (torch.tensor(values, device=pixels.device).view(1, 3, 1, 1) for values in (MEAN, STD))
    return (pixels - mean) / std


def augmented(pixels: Tensor, side: int, least_area: float, erased: float) -> Tensor:
    """Random crop with aspect jitter, flip, contrast, brightness, colour, 10 % grey, and a blank patch in some.

    `least_area` is the smallest share of a picture that a crop keeps; `erased` the share of pictures with a patch.
    """
    n, device = len(pixels), pixels.device
    area = torch.empty(n).uniform_(least_area, 1)
    aspect = torch.exp(torch.empty(n).uniform_(-0.35, 0.35))
    width, height = (area * aspect).sqrt().clamp(max=1), (area / aspect).sqrt().clamp(max=1)
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = width * torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
    theta[:, 1, 1] = height
    theta[:, 0, 2] = torch.empty(n).uniform_(-1, 1) * (1 - width)
    theta[:, 1, 2] = torch.empty(n).uniform_(-1, 1) * (1 - height)
    grid = F.affine_grid(theta.to(device), [n, 3, side, side], False)
    x = F.grid_sample(normalised(pixels), grid, align_corners=False)
    x = x * torch.empty(n, 1, 1, 1, device=device).uniform_(0.7, 1.3)
    x = x + torch.empty(n, 1, 1, 1, device=device).uniform_(-0.3, 0.3)
    x = x + torch.empty(n, 3, 1, 1, device=device).uniform_(-0.1, 0.1)
    grey = torch.rand(n, 1, 1, 1, device=device) < 0.1
    x = torch.where(grey, x.mean(1, keepdim=True).expand_as(x), x)
    for i in torch.nonzero(torch.rand(n) < erased).flatten().tolist():
        tall, wide = (int(side * v) for v in torch.empty(2).uniform_(0.15, 0.45))
        top, left = (int(torch.randint(side - size, ()).item()) for size in (tall, wide))
        x[i, :, top : top + tall, left : left + wide] = 0
    return x.contiguous(memory_format=torch.channels_last)
