"""What people photograph, in plain English: texts that are no picture's own, to measure others against."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def everyday_texts() -> tuple[str, ...]:
    """Some 200 texts, the same for every model and library."""
    return tuple((Path(__file__).parent / "everyday.txt").read_text(encoding="utf-8").splitlines())
