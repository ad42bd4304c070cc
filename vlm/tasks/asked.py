"""Asking one model the same of many pictures, each looked at alone: its own way first, else in a conversation.

What comes back is cleaned; an answer of no use (empty, in circles, without end) is asked for once more, then given up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, cast

from vlm.errors import ModelError, PartlyAnswered
from vlm.protocols import Answerer, Chat, Chooser, Generation, Model, Turn
from vlm.tasks.guard import again, clean, wrong

if TYPE_CHECKING:
    from PIL.Image import Image

Made = TypeVar("Made")
Say = Callable[[Sequence["Image"], Generation], list[str]]
"""Pictures, and how to write, to what the model says of each."""


@dataclass(frozen=True, slots=True)
class NoUse:
    """What a model said twice of a picture cannot be used; `problem` says why."""

    problem: str


def can_answer(model: Model) -> bool:
    """Whether a model answers a question about a picture."""
    return hasattr(type(model), "replies") or hasattr(type(model), "answers")


def saying(model: Model, question: str, examples: Sequence[tuple[Image, str]] = ()) -> Say:
    """How this model is asked a question about each picture; `examples` are pictures with the right answers.

    Raises ModelError for a model that answers none, or that cannot be shown examples.
    """
    if hasattr(type(model), "replies"):
        chat = cast(Chat, model)
        before: list[Turn] = []
        for picture, answer in examples:
            before += [Turn("user", (picture, question)), Turn("assistant", (answer,))]
        return lambda pictures, how: chat.replies(
            [[*before, Turn("user", (picture, question))] for picture in pictures], how
        )
    if examples:
        raise ModelError(f"{model.spec} learns from no examples; leave them away, or name a model that converses.")
    if hasattr(type(model), "answers"):
        return lambda pictures, how: cast(Answerer, model).answers(pictures, question, how)
    raise ModelError(f"{model.spec} answers no questions; name a model that does (docs/vision.md).")


def sure_of(model: Model, pictures: Sequence[Image], question: str) -> list[float | NoUse]:
    """How sure a model is of yes, 0..1: by its own odds against no where it tells them, else 1 or 0 by what it says.

    Raises ModelError for a model that answers no questions.
    """
    question += " Answer with Yes or No alone."
    if hasattr(type(model), "chances"):
        turns = [[Turn("user", (picture, question))] for picture in pictures]
        return [yes for yes, _ in cast(Chooser, model).chances(turns, ("Yes", "No"))]
    return usable(pictures, saying(model, question), Generation(most_tokens=8), _yes)


def _yes(said: str, _: Image) -> float:
    word = said.strip(" .*\"'").casefold()
    if not word.startswith(("yes", "no")):
        raise ModelError(f"The answer is neither yes nor no ({said[:60]}).")
    return float(word.startswith("yes"))


def usable(
    pictures: Sequence[Image], say: Say, how: Generation, read: Callable[[str, Image], Made]
) -> list[Made | NoUse]:
    """What `read` makes of each answer; where the answer, or `read` (by ModelError), says no twice, why."""
    made: list[Made | NoUse] = _read(pictures, _said(say, pictures, how), read)
    if bad := [i for i, one in enumerate(made) if isinstance(one, NoUse)]:
        some = [pictures[i] for i in bad]
        for i, one in zip(bad, _read(some, _said(say, some, again(how)), read), strict=True):
            made[i] = one
    return made


def _said(say: Say, pictures: Sequence[Image], how: Generation) -> Sequence[str | ModelError]:
    """The answers; where some failed, those that there are, and why there are no others."""
    try:
        return say(pictures, how)
    except PartlyAnswered as partly:
        return partly.answers


def _read(
    pictures: Sequence[Image], answers: Sequence[str | ModelError], read: Callable[[str, Image], Made]
) -> list[Made | NoUse]:
    made: list[Made | NoUse] = []
    for picture, answer in zip(pictures, answers, strict=True):
        if isinstance(answer, ModelError):
            made.append(NoUse(str(answer)))
            continue
        said = clean(answer)
        problem = wrong(said)
        try:
            made.append(NoUse(f"The model's answer {problem}.") if problem else read(said, picture))
        except ModelError as error:
            made.append(NoUse(str(error)))
    return made
