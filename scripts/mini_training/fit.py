"""Fine-tuning the picture tower against the teacher's vectors of captions, in a given time."""

from __future__ import annotations

import argparse
import math
import random
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mini_training.pictures import Pictures, augmented, load_pictures, normalised
from mini_training.texts import load_texts
from mini_training.towers import PictureTower, text_head

TEMPERATURE_OF_TARGETS = 0.05  # how far near-synonymous captions share the credit; from the data's README
SAVE_SECONDS = 60.0


@dataclass
class Run:
    """All that a checkpoint holds: `seconds` trained so far, and the moving average that is shipped."""

    tower: PictureTower
    head: nn.Linear
    scale: nn.Parameter
    optimiser: torch.optim.Optimizer
    average: dict[str, Tensor]
    step: int = 0
    seconds: float = 0.0

    def weights(self) -> dict[str, Tensor]:
        """Both towers' weights by name."""
        own = {f"tower.{k}": v for k, v in self.tower.state_dict().items()}
        return own | {"text_head.weight": self.head.weight.detach()}

    def follow(self) -> None:
        """Move the average towards the weights, quickly at first."""
        keep = min(0.999, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for name, value in self.weights().items():
                if value.is_floating_point():
                    self.average[name].lerp_(value, 1 - keep)

    def save(self, folder: Path) -> None:
        """pictures.pt (the average) and checkpoint.pt (everything), each whole or not at all."""
        state = {
            "weights": self.weights(), "scale": self.scale.detach(), "optimiser": self.optimiser.state_dict(),
            "average": self.average, "step": self.step, "seconds": self.seconds,
        }  # fmt: skip
        for name, content in (("pictures.pt", self.average), ("checkpoint.pt", state)):
            torch.save(content, folder / f"{name}.new")
            (folder / f"{name}.new").replace(folder / name)

    def resume(self, path: Path, device: str) -> None:
        """Go on from a checkpoint."""
        state = torch.load(path, map_location=device)
        weights = state["weights"]
        self.tower.load_state_dict({k.removeprefix("tower."): v for k, v in weights.items() if k.startswith("tower.")})
        with torch.no_grad():
            self.head.weight.copy_(weights["text_head.weight"])
            self.scale.copy_(state["scale"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average, self.step, self.seconds = state["average"], state["step"], state["seconds"]


def train_pictures(args: argparse.Namespace) -> None:
    """Train every layer for `--minutes` in all, over any number of interrupted runs; leaves pictures.pt."""
    torch.manual_seed(0), random.seed(0), np.random.seed(0)
    device = ("cuda" if torch.cuda.is_available() else "cpu") if args.device == "auto" else args.device
    texts, vectors = load_texts(args.work, "texts")
    teacher = torch.from_numpy(vectors).to(device)
    pictures = load_pictures(args.data, args.captioned, args.labelled, {text: i for i, text in enumerate(texts)})
    print(f"{len(pictures.pixels)} pictures, {pictures.captioned} captioned, {len(texts)} texts, {device}", flush=True)
    run = _begin(args, pictures, teacher, device)
    run.tower.train()
    rows = _rows(pictures, args.batch, args.labels_an_epoch)
    started, saved = time.monotonic() - run.seconds, time.monotonic()
    while (done := (time.monotonic() - started) / (60 * args.minutes)) < 1:
        for group in run.optimiser.param_groups:
            group["lr"] = group["peak"] * one_cycle(done)
        loss = _step(run, args, pictures, teacher, next(rows), side_at(done, args.sides), device)
        run.seconds = time.monotonic() - started
        if run.step % 50 == 0:
            print(f"step {run.step} {done:.1%} loss {loss:.3f} {run.step * args.batch / run.seconds:.1f}/s", flush=True)
        if time.monotonic() - saved > SAVE_SECONDS:
            run.save(args.work)
            saved = time.monotonic()
    run.save(args.work)
    epoch = pictures.captioned + args.labels_an_epoch
    print(f"done: {run.step} steps, {run.step * args.batch / epoch:.2f} epochs", flush=True)


def _begin(args: argparse.Namespace, pictures: Pictures, teacher: Tensor, device: str) -> Run:
    tower = PictureTower(args.backbone).to(device, memory_format=torch.channels_last)
    head, scale = text_head().to(device), nn.Parameter(torch.tensor(math.log(1 / 0.05), device=device))
    heads = [*tower.head.parameters(), *head.parameters(), scale]
    groups = [*tower.groups(args.rate, args.decay), {"params": heads, "peak": 2 * args.rate}]
    run = Run(tower, head, scale, torch.optim.AdamW(groups, lr=0, weight_decay=0.02), {})
    if (args.work / "checkpoint.pt").exists() and not args.anew:
        run.resume(args.work / "checkpoint.pt", device)
        print(f"resumed at step {run.step}, {run.seconds / 60:.1f} minutes", flush=True)
    else:
        warm_up(run, pictures, teacher, device)
        run.average = {name: value.clone() for name, value in run.weights().items()}
    return run


def _rows(pictures: Pictures, batch: int, labels_an_epoch: int):
    """Batches without end: an epoch is every captioned picture and as many labelled as do not drown them."""
    count = len(pictures.pixels)
    while True:
        labels = random.sample(range(pictures.captioned, count), min(labels_an_epoch, count - pictures.captioned))
        order = [*range(pictures.captioned), *labels]
        random.shuffle(order)
        yield from (order[at : at + batch] for at in range(0, len(order) - batch + 1, batch))


def _step(
    run: Run, args: argparse.Namespace, pictures: Pictures, teacher: Tensor, rows: list[int], side: int, device: str
) -> float:
    chosen = [_text_of(pictures, i, args.short) for i in rows]
    some = teacher[chosen + np.random.randint(0, len(teacher), args.negatives).tolist()]
    pixels = augmented(torch.from_numpy(pictures.pixels[rows]).to(device), side, args.least_area, args.erased)
    with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
        made = run.tower(pixels).float()
    loss = loss_of(made, F.normalize(run.head(some), dim=-1), some, run.scale)
    run.optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_([*run.tower.parameters(), run.head.weight, run.scale], 1.0)
    run.optimiser.step()
    run.step += 1
    run.follow()
    return loss.item()


def _text_of(pictures: Pictures, i: int, short: float) -> int:
    """One text of a picture: mostly a caption, in a share `short` of cases a word or two that its captions share."""
    some = pictures.words[i] if pictures.words[i] and random.random() < short else pictures.texts[i]
    return random.choice(some)


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


def warm_up(run: Run, pictures: Pictures, teacher: Tensor, device: str) -> None:
    """Train the heads alone on frozen features: a random head would wreck the backbone in its first steps."""
    features = []
    with torch.inference_mode():
        for at in range(0, len(pictures.pixels), 64):
            x = normalised(torch.from_numpy(pictures.pixels[at : at + 64]).to(device))
            x = F.interpolate(x, 128, mode="bilinear", antialias=True)
            features.append(run.tower.backbone(x.contiguous(memory_format=torch.channels_last)))
    frozen = torch.cat(features).clone()
    steps = 8 * len(frozen) // 512
    optimiser = torch.optim.AdamW([*run.tower.head.parameters(), run.head.weight, run.scale], 1.5e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1.5e-3, total_steps=steps)
    for _ in range(steps):
        rows = np.random.randint(0, len(frozen), 512)
        chosen = teacher[[random.choice(pictures.texts[i]) for i in rows]]
        x = frozen[rows] * (1 + 0.1 * torch.randn(512, frozen.shape[1], device=device))
        loss = loss_of(run.tower.head(x), F.normalize(run.head(chosen), dim=-1), chosen, run.scale)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    print(f"warm-up: loss {loss.item():.3f}", flush=True)


def one_cycle(done: float) -> float:
    """The rate's share of its peak after `done` (0..1) of the time: a short rise, then a cosine to zero."""
    return min(1.0, done / 0.06) if done < 0.06 else 0.5 * (1 + math.cos(math.pi * (done - 0.06) / 0.94))


def side_at(done: float, sides: list[int]) -> int:
    """Progressive resolution: each side in turn; the last has the largest share of what is learnt at low rates."""
    return sides[min(int(done * len(sides)), len(sides) - 1)]
