"""PaliGemma and PaliGemma 2: one short order a picture (`caption en`, `detect cat ; dog`), answered; no conversation."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlm.errors import ModelError, ModelUnavailable
from vlm.models.checkpoint import Checkpoint
from vlm.models.held import HeldModel
from vlm.models.sentences import gone_on
from vlm.protocols import Box, DetectedObject, Generation, TextLine
from vlm.tasks.guard import box_in, clean, inert, known, label_in

if TYPE_CHECKING:
    from PIL.Image import Image

BINS = (1024.0, 1024.0)
CODES = 16
_THING = re.compile(r"((?:<loc\d{4}>){4})((?:<seg\d{3}>)*)([^<;]*)")
# What no order and no answer may say: it means something to the processor. Places (`<loc0512>`) may stand in both.
_MARKS = ("<image>", "<bos>", "<eos>", "<pad>", "<unk>")


@dataclass(frozen=True, slots=True)
class Segment:
    """One thing and its outline: 16 codes (0..127) of big_vision's mask decoder, or none where the model told no outline.

    The decoder's weights are no part of the checkpoint, so that no mask is drawn from the codes here.
    """

    label: str
    box_xyxy: Box
    codes: tuple[int, ...]


class PaliGemma(HeldModel):
    """Implements Captioner, Answerer, Reader and Detector: `paligemma:google/paligemma2-3b-mix-448`, or a folder.

    The folder may hold an adapter that `imsearch adapt` wrote: it is loaded on top of the model that it was made for.
    """

    # the biggest of the three sizes there are; each checkpoint makes a square of its own from a picture
    picture_side = 896

    def __init__(self, rest: str) -> None:
        checkpoint = Checkpoint.parse("paligemma", rest)
        super().__init__(checkpoint, lambda folder, told: load(checkpoint, folder, told))

    def captions(
        self, pictures: Sequence[Image], prefix: str = "", language: str = "en", how: Generation = Generation()
    ) -> list[str]:
        """One caption a picture, short (`mix`) or a paragraph (`docci`): as the checkpoint was taught."""
        return list(map(_words, self.ask(pictures, f"caption {language}", how, prefix)))

    def descriptions(
        self, pictures: Sequence[Image], language: str = "en", how: Generation = Generation()
    ) -> list[str]:
        """Somewhat longer captions, which only `pt` and `mix` checkpoints were taught."""
        return list(map(_words, self.ask(pictures, f"describe {language}", how)))

    def answers(self, pictures: Sequence[Image], question: str, how: Generation = Generation()) -> list[str]:
        """A few words to a question, one answer a picture."""
        return list(map(_words, self.ask(pictures, f"answer en {question}", how)))

    def read(self, picture: Image) -> tuple[TextLine, ...]:
        """The lines in reading order. It does not tell where they are: each has the whole picture as its box, and score 1."""
        (answer,) = self.ask([picture], "ocr", Generation(most_tokens=512))
        everywhere = (0.0, 0.0, float(picture.width), float(picture.height))
        lines = (" ".join(line.split()) for line in _words(answer).split("\n"))
        return tuple(TextLine(line, 1.0, everywhere) for line in lines if line)

    def detect(
        self,
        pictures: Sequence[Image],
        labels: Sequence[str] = (),
        least: float | None = None,
        how: Generation = Generation(),
    ) -> list[tuple[DetectedObject, ...]]:
        """Where the labels are, in the model's order; it tells no scores, so each is 1. Raises ModelError without labels."""
        answers = self.ask(pictures, f"detect {self._named(labels)}", how)
        return [
            tuple(DetectedObject(thing.label, 1.0, thing.box_xyxy) for thing in things(answer, picture.size, labels))
            for picture, answer in zip(pictures, answers, strict=True)
        ]

    def segment(
        self, pictures: Sequence[Image], labels: Sequence[str], how: Generation = Generation()
    ) -> list[tuple[Segment, ...]]:
        """Where the labels are, with the codes of their outlines. Raises ModelError without labels."""
        answers = self.ask(pictures, f"segment {self._named(labels)}", how)
        return [things(answer, picture.size, labels) for picture, answer in zip(pictures, answers, strict=True)]

    def ask(self, pictures: Sequence[Image], order: str, how: Generation = Generation(), prefix: str = "") -> list[str]:
        """What it writes when it is given an order as it was taught, `caption de`, also one of your own (`imsearch adapt`)."""
        written = self.held.write(pictures, lambda processor, part: inputs(processor, part, order, prefix), how)
        return [clean(gone_on(prefix, answer)) for answer in written]

    def _named(self, labels: Sequence[str]) -> str:
        named = [label for label in (label_in(one) for one in labels) if label]
        if not named:
            raise ModelError(f"{self.spec} must be told what to look for; name it, for example: cat, person.")
        return " ; ".join(named)


