"""The command `adapt`: teaches PaliGemma one's own captions or answers, by a small adapter beside its weights (LoRA)."""

from __future__ import annotations

import math
import os
import random
import shutil
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from vlm.errors import ModelError, ModelUnavailable, UsageError
from vlm.examples import Example, examples, picture
from vlm.models.checkpoint import Checkpoint
from vlm.models.held import Held, first_line, out_of_memory
from vlm.models.paligemma import batch, load
from vlm.wording import many

# Twice the most that a checkpoint looks at: JPEGs are decoded to a power of two of their size.
SIDE = 1792
# The linear layers of the words' part; the part that sees stays as it is, for a few hundred examples would spoil it.
LAYERS = r".*language_model.*\.(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)"


@dataclass(frozen=True, slots=True)
class Lessons:
    """How an adapter is learned: LoRA of this rank by AdamW, whose rate falls to nothing along half a cosine."""

    epochs: int = 3
    rate: float = 2e-4
    batch: int = 4
    rank: int = 8
    seed: int = 0


_USUAL = Lessons()
OnEpoch = Callable[[int, float], None]
"""Called after each epoch (from 1) with its mean loss a token, in nats."""


def learn(
    spec: str, lessons: Sequence[Example], folder: Path, how: Lessons = Lessons(), on_epoch: OnEpoch = lambda *_: None
) -> list[float]:
    """Write an adapter for the model of `spec` to a new `folder`; the mean loss of each epoch.

    The folder is there when it is whole, and not before. Raises UsageError, ModelError.
    """
    from importlib.util import find_spec

    family, _, rest = spec.partition(":")
    if family != "paligemma":
        raise UsageError(f"Only PaliGemma can be adapted, not {spec}; write paligemma:ORG/NAME or paligemma:/a/folder.")
    checkpoint = Checkpoint.parse(family, rest)
    if checkpoint.adapter:
        raise UsageError(
            f"{checkpoint.name} is an adapter itself; name the model that it was made for ({checkpoint.base.spec})."
        )
    if folder.exists():
        raise UsageError(f"{folder} is there already; name a new folder for the adapter.")
    if not os.access(folder.absolute().parent, os.W_OK):
        raise UsageError(f"{folder} cannot be written; name a place in a folder that is there and is yours.")
    if find_spec("peft") is None:
        raise ModelUnavailable("Adapting needs peft; install it with: pip install imsearch[adapt]")
    model, processor = _loaded(checkpoint, how)
    losses = []
    try:
        for epoch, loss in enumerate(_epochs(model, processor, lessons, how), 1):
            if not math.isfinite(loss):
                raise ModelError(f"The loss is no number any more in epoch {epoch}; try a smaller --rate.")
            losses.append(loss)
            on_epoch(epoch, loss)
    except RuntimeError as error:
        if not out_of_memory(error):
            raise ModelError(f"{spec} cannot be adapted ({first_line(error)}).") from error
        raise ModelError(f"Adapting {spec} does not fit into memory; try --batch 1, or fewer bits (?bits=4).") from None
    _save(model, checkpoint, folder)
    return losses


def _loaded(checkpoint: Checkpoint, how: Lessons) -> tuple[Any, Any]:
    import torch
    from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training

    torch.manual_seed(how.seed)
    held = Held(checkpoint, lambda folder, told: load(checkpoint, folder, told))
    with held.use() as (model, processor):
        pass
    held.close()
    # the order's end, on which all of its words and the picture look, must be where the answer begins
    processor.tokenizer.padding_side = "right"
    if checkpoint.bits != 16:
        model = prepare_model_for_kbit_training(model)
    config = LoraConfig(r=how.rank, lora_alpha=2 * how.rank, target_modules=LAYERS, task_type="CAUSAL_LM")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks transformers by an old name
        return get_peft_model(model, config), processor


def _epochs(model: Any, processor: Any, lessons: Sequence[Example], how: Lessons) -> Iterator[float]:
    import torch

    trained = [weight for weight in model.parameters() if weight.requires_grad]
    steps = how.epochs * math.ceil(len(lessons) / how.batch)
    optimizer = torch.optim.AdamW(trained, lr=how.rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    order = random.Random(how.seed)
    model.train()
    for _ in range(how.epochs):
        mixed = order.sample(list(lessons), len(lessons))
        total = tokens = 0.0
        for start in range(0, len(mixed), how.batch):
            given = _batch(processor, mixed[start : start + how.batch], model)
            loss = model(**given).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            said = int((given["labels"] != -100).sum())
            total, tokens = total + loss.item() * said, tokens + said
        yield total / tokens


def _batch(processor: Any, lessons: Sequence[Example], model: Any) -> dict[str, Any]:
    orders, answers = [lesson.prompt for lesson in lessons], [lesson.answer for lesson in lessons]
    given = batch(processor, [picture(lesson.file, SIDE) for lesson in lessons], orders, answers)
    return {
        name: value.to(model.device, model.dtype if value.is_floating_point() else None)
        for name, value in given.items()
    }


def _save(model: Any, checkpoint: Checkpoint, folder: Path) -> None:
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    config = model.peft_config["default"]
    config.base_model_name_or_path, config.revision = checkpoint.name, checkpoint.revision or None
    try:
        model.save_pretrained(part)
        part.rename(folder)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written ({error.strerror or error}); name another place.") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


@click.command()
@click.argument("spec")
@click.argument("list_", metavar="LIST", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--epochs", default=_USUAL.epochs, show_default=True, type=click.IntRange(1), help="How often each example is seen."
)
@click.option(
    "--rate", default=_USUAL.rate, show_default=True, type=click.FloatRange(0, min_open=True), help="Size of the steps."
)
@click.option(
    "--batch",
    default=_USUAL.batch,
    show_default=True,
    type=click.IntRange(1),
    help="Examples a step; fewer need less memory.",
)
@click.option("--rank", default=_USUAL.rank, show_default=True, type=click.IntRange(1), help="Size of the adapter.")
@click.pass_context
def adapt(
    ctx: click.Context, spec: str, list_: Path, folder: Path, epochs: int, rate: float, batch: int, rank: int
) -> None:
    """Teach SPEC, a PaliGemma, the answers in LIST, and write what it learned to a new FOLDER.

    LIST is a JSONL or CSV file of file, prompt (may be left away: "caption en") and answer. Afterwards paligemma:FOLDER
    names the adapted model. A graphics card is needed for models of real size.
    """
    good, bad = examples(list_)
    for sentence in bad:
        click.echo(sentence, err=True)
    click.echo(f"{many(len(good), 'example')}, {many(epochs, 'epoch')}. Loading {spec} ...")
    how = Lessons(epochs=epochs, rate=rate, batch=batch, rank=rank)
    try:
        learn(spec, good, folder, how, lambda epoch, loss: click.echo(f"epoch {epoch}: loss {loss:.4f}"))
    except KeyboardInterrupt:
        click.echo("imsearch: interrupted; nothing was written.", err=True)
        ctx.exit(130)
    click.echo(f"Written. Name the adapted model as: paligemma:{folder}")
