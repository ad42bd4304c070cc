"""Numbers in sentences."""

from __future__ import annotations


def many(number: int, noun: str) -> str:
    """'1 picture', '0 pictures', '1,200 pictures'; for nouns whose plural ends in s."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