def _words(answer: str) -> str:
    """An answer without places and codes, which a checkpoint may mix in."""
    return re.sub(r"<(?:loc\d{4}|seg\d{3})>", "", answer).strip()


def load(checkpoint: Checkpoint, folder: Path, told: dict[str, Any]) -> tuple[Any, Any]:
    """(model, processor) of the folder, with the checkpoint's adapter on top. Raises ModelUnavailable without peft."""
    from transformers import AutoProcessor, PaliGemmaForConditionalGeneration

    processor = AutoProcessor.from_pretrained(folder, local_files_only=True)
    processor.tokenizer.padding_side = "left"
    model = PaliGemmaForConditionalGeneration.from_pretrained(folder, **told)
    if checkpoint.adapter is None:
        return model, processor
    try:
        from peft import PeftModel
    except ImportError:
        raise ModelUnavailable(
            f"{checkpoint.spec} is an adapter, which needs peft; install it with: pip install imsearch[adapt]"
        ) from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks transformers by an old name
        adapted = PeftModel.from_pretrained(model, str(checkpoint.adapter))
    # weights of 4 or 8 bits would be rounded once more by merging
    return (adapted.merge_and_unload() if checkpoint.bits == 16 else adapted), processor


def batch(
    processor: Any, pictures: Sequence[Image], orders: Sequence[str], answers: Sequence[str] | None = None
) -> Any:
    """Pictures and orders as the model takes them, with answers also the `labels` to learn them by.

    The processor adds the visual tokens, <bos>, and the line feed that ends an order.
    """
    said = {} if answers is None else {"suffix": [inert(answer, _MARKS) for answer in answers]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it makes an array of torch's numbers
        return processor(
            images=[[picture] for picture in pictures],
            text=[f"<image>{inert(' '.join(order.split()), _MARKS)}" for order in orders],
            return_tensors="pt",
            padding="longest",
            **said,
        )


def inputs(processor: Any, pictures: Sequence[Image], order: str, prefix: str = "") -> Any:
    """What `generate` takes: one order for all pictures, and the words that every answer begins with."""
    import torch

    given = batch(processor, pictures, [order] * len(pictures))
    # always there, and only of use in training
    given.pop("labels", None)
    if prefix:
        # the answer's beginning: after the order, and like all of the answer seen by what follows only (type 1)
        words = processor.tokenizer(inert(prefix.rstrip(), _MARKS), add_special_tokens=False)["input_ids"]
        begun = torch.tensor([words] * len(pictures), dtype=given["input_ids"].dtype)
        for name, more in {"input_ids": begun, "attention_mask": torch.ones_like(begun), "token_type_ids": torch.ones_like(begun)}.items():  # fmt: skip
            given[name] = torch.cat([given[name], more], dim=1)
    return given


def things(answer: str, size: tuple[int, int], labels: Sequence[str] = ()) -> tuple[Segment, ...]:
    """What `detect` and `segment` answer: `<locY1><locX1><locY2><locX2>[16 <segNNN>] label ; ...` over 1024 bins a side.

    With `labels`, only those, spelt as asked. Things with fewer than four corners or without an area are left out.
    """
    made = []
    for corners, codes, said in _THING.findall(answer):
        label = known(label_in(said), [label_in(one) for one in labels])
        box = box_in([int(n) for n in re.findall(r"\d{4}", corners)], size, BINS, y_first=True)
        numbers = tuple(int(n) for n in re.findall(r"\d{3}", codes))
        if label and box:
            made.append(Segment(label, box, numbers if len(numbers) == CODES else ()))
    return tuple(made)
