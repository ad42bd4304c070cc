"""Why a picture was found: where the words of a query stand in its names and texts. Pure functions of values."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.records import Picture, Text
from indexer.words import query_words, tokens_with_places
from vlm.protocols import Box

# Endings that SQLite's Porter stemmer takes off and that people meet: "barns" finds "barn", "running" finds "run".
_ENDINGS = ("ing", "edly", "ies", "ied", "es", "ed", "ly", "s", "y", "er", "e")


@dataclass(frozen=True, slots=True)
class Match:
    """Words found in one text of a picture: `spans` are (start, end) in characters of `text`.

    `kind` is name, folder, caption, ocr, tag or note; an ocr match is one line, with its box in the picture.
    """

    kind: str
    text: str
    spans: tuple[tuple[int, int], ...]
    box_xyxy: Box | None = None


def matches(query: str, picture: Picture, texts: Sequence[Text]) -> list[Match]:
    """Every place where a word of the query stands, names first."""
    words = [_plain(word) for word in query_words(query)]
    folder, _, name = picture.path.rpartition("/")
    found = [Match("name", name, spans(name, words)), Match("folder", folder, spans(folder, words))]
    for text in texts:
        if text.lines:
            found += [Match(text.kind, line, spans(line, words), box) for line, _, box in text.lines]
        else:
            found.append(Match(text.kind, text.text, spans(text.text, words)))
    return [match for match in found if match.spans]


def spans(text: str, words: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where any of these words (plain, see `_plain`) stands in a text: whole, in another form, or inside a longer one."""
    made: list[tuple[int, int]] = []
    for token, start in tokens_with_places(text):
        plain = _plain(token)
        for word in words:
            at = plain.find(word) if len(word) >= 3 or not word.isascii() else -1
            if plain == word or _stem(plain) == _stem(word):
                made.append((start, start + len(token)))
                break
            if at >= 0 and len(plain) == len(token):
                made.append((start + at, start + at + len(word)))
                break
    return tuple(made)


def _plain(text: str) -> str:
    """Without case and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            root = word[: -len(ending)]
            # "running" and "run": the letter that English doubles
            return root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "ls" else root
    return word
