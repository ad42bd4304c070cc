"""How well towers find pictures by captions: while they are trained, and as they ship."""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import torch
import torch.nn.functional as F
from PIL import Image

from mini_training.pictures import normalised, squashed
from mini_training.texts import teacher_vectors
from mini_training.towers import PictureTower

Set = tuple[list[bytes], list[list[str]]]


def evaluation_sets(data: Path) -> dict[str, Set]:
    """Pictures (as files) with their captions: Flickr8k's dev part, to choose by, and the photos, only to report."""
    rows = pq.read_table(data.parent / "flickr8k_dev.parquet").to_pylist()
    photos = [json.loads(line) for line in (data.parent / "photos" / "annotations.jsonl").read_text().splitlines()]
    files = [(data.parent / "photos" / photo["file"]).read_bytes() for photo in photos]
    return {
        "flickr8k_dev": ([row["image"] for row in rows], [row["captions"] for row in rows]),
        "photos": (files, [photo["captions"] for photo in photos]),
    }


def recalls(pictures: np.ndarray, texts: np.ndarray, captions: list[list[str]]) -> str:
    """R@1 / R@5 / R@10 and the median rank of each caption's own picture among all."""
    owner = np.repeat(np.arange(len(pictures)), [len(some) for some in captions])
    scores = texts @ pictures.T
    rank = (scores > scores[np.arange(len(owner)), owner][:, None]).sum(1)
    return " / ".join(f"{(rank < k).mean():.3f}" for k in (1, 5, 10)) + f", median rank {np.median(rank) + 1:.0f}"


def check(args: argparse.Namespace) -> None:
    """The last checkpoint's average with the full sentence encoder, at `--side`: what the picture tower is worth."""
    state = torch.load(args.work / "pictures.pt", map_location="cpu")
    tower = PictureTower()
    tower.load_state_dict({k.removeprefix("tower."): v for k, v in state.items() if k.startswith("tower.")})
    tower.eval().to(memory_format=torch.channels_last)
    for name, (files, captions) in evaluation_sets(args.data).items():
        made = []
        with torch.inference_mode():
            for at in range(0, len(files), 32):
                pixels = np.stack([squashed(data, args.side) for data in files[at : at + 32]])
                made.append(tower(normalised(torch.from_numpy(pixels)).contiguous(memory_format=torch.channels_last)))
        vectors = torch.from_numpy(teacher_vectors([c for some in captions for c in some]).astype(np.float32))
        texts = F.normalize(vectors @ state["text_head.weight"].T, dim=-1)
        print(f"{name} at {args.side}: {recalls(torch.cat(made).numpy(), texts.numpy(), captions)}", flush=True)


def evaluate(args: argparse.Namespace) -> None:
    """The shipped files, by the shipped embedder, and how fast they are."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from vlm.embedders.mini import MiniEmbedder

    mini = MiniEmbedder()
    print(f"revision {mini.revision}, side {mini.picture_side}")
    for name, (files, captions) in evaluation_sets(args.data).items():
        pictures = [Image.open(io.BytesIO(data)).convert("RGB") for data in files]
        started = time.monotonic()
        made = mini.embed_pictures(pictures)
        rate = len(files) / (time.monotonic() - started)
        texts = mini.embed_texts([caption for some in captions for caption in some])
        print(f"{name}: {recalls(made, texts, captions)}; {rate:.1f} pictures/s (decoded already)")
