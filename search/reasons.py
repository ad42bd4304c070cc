"""Why a picture was found: where the words of a query stand in its names and texts. Pure functions of values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from indexer.content import FROM_VECTOR
from indexer.plain import plain, plain_with_places
from indexer.records import Picture, Text
from indexer.words import is_run, query_words, words_with_places
from search.query import Signal
from vlm.protocols import Box, DetectedObject

# Endings that SQLite's Porter stemmer takes off and that people meet: "barns" finds "barn", "running" finds "run".
_ENDINGS = ("ing", "edly", "ies", "ied", "es", "ed", "ly", "s", "y", "er", "e")


@dataclass(frozen=True, slots=True)
class Match:
    """Words found in one text of a picture: `spans` are (start, end) in characters of `text`.

    `kind` is name, folder, place, caption, ocr, tag, note or object; an ocr match is one line and an object's is its label, with
    the box in the picture.
    """

    kind: str
    text: str
    spans: tuple[tuple[int, int], ...]
    box_xyxy: Box | None = None


def matches(query: str, picture: Picture, texts: Sequence[Text], objects: Sequence[DetectedObject] = ()) -> list[Match]:
    """Every place where a word of the query stands, names first."""
    words = query_words(query)
    folder, _, name = picture.path.rpartition("/")
    found = [Match("name", name, spans(name, words)), Match("folder", folder, spans(folder, words))]
    found.append(Match("place", picture.place, spans(picture.place, words, inside=False)))
    for text in texts:
        if text.lines:
            found += [Match(text.kind, line.text, spans(line.text, words), line.box_xyxy) for line in text.lines]
        else:
            found.append(Match(text.kind, text.text, spans(text.text, words)))
    found += [Match("object", one.label, spans(one.label, words), one.box_xyxy) for one in objects]
    return [match for match in found if match.spans]


def told_apart(
    signals: tuple[Signal, ...], query: str, texts: Sequence[Text], objects: Sequence[DetectedObject]
) -> tuple[Signal, ...]:
    """What a detector found is ranked as one with tags; here each is called by its name. Where it is both, they share."""
    tag = next((signal for signal in signals if signal.name == "tag"), None)
    words = query_words(query)
    if tag is None or not any(spans(one.label, words) for one in objects):
        return signals
    said = any(text.kind == "tag" and text.prompt_version != FROM_VECTOR and spans(text.text, words) for text in texts)
    share = tag.share / 2 if said else tag.share
    parts = [replace(tag, share=share)] * said + [replace(tag, name="object", share=share)]
    return tuple(part for signal in signals for part in (parts if signal is tag else [signal]))


def spans(text: str, words: Sequence[str], inside: bool = True) -> tuple[tuple[int, int], ...]:
    """Where any of these words of `query_words` stands in a text: whole, in another form, or `inside` a longer one."""
    stems = set(map(_stem, words))
    # every form of a word begins with its stem; most texts hold none
    plainly = plain(text)
    if not any(stem in plainly for stem in stems):
        return ()
    folded, places = plain_with_places(text)
    marked: set[tuple[int, int]] = set()
    for token, start in words_with_places(folded):
        if token in words or _stem(token) in stems:
            marked.add((start, start + len(token)))
            continue
        for word in words:
            if is_run(word) or (inside and len(word) >= 3):
                marked |= {(start + at, start + at + len(word)) for at in _inside(word, token)}
    return tuple((places[start][0], places[end - 1][1]) for start, end in _apart(marked))


def _inside(word: str, token: str) -> Iterator[int]:
    at = token.find(word)
    while at >= 0:
        yield at
        at = token.find(word, at + len(word))


def _apart(marked: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order; those that overlap are one."""
    made: list[tuple[int, int]] = []
    for start, end in sorted(marked):
        if made and start < made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


@lru_cache(16_384)
def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            root = word[: -len(ending)]
            # "running" and "run": the letter that English doubles
            return root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "ls" else root
    return word
