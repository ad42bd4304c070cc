"""BLIP, BLIP-2 and InstructBLIP: captions, and answers about one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlm.errors import ModelError, UnknownModel, UsageError
from vlm.models.chatting import marks_of
from vlm.models.checkpoint import Checkpoint
from vlm.models.held import HeldModel
from vlm.models.sentences import english_only, gone_on
from vlm.protocols import Generation
from vlm.tasks.guard import inert

if TYPE_CHECKING:
    from PIL.Image import Image


def load(rest: str) -> Blip:
    """The model of `blip:REST`, by what its config.json says it is. Raises ModelUnavailable, UnknownModel."""
    checkpoint = Checkpoint.parse("blip", rest)
    config = checkpoint.config
    named = (config.get("architectures") or [_OF_TYPE.get(str(config.get("model_type")))])[0]
    made = {kind.architecture: kind for kind in (BlipCaptions, BlipAnswers, Blip2, InstructBlip)}.get(named)
    if made is None:
        raise UnknownModel(
            f"{checkpoint.spec} is a {named or 'model of no known kind'}, which writes no words; take a BLIP that "
            "captions or answers, such as blip:Salesforce/blip-image-captioning-base."
        )
    return made(checkpoint)


_OF_TYPE = {
    "blip": "BlipForConditionalGeneration",
    "blip-2": "Blip2ForConditionalGeneration",
    "instructblip": "InstructBlipForConditionalGeneration",
}


class WrongKind(ModelError, AttributeError):
    """A checkpoint is asked for what another one does: to `hasattr` it lacks the way, to a person it says so."""


class Blip(HeldModel):
    """What the kinds share."""

    architecture = ""
    picture_side = 768  # squashed to 384 x 384: the shorter side of most pictures
    does, instead = "captions and answers", {"captions": "", "answers": ""}

    def __init__(self, checkpoint: Checkpoint) -> None:
        super().__init__(checkpoint, self._load)

    def __getattr__(self, name: str) -> Any:
        if name in self.instead:
            raise WrongKind(f"{self.spec} writes {self.does} only; for {name} take {self.instead[name]}.")
        raise AttributeError(name)

    def _load(self, folder: Path, told: dict[str, Any]) -> tuple[Any, Any]:
        import transformers

        processor = transformers.AutoProcessor.from_pretrained(folder, local_files_only=True)
        return getattr(transformers, self.architecture).from_pretrained(folder, **told), processor

    def _written(self, pictures: Sequence[Image], words: str, how: Generation) -> list[str]:
        """What is written of each picture after the same words, which needs no padding."""
        if how.budget is not None:
            raise UsageError(f"{self.spec} has no budget of visual tokens; leave it away.")

        def inputs(processor: Any, part: Sequence[Image]) -> Any:
            asked = inert(words, marks_of(processor.tokenizer))
            return processor(images=list(part), text=[asked] * len(part), return_tensors="pt")

        return self.held.write(pictures, inputs, how)


class BlipCaptions(Blip):
    """BLIP that captions. Implements `vlm.protocols.Captioner`."""

    architecture = "BlipForConditionalGeneration"
    does, instead = "captions", {"answers": "blip:Salesforce/blip-vqa-base"}

    def captions(
        self, pictures: Sequence[Image], prefix: str = "", language: str = "en", how: Generation = Generation()
    ) -> list[str]:
        """One caption a picture, begun by `prefix`, in lower case as this model writes."""
        english_only(self.spec, language)
        # it repeats what it was given
        return [words or prefix for words in self._written(pictures, prefix, how)]


class BlipAnswers(Blip):
    """BLIP that answers (VQA), mostly in one word. Implements `vlm.protocols.Answerer`."""

    architecture = "BlipForQuestionAnswering"
    does, instead = "answers", {"captions": "blip:Salesforce/blip-image-captioning-base"}

    def answers(self, pictures: Sequence[Image], question: str, how: Generation = Generation()) -> list[str]:
        """One answer a picture."""
        return self._written(pictures, question, how)


class Blip2(Blip):
    """BLIP-2: a language model that is shown a picture. Implements `Captioner` and `Answerer`."""

    architecture = "Blip2ForConditionalGeneration"
    picture_side = 448  # squashed to 224 x 224
    caption, question = "", "Question: {} Answer:"

    def captions(
        self, pictures: Sequence[Image], prefix: str = "", language: str = "en", how: Generation = Generation()
    ) -> list[str]:
        """One caption a picture, begun by `prefix`."""
        english_only(self.spec, language)
        asked = f"{self.caption} {prefix}".strip()
        return [gone_on(prefix, words) for words in self._written(pictures, asked, how)]

    def answers(self, pictures: Sequence[Image], question: str, how: Generation = Generation()) -> list[str]:
        """One answer a picture."""
        return self._written(pictures, self.question.format(question), how)

    def _load(self, folder: Path, told: dict[str, Any]) -> tuple[Any, Any]:
        model, processor = super()._load(folder, told)
        if processor.num_query_tokens is None:
            # saved before transformers 4.46: nothing says where the picture goes, and it would not be looked at
            processor.num_query_tokens = model.config.num_query_tokens
            model.resize_token_embeddings(len(processor.tokenizer), pad_to_multiple_of=64)
            model.config.image_token_index = processor.tokenizer.convert_tokens_to_ids("<image>")
        return model, processor


class InstructBlip(Blip2):
    """InstructBLIP: BLIP-2 that was taught to do as it is told."""

    architecture = "InstructBlipForConditionalGeneration"
    caption, question = "A short image description:", "{}"
