"""What models share that write captions by a way of their own."""

from __future__ import annotations

from vlm.errors import UsageError


def english_only(spec: str, language: str) -> None:
    """Raises UsageError for another language."""
    if language != "en":
        raise UsageError(
            f"{spec} writes English only, not {language!r}; ask for English, or take a model that is talked to "
            "(docs/vision.md)."
        )


def gone_on(prefix: str, words: str) -> str:
    """The whole of a text that was begun by us and gone on with by a model."""
    prefix = prefix.strip()
    blank = "" if not prefix or words[:1] in (",", ".", ";", ":", "!", "?", "'", ")") else " "
    return f"{prefix}{blank}{words}".strip()
