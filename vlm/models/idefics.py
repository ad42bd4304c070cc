"""IDEFICS (the base models and -instruct), Idefics2, Idefics3 and SmolVLM: pictures and words in any order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlm.errors import UnknownModel
from vlm.models.chatting import TemplateChat
from vlm.models.checkpoint import Checkpoint
from vlm.models.conversing import Conversation, few_enough
from vlm.models.held import Inputs
from vlm.models.sentences import english_only, gone_on
from vlm.protocols import Generation, Turn
from vlm.tasks.guard import inert

if TYPE_CHECKING:
    from PIL.Image import Image

END = "<end_of_utterance>"
# A model that writes on long enough begins a next picture, which there is none of.
NEVER_WRITTEN = ("<image>", "<fake_token_around_image>")
MARKS = (*NEVER_WRITTEN, END, "<s>", "</s>", "<unk>")
NEXT_TURN = "\nUser:"
QUESTION = "Instruction: Provide an answer to the question. Use the image to answer.\n"
CATEGORY = "Instruction: Classify the following image into a single category from the following list: {}.\n"
STORY = "Instruction: Use the image to write a story. \n"

Prompt = tuple["str | Image", ...]
"""Words and pictures in the order in which the model reads them."""


def load(rest: str) -> TemplateChat:
    """The model of `idefics:REST`, by what its config.json says it is. Raises ModelUnavailable, UnknownModel."""
    checkpoint = Checkpoint.parse("idefics", rest)
    kind = checkpoint.config.get("model_type")
    if kind == "idefics":
        return (Instruct if _was_taught_to_talk(checkpoint.folder) else Base)(rest)
    made = {"idefics2": Idefics2, "idefics3": Idefics3, "smolvlm": SmolVlm}.get(str(kind))
    if made is None:
        raise UnknownModel(
            f"{checkpoint.spec} is a model of type {kind!r}, not IDEFICS, Idefics2, Idefics3 or SmolVLM."
        )
    return made(rest)


def _was_taught_to_talk(folder: Path) -> bool:
    """Base and -instruct have the same config; only the second one's tokenizer knows where an utterance ends."""
    told = (folder / name for name in ("special_tokens_map.json", "tokenizer_config.json", "added_tokens.json"))
    return any(END in path.read_text(encoding="utf-8") for path in told if path.is_file())


class Idefics2(TemplateChat):
    """Idefics2, by its chat template."""

    family = "idefics"
    picture_side = 980

    def _load(self, folder: Path, told: dict[str, Any]) -> tuple[Any, Any]:
        model, processor = super()._load(folder, told)
        _hold(model.generation_config, processor.tokenizer)
        return model, processor


class Idefics3(Idefics2):
    """Idefics3, and the SmolVLM that came before SmolVLM2: a picture is looked at in tiles and as a whole."""

    picture_side = 1456


class SmolVlm(Idefics3):
    """SmolVLM2."""

    picture_side = 2048

    def _processor(self, folder: Path) -> Any:
        from transformers import Idefics3Processor

        # SmolVLMProcessor makes the same of pictures, but needs num2words, for films
        return Idefics3Processor.from_pretrained(folder, local_files_only=True)


class Instruct(Idefics2):
    """IDEFICS -instruct: `User:` and `Assistant:`, each turn closed by a token of its own."""

    picture_side = 448  # squashed to 224 x 224: the shorter side of most pictures
    closed_by = END

    def _inputs(self, processor: Any, conversations: Sequence[Conversation], how: Generation) -> Any:
        self._looking(processor, how)
        return _read(processor, [self._prompt(turns) for turns in conversations])

    def _prompt(self, turns: Conversation) -> Prompt:
        parts: list[str | Image] = []
        for turn in turns:
            shown = [inert(part, MARKS).strip() if isinstance(part, str) else part for part in turn.parts]
            if turn.role == "system":
                parts += [self._instruction(" ".join(part for part in shown if isinstance(part, str)))]
                continue
            parts += ["User:" if turn.role == "user" else "Assistant:"]
            beside = "words"
            for part in shown:
                # a blank between words and words, none beside a picture: as in the documented prompts
                parts += [f" {part}" if isinstance(part, str) and beside == "words" else part]
                beside = "words" if isinstance(part, str) else "picture"
            parts += [f"{self.closed_by}\n"]
        return (*parts, "Assistant:")

    def _instruction(self, words: str) -> str:
        return f"User: {words}{self.closed_by}\n"


