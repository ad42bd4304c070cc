"""How well towers find pictures by captions: while they are trained, and as they ship."""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import torch
import torch.nn.functional as F
from PIL import Image

from mini_training.objects import naming_objects
from mini_training.pictures import held_out, normalised, squashed
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


def everyday(pictures: np.ndarray, embed: Callable[[list[str]], np.ndarray], names: list[str], file: Path) -> str:
    """nDCG@10 and precision@5 of single words and short phrases, judged by looking (benchmarks/everyday.jsonl)."""
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    number = {name: i for i, name in enumerate(names)}
    gained = right = 0.0
    for row, vector in zip(rows, embed([row["query"] for row in rows]), strict=True):
        relevant = {number[name] for name in row["relevant"]}
        first = np.argsort(-(pictures @ vector))[:10].tolist()
        best = sum(1 / np.log2(rank + 2) for rank in range(min(10, len(relevant))))
        gained += sum(1 / np.log2(rank + 2) for rank, i in enumerate(first) if i in relevant) / best
        right += sum(i in relevant for i in first[:5]) / 5
    return f"nDCG@10 {gained / len(rows):.3f}, precision@5 {right / len(rows):.3f} ({len(rows)} queries)"


def naming(pictures: np.ndarray, labels: list[str], every: list[str], embed: Callable[[list[str]], np.ndarray]) -> str:
    """Zero-shot top-1 and top-5 over all labels."""
    vectors = embed([f"a photo of a {label}" for label in every])
    first = np.argsort(-(pictures @ vectors.T), axis=1)[:, :5]
    hits = np.array([[every[i] == label for i in row] for row, label in zip(first, labels, strict=True)])
    return (
        f"top-1 {hits[:, 0].mean():.3f}, top-5 {hits.any(1).mean():.3f} ({len(labels)} pictures, {len(every)} labels)"
    )


def by_picture(
    embed: Callable[[list[Image.Image]], np.ndarray], made: np.ndarray, names: list[str], folder: Path
) -> str:
    """Where the target of each query picture stands among the photos."""
    rows = [json.loads(line) for line in (folder / "annotations.jsonl").read_text().splitlines()]
    asked = embed([Image.open(folder / row["file"]).convert("RGB") for row in rows])
    scores = asked @ made.T
    target = np.array([names.index(row["target"]) for row in rows])
    rank = (scores > scores[np.arange(len(rows)), target][:, None]).sum(1) + 1
    return f"R@1 {(rank <= 1).mean():.3f}, R@10 {(rank <= 10).mean():.3f}, median rank {np.median(rank):.0f} ({len(rows)} pictures)"


def check(args: argparse.Namespace) -> None:
    """The last checkpoint's average with the full sentence encoder, at `--side`: what the picture tower is worth."""
    head = torch.load(args.work / "pictures.pt", map_location="cpu")["text_head.weight"]
    tower = tower_of(args.work)
    for name, (files, captions) in evaluation_sets(args.data).items():
        made = []
        with torch.inference_mode():
            for at in range(0, len(files), 32):
                pixels = np.stack([squashed(data, args.side) for data in files[at : at + 32]])
                made.append(tower(normalised(torch.from_numpy(pixels)).contiguous(memory_format=torch.channels_last)))
        vectors = torch.from_numpy(teacher_vectors([c for some in captions for c in some]).astype(np.float32))
        texts = F.normalize(vectors @ head.T, dim=-1)
        print(f"{name} at {args.side}: {recalls(torch.cat(made).numpy(), texts.numpy(), captions)}", flush=True)


def evaluate(args: argparse.Namespace) -> None:
    """The shipped files, by the shipped embedder: captions, everyday words, examples, labels; speed; the trained one."""
    root = Path(__file__).resolve().parents[2]
    sys.path.insert(0, str(root))
    from vlm.embedders.mini import MiniEmbedder

    started = time.monotonic()
    mini = MiniEmbedder(args.out)
    mini.embed_texts(["a first query"])
    print(
        f"revision {mini.revision}, side {mini.picture_side}; loading and a first query {time.monotonic() - started:.2f} s"
    )
    for name, (files, captions) in evaluation_sets(args.data).items():
        pictures = [opened(data) for data in files]
        started = time.monotonic()
        made = mini.embed_pictures(pictures)
        rate = len(files) / (time.monotonic() - started)
        texts = mini.embed_texts([caption for some in captions for caption in some])
        print(f"{name}: {recalls(made, texts, captions)}; {rate:.1f} pictures/s (decoded already)", flush=True)
    folder = args.data.parent / "photos"
    names = [json.loads(line)["file"] for line in (folder / "annotations.jsonl").read_text().splitlines()]
    print("everyday:", everyday(made, mini.embed_texts, names, root / "benchmarks" / "everyday.jsonl"))
    print("by picture:", by_picture(mini.embed_pictures, made, names, args.data.parent / "image_queries"))
    held = held_out(args.data, args.labelled)
    every = sorted({label for part in args.labelled for label in pq.read_table(args.data / part)["label"].to_pylist()})
    kept = mini.embed_pictures([opened(data) for data, _ in held])
    print("held-out labels:", naming(kept, [label for _, label in held], every, mini.embed_texts))
    print("tags:", naming_objects(mini.tags(made), folder / "annotations.jsonl"))
    agreement(mini, args.work, files[:64])


def agreement(mini: Any, work: Path, files: list[bytes]) -> None:
    """The shipped graph beside the trained one in torch: do they say the same, and how much sooner."""
    trained = tower_of(work)
    pixels = normalised(torch.from_numpy(np.stack([squashed(data, mini.picture_side) for data in files])))
    ready = np.ascontiguousarray(pixels.numpy())
    batches = [slice(at, at + 16) for at in range(0, len(files), 16)]

    def torch_fp32() -> np.ndarray:
        with torch.inference_mode():
            return np.concatenate([trained(pixels[some].contiguous()).numpy() for some in batches])

    def shipped() -> np.ndarray:
        return np.concatenate([mini._pictures.run(None, {"pixels": ready[some]})[0] for some in batches])

    taken: dict[str, list[float]] = {"torch": [], "shipped": []}
    for _ in range(7):  # in turns: other work on the machine slows both
        for name, embed in (("torch", torch_fp32), ("shipped", shipped)):
            started = time.monotonic()
            made = embed()
            taken[name].append(time.monotonic() - started)
            if name == "torch":
                right = made
    ratios = [t / s for t, s in zip(taken["torch"], taken["shipped"], strict=True)]
    print(
        f"cosine to the trained picture tower: {(right * made).sum(1).mean():.5f}; torch fp32 "
        f"{len(files) / min(taken['torch']):.1f} pictures/s, shipped {len(files) / min(taken['shipped']):.1f}, "
        f"median ratio {np.median(ratios):.2f}"
    )


def opened(data: bytes) -> Image.Image:
    """An RGB picture."""
    return Image.open(io.BytesIO(data)).convert("RGB")


def tower_of(work: Path) -> PictureTower:
    """The picture tower of the last checkpoint's average, ready to be asked."""
    state = torch.load(work / "pictures.pt", map_location="cpu")
    tower = PictureTower()
    tower.load_state_dict({k.removeprefix("tower."): v for k, v in state.items() if k.startswith("tower.")})
    return tower.eval().to(memory_format=torch.channels_last)
