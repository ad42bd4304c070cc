"""Gemma 3, 3n and 4: conversations about several pictures."""

from __future__ import annotations

from typing import Any

from vlm.errors import UsageError
from vlm.models.chatting import TemplateChat
from vlm.protocols import Generation

BUDGETS = (70, 140, 280, 560, 1120)
"""How many visual tokens Gemma 4 may spend on a picture; 280 where nothing is said."""


class Gemma(TemplateChat):
    """`gemma:google/gemma-4-E2B-it` and its like."""

    family = "gemma"

    def _looking(self, processor: Any, how: Generation) -> dict[str, Any]:
        if how.budget is None:
            return {}
        if how.budget not in BUDGETS:
            raise UsageError(f"{how.budget} is no budget of visual tokens; choose {', '.join(map(str, BUDGETS))}.")
        if not hasattr(processor.image_processor, "max_soft_tokens"):
            raise UsageError(f"{self.spec} sees every picture with as many tokens; only Gemma 4 takes a budget.")
        return {"images_kwargs": {"max_soft_tokens": how.budget}}
