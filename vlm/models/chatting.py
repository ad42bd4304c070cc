"""Models with a chat template: what Gemma, Idefics2 and 3, SmolVLM and many others share."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from vlm.errors import UsageError
from vlm.models.checkpoint import Checkpoint
from vlm.models.held import HeldModel
from vlm.protocols import Generation, Turn
from vlm.tasks.guard import THOUGHTS, inert
from vlm.wording import many

Conversation = Sequence[Turn]


class TemplateChat(HeldModel):
    """Implements `vlm.protocols.Chat` and `Chooser` by transformers' image-text-to-text models."""

    family = ""
    picture_side = 1024
    most_pictures = 16

    def __init__(self, rest: str) -> None:
        super().__init__(Checkpoint.parse(self.family, rest), self._load)

    def replies(self, conversations: Sequence[Conversation], how: Generation = Generation()) -> list[str]:
        """The next turn of each conversation."""
        self._check(conversations)
        return self.held.write(conversations, lambda p, part: self._inputs(p, part, how), how, **self._told(how))

    def reply(self, conversation: Conversation, how: Generation = Generation()) -> Iterator[str]:
        """The next turn, piece by piece."""
        self._check([conversation])
        return self.held.stream(conversation, lambda p, part: self._inputs(p, part, how), how, **self._told(how))

    def chances(self, conversations: Sequence[Conversation], words: Sequence[str]) -> list[tuple[float, ...]]:
        """How likely the next word begins each of `words`, among these alone."""
        self._check(conversations)
        return self.held.chances(conversations, lambda p, part: self._inputs(p, part, Generation()), words)

    def _check(self, conversations: Sequence[Conversation]) -> None:
        for turns in conversations:
            shown = sum(not isinstance(part, str) for turn in turns for part in turn.parts)
            if shown > self.most_pictures:
                raise UsageError(
                    f"{self.spec} looks at {many(self.most_pictures, 'picture')} at once at most, not {shown}; ask about fewer."
                )

    def _load(self, folder: Path, told: dict[str, Any]) -> tuple[Any, Any]:
        from transformers import AutoModelForImageTextToText

        processor = self._processor(folder)
        processor.tokenizer.padding_side = "left"  # what is written goes on from the end of each row
        return AutoModelForImageTextToText.from_pretrained(folder, **told), processor

    def _processor(self, folder: Path) -> Any:
        from transformers import AutoProcessor

        return AutoProcessor.from_pretrained(folder, local_files_only=True)

    def _inputs(self, processor: Any, conversations: Sequence[Conversation], how: Generation) -> Any:
        marks = marks_of(processor.tokenizer)
        return processor.apply_chat_template(
            [[_message(turn, marks) for turn in turns] for turns in conversations],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            processor_kwargs={"padding": True, **self._looking(processor, how)},
            **self._thinking(processor, how),
        )

    def _looking(self, processor: Any, how: Generation) -> dict[str, Any]:
        """What the processor is told of how closely to look, for families that let one choose."""
        if how.budget is not None:
            raise UsageError(f"{self.spec} has no budget of visual tokens; leave it away.")
        return {}

    def _thinking(self, processor: Any, how: Generation) -> dict[str, Any]:
        """What the template is told of thinking first, where it knows of that."""
        if "enable_thinking" in str(processor.chat_template):
            return {"enable_thinking": how.think}
        if how.think:
            raise UsageError(
                f"{self.spec} cannot think before it answers; ask it without, or a model that can (Gemma 4)."
            )
        return {}

    def _told(self, how: Generation) -> dict[str, Any]:
        """What `generate` is told beside `Generation`, for families that need it."""
        return {}


def marks_of(tokenizer: Any) -> list[str]:
    """The tokens that shape a conversation, begin or end thinking, or stand for a picture: no words of a user or a picture."""
    # not all_special_tokens: Idefics2's processor sets that list anew and leaves <image> out
    special = [token.content for token in tokenizer.added_tokens_decoder.values() if token.special]
    return [*special, *(mark for pair in THOUGHTS for mark in pair)]


def _message(turn: Turn, marks: Collection[str]) -> dict[str, Any]:
    content = [
        {"type": "text", "text": inert(part, marks)} if isinstance(part, str) else {"type": "image", "image": part}
        for part in turn.parts
    ]
    return {"role": turn.role, "content": content}
