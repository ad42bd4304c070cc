"""What models that converse have in common, whether they run here or behind a server."""

from __future__ import annotations

from collections.abc import Sequence

from vlm.errors import UsageError
from vlm.protocols import Chat, Turn
from vlm.wording import many

Conversation = Sequence[Turn]

MOST_PICTURES = 16
"""How many pictures one conversation holds."""


def few_enough(chat: Chat, conversations: Sequence[Conversation]) -> None:
    """Raises UsageError for a conversation of more pictures than this model looks at."""
    for turns in conversations:
        shown = sum(not isinstance(part, str) for turn in turns for part in turn.parts)
        if shown > chat.most_pictures:
            raise UsageError(
                f"{chat.spec} looks at {many(chat.most_pictures, 'picture')} at once at most, not {shown}; ask about fewer."
            )