class Base(Instruct):
    """IDEFICS before it was taught to talk. Implements `Captioner`, `Answerer`, `Classifier`, `Storyteller`, `Chat`: it goes on with what it reads.

    Examples lead it: earlier turns of a conversation, each a picture and what is to be said of such a one.
    """

    closed_by = ""

    def captions(
        self, pictures: Sequence[Image], prefix: str = "", language: str = "en", how: Generation = Generation()
    ) -> list[str]:
        """One caption a picture, of one line, begun by `prefix`."""
        english_only(self.spec, language)
        begun = (inert(prefix, MARKS),) if prefix.strip() else ()
        return [gone_on(prefix, words) for words in self._go_on([(each, *begun) for each in pictures], how, ("\n",))]

    def answers(self, pictures: Sequence[Image], question: str, how: Generation = Generation()) -> list[str]:
        """One answer a picture, of one line."""
        asked = f"Question: {inert(question, MARKS).strip()} Answer:"
        return self._go_on([(QUESTION, picture, asked) for picture in pictures], how, ("\n", "Question:"))

    def classified(
        self, pictures: Sequence[Image], labels: Sequence[str], how: Generation = Generation(most_tokens=16)
    ) -> list[str]:
        """One line a picture, which should be one of `labels`."""
        told = CATEGORY.format([inert(each, MARKS) for each in labels])
        return self._go_on([(told, picture, "Category: ") for picture in pictures], how, ("\n",))

    def story(self, pictures: Sequence[Image], how: Generation = Generation()) -> Iterator[str]:
        """One story about all pictures, piece by piece, as long as `how` lets it be."""
        few_enough(self, [[Turn("user", (*pictures,))]])
        self._looking(None, how)
        prompt: Prompt = (STORY, *pictures, "Story: \n")
        return self.held.stream(prompt, _until(()), how)

    def replies(self, conversations: Sequence[Conversation], how: Generation = Generation()) -> list[str]:
        """The next turn of each conversation, without the turn of the user that this model would make up."""
        few_enough(self, conversations)
        return self._go_on([self._prompt(turns) for turns in conversations], how, (NEXT_TURN,))

    def reply(self, conversation: Conversation, how: Generation = Generation()) -> Iterator[str]:
        """The next turn, piece by piece."""
        few_enough(self, [conversation])
        return _before(self.held.stream(self._prompt(conversation), _until((NEXT_TURN,)), how), NEXT_TURN)

    def _go_on(self, prompts: Sequence[Prompt], how: Generation, stops: Sequence[str]) -> list[str]:
        self._looking(None, how)
        return [_cut(words, stops) for words in self.held.write(prompts, _until(stops), how)]

    def _instruction(self, words: str) -> str:
        return f"Instruction: {words}\n"


def _hold(told: Any, tokenizer: Any) -> None:
    """What is written ends where a turn ends, and holds no mark of a picture."""
    known = tokenizer.get_vocab()
    told.bad_words_ids = [[known[word]] for word in NEVER_WRITTEN if word in known]
    ends = told.eos_token_id if isinstance(told.eos_token_id, list) else [told.eos_token_id]
    told.eos_token_id = sorted({*ends, tokenizer.eos_token_id, known.get(END)} - {None})
    if told.pad_token_id is None:
        told.pad_token_id = tokenizer.pad_token_id


def _read(processor: Any, prompts: Sequence[Prompt]) -> Any:
    # the marks at the end of turns are ours: the processor would set them by where one string ends and the next begins
    told = [list(_no_address(_joined(prompt))) for prompt in prompts]
    return processor(text=told, add_end_of_utterance_token=False, return_tensors="pt")


def _joined(prompt: Prompt) -> Iterator[str | Image]:
    for words, parts in groupby(prompt, key=lambda part: isinstance(part, str)):
        if words:
            yield "".join(str(part) for part in parts)
        else:
            yield from parts


def _no_address(prompt: Iterable[str | Image]) -> Iterator[str | Image]:
    """The processor fetches a string that is an address from the network, in place of reading it: it gets two halves."""
    for part in prompt:
        if isinstance(part, str):
            # urlparse, by which it looks, overlooks line breaks
            yield from re.split(r"(?<=:)(?=[\t\r\n]*/)", part)
        else:
            yield part


def _until(stops: Sequence[str]) -> Inputs[Prompt]:
    def inputs(processor: Any, prompts: Sequence[Prompt]) -> Any:
        given = _read(processor, prompts)
        if stops:
            given.update(stop_strings=list(stops), tokenizer=processor.tokenizer)
        return given

    return inputs


def _cut(words: str, stops: Sequence[str]) -> str:
    """What was written, without its outer blanks, up to where it should have stopped."""
    for stop in stops:
        begins = stop.strip() and words.startswith(stop.strip())
        words = "" if begins else words.partition(stop)[0].rstrip()
    return words


def _before(pieces: Iterator[str], stop: str) -> Iterator[str]:
    """What comes before `stop`, which may be spread over several pieces."""
    kept = ""
    with closing(pieces):  # type: ignore[type-var]
        for piece in pieces:
            kept += piece
            before, found, _ = kept.partition(stop)
            if found:
                yield before
                return
            ready = max(0, len(kept) - len(stop) + 1)
            if ready:
                yield kept[:ready]
            kept = kept[ready:]
        yield kept
