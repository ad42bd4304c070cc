"""Text as it is compared: without case, accents, width and what cannot be seen, so that people need not type them.

docs/query-language.md tells what is folded. SQLite's own folding knows no ß, ł or ı, no Hebrew or Arabic points, and cuts
Hindi words at their vowel signs; so what it is given is folded here, and it folds nothing more.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Letters that Unicode does not take apart though people type them so, and those that are written in two ways.
_LETTERS = str.maketrans({
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "ı": "i",
    "\u0640": "", "ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك",  # Arabic: the stretching line, final letters, Persian forms
    "\u093c": "", "\u0901": "\u0902",  # Devanagari: the dot below, and two signs of one nasal
})  # fmt: skip


def plain(text: str) -> str:
    """The text in its plain form; what stands for nothing (NUL, lone surrogates) becomes a space."""
    if text.isascii():
        return text.replace("\0", " ").lower()
    return "".join(map(_plain, _clusters(text)))


def plain_with_places(text: str) -> tuple[str, list[tuple[int, int]]]:
    """`plain(text)`, and for each of its characters the (start, end) in `text` of what it was made of."""
    if text.isascii():
        return plain(text), [(at, at + 1) for at in range(len(text))]
    made: list[str] = []
    places: list[tuple[int, int]] = []
    start = 0
    for cluster in _clusters(text):
        made.append(_plain(cluster))
        places += [(start, start + len(cluster))] * len(made[-1])
        start += len(cluster)
    return "".join(made), places


def _clusters(text: str) -> Iterator[str]:
    """The text cut where nothing composes across the cut."""
    start = 0
    for at in range(1, len(text)):
        if not _joins(text[at]):
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


@lru_cache(16_384)
def _joins(character: str) -> bool:
    """Whether it may compose with the one before: marks, the vowels and ends of Hangul, half-width voicing."""
    if character < "\u0300":
        return False
    return (
        unicodedata.category(character)[0] == "M"
        or "\u1160" <= character <= "\u11ff"
        or "\u314f" <= character <= "\u3163"
        or character in "\uff9e\uff9f"
        or "\uffc2" <= character <= "\uffdc"
    )


@lru_cache(16_384)
def _plain(cluster: str) -> str:
    opened = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", cluster).casefold())
    kept = "".join(_digit(character) for character in opened if not _left_out(character))
    return unicodedata.normalize("NFC", kept.translate(_LETTERS))


def _digit(character: str) -> str:
    """Digits of every script as 0-9; a space for what SQLite cannot hold."""
    if character == "\0" or "\ud800" <= character <= "\udfff":
        return " "
    number = unicodedata.decimal(character, None)
    return character if number is None else str(number)


def _left_out(character: str) -> bool:
    """What cannot be seen, and marks that a reader can do without: accents, and points that stand for vowels.

    Not those that make another word: signs of Indian scripts, tones of Thai, the voicing of kana.
    """
    if unicodedata.category(character) in ("Cf", "Me") or "\ufe00" <= character <= "\ufe0f":
        return True
    mark = unicodedata.combining(character)  # Unicode's class: 1 overlays, 10 to 36 points, from 200 on accents
    return mark == 1 or 10 <= mark <= 36 or mark >= 200
