"""Whether a model can do what a task needs of it, said in a sentence where it cannot."""

from __future__ import annotations

from typing import cast

from vlm.errors import ModelError
from vlm.protocols import Chat, Model


def to_chat(model: Model) -> Chat:
    """The model, which takes part in conversations. Raises ModelError for one that does not, such as PaliGemma."""
    # not isinstance: before Python 3.12 that reads every property of the protocol, and some load the weights
    if not hasattr(type(model), "replies"):
        raise ModelError(
            f"{model.spec} answers single questions and holds no conversation; try: gemma:google/gemma-4-E2B-it."
        )
    return cast(Chat, model)
