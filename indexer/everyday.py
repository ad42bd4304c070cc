"""What people photograph, in plain English: texts that a library's scores are measured against, and single words."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@cache
def everyday_texts() -> tuple[str, ...]:
    """Some 200 texts, the same for every model and library."""
    return tuple((_HERE / "everyday.txt").read_text(encoding="utf-8").splitlines())


@cache
def _shown() -> frozenset[str]:
    return frozenset((_HERE / "shown.txt").read_text(encoding="utf-8").split())


def is_shown(word: str) -> bool:
    """Whether a word (lower case) is often said of what pictures show: of 224,453 captions and short texts, in 80."""
    return word in _shown() or word.removesuffix("s") in _shown()
