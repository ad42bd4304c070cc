"""Longer texts about one or several pictures together: a story, a product's description, a post."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, cast

from vlm.errors import ModelError
from vlm.protocols import Chat, Generation, Model, Storyteller, Turn
from vlm.tasks.guard import clean, wrong

if TYPE_CHECKING:
    from PIL.Image import Image

Form = Literal["story", "product", "post"]
_WORDS: dict[Form, str] = {
    "story": "Write a short story that these pictures tell, in their order.",
    "product": "Write a text that offers for sale what these pictures show: a title, one paragraph, and its features "
    "as a list. Say nothing that cannot be seen.",
    "post": "Write a short post for friends about these pictures.",
}


def generate(
    model: Model,
    pictures: Sequence[Image],
    form: Form = "story",
    prompt: str = "",
    how: Generation = Generation(most_tokens=600),
) -> Iterator[str]:
    """The text, piece by piece; `prompt` says what to write in place of a form. Raises ModelError.

    A model with a way of its own to tell stories is asked in that way.
    """
    if not hasattr(type(model), "reply"):
        raise ModelError(f"{model.spec} does not converse, so it writes no longer texts; see docs/vision.md.")
    if form == "story" and not prompt and hasattr(type(model), "story"):
        pieces = cast(Storyteller, model).story(pictures, how)
    else:
        pieces = cast(Chat, model).reply([Turn("user", (*pictures, prompt or _WORDS[form]))], how)
    said = ""
    for piece in pieces:
        said += piece
        yield piece
    if problem := wrong(clean(said), longest=20_000):
        raise ModelError(f"{model.spec}: what it wrote {problem}; try another model or prompt.")
