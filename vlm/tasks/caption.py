"""Captions: what a picture shows, in a sentence or more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast, get_args

from blake3 import blake3

from vlm.errors import ModelError, UsageError
from vlm.protocols import Annotation, Captioner, Generation, Model, Task
from vlm.tasks.asked import NoUse, Say, can_answer, saying, usable
from vlm.tasks.asking import Asking

if TYPE_CHECKING:
    from PIL.Image import Image

Style = Literal["short", "detailed", "alt"]
_WORDS: dict[Style, str] = {
    "short": "Describe this picture in one short sentence.",
    "detailed": "Describe this picture in detail, in one paragraph: what is in it, where, its colours, and any words in it.",
    "alt": "Write alternative text for this picture, for someone who cannot see it: one sentence of at most 125 "
    "characters, without 'picture of'.",
}
_MOST_TOKENS: dict[Style, int] = {"short": 60, "detailed": 300, "alt": 60}
# Raise it whenever the words above change: what was said to the old ones is stale then.
VERSION = "1"


@dataclass(frozen=True)
class Wanted:
    """What kind of caption: its style, words that it goes on from, its language, and pictures with captions as examples."""

    style: Style = "short"
    prefix: str = ""
    language: str = "en"
    examples: tuple[tuple[Image, str], ...] = ()

    def __post_init__(self) -> None:
        if self.style not in get_args(Style):
            raise UsageError(f"{self.style!r} is no style of caption; choose {', '.join(get_args(Style))}.")

    @property
    def version(self) -> str:
        """Names this way of asking."""
        parts = [VERSION, self.style, self.language]
        if self.prefix or self.examples:
            digest = blake3(self.prefix.encode())
            for picture, answer in self.examples:
                digest.update(picture.tobytes() + answer.encode())
            parts.append(digest.hexdigest()[:8])
        return "-".join(parts)

    @property
    def words(self) -> str:
        """The question, for a model that is asked in words."""
        asked = _WORDS[self.style]
        if self.prefix:
            asked += f" Begin with these words: {self.prefix}"
        if self.language != "en":
            asked += f" Write in the language with the code {self.language}."
        return asked


class Captions(Asking):
    """Implements `vlm.protocols.Annotator`. Raises ModelError for a model that writes no captions."""

    task: Task = "caption"

    def __init__(self, model: Model, wanted: Wanted = Wanted(), how: Generation | None = None) -> None:
        super().__init__(model, wanted.version)
        self._how = how or Generation(most_tokens=_MOST_TOKENS[wanted.style])
        self._say = _say(model, wanted)

    def annotate(self, pictures: Sequence[Image]) -> list[Annotation]:
        """A caption of each picture; `problem` where the model found no words of use."""
        return [
            Annotation(*self._by(), problem=made.problem)
            if isinstance(made, NoUse)
            else Annotation(*self._by(), caption=made)
            for made in usable(pictures, self._say, self._how, lambda said, _: _sentence(said))
        ]


def _say(model: Model, wanted: Wanted) -> Say:
    """A model's own captions where they are of the kind that is wanted, else it is asked in words."""
    own = hasattr(type(model), "captions")
    if own and not wanted.examples and (wanted.style == "short" or not can_answer(model)):
        captioner = cast(Captioner, model)
        return lambda pictures, how: captioner.captions(pictures, wanted.prefix, wanted.language, how)
    if not can_answer(model):
        raise ModelError(f"{model.spec} writes no captions; name a model that does (docs/vision.md).")
    return saying(model, wanted.words, wanted.examples)


def _sentence(said: str) -> str:
    """A caption without what chat models put around it."""
    text = said.strip().strip('*_`"“”').strip()
    return text.removeprefix("Caption:").removeprefix("Alt text:").strip().strip('"“”')
