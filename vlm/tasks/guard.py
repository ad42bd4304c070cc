"""What models return, cleaned: nothing that a model says is taken as it comes. Pure functions of text.

A model thinks aloud, wraps its answer in a fence, breaks its JSON, puts boxes beside the picture, or says one word for
ever. What it read in a picture may ask for anything: it is content, and is never obeyed.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from vlm.errors import ModelError
from vlm.protocols import Box, DetectedObject, Generation

LONGEST = 4000
"""Characters; DOCCI's paragraphs, the longest captions a family here was taught, have 640 on average."""
LONGEST_LABEL = 60
# Longer than any list of boxes that fits into a model's answer; repairing is not linear in the length.
LONGEST_JSON = 100_000

THOUGHTS = (("<|channel>", "<channel|>"), ("<think>", "</think>"))
"""What begins and ends thinking aloud: Gemma 4 (followed by the channel's name, `thought`), and most others."""
_MARKS = [mark for pair in THOUGHTS for mark in pair]
_CLOSED_BY = dict(THOUGHTS)
_MARK = re.compile("|".join(map(re.escape, _MARKS)), re.IGNORECASE)
_FENCE = re.compile(r"```[ \t]*[\w-]*[ \t]*\n?(.*?)(?:```|\Z)", re.DOTALL)
_KEYS = ("box_2d", "bbox_2d", "bbox", "box")
# Signs that turn the direction of writing: a label with one may show another word than it is.
_TURNING = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"


def spoken(pieces: Iterable[str]) -> Iterator[str]:
    """A streamed answer without what is thought aloud; what may be the beginning of a mark is held back until it is clear."""
    held, until = "", ""
    for piece in pieces:
        held += piece
        said = ""
        while mark := _MARK.search(held):
            name = mark.group().lower()
            said += "" if until else held[: mark.start()]
            held = held[mark.end() :]
            if not until:
                until = _CLOSED_BY.get(name, "")
            elif name == until:
                until = ""
        keep = _begun(held)
        said += "" if until else held[: len(held) - keep]
        held = held[len(held) - keep :]
        if said:
            yield said
    if held and not until:
        yield held


def _begun(text: str) -> int:
    """How many of the last signs of a text may be the first ones of a mark."""
    longest = max(map(len, _MARKS)) - 1
    tails = (text[-n:].lower() for n in range(min(longest, len(text)), 0, -1))
    return next((len(tail) for tail in tails if any(mark.startswith(tail) for mark in _MARKS)), 0)


def without_thoughts(text: str) -> str:
    """An answer without what is thought aloud, also where that has no end, or begins in the prompt and only ends here."""
    mark = _MARK.search(text)
    if mark and mark.group().lower() not in _CLOSED_BY:
        text = text[mark.end() :]
    return "".join(spoken([text])).strip()


def plain(text: str) -> str:
    """Text without control characters, signs that turn the direction, and halves of signs; tabs become blanks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = text.replace("\t", " ")
    return "".join(c for c in text if c == "\n" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in _TURNING))


def clean(text: str) -> str:
    """An answer as it may be kept and shown: what was said, without thoughts, control characters and blanks around."""
    return plain(without_thoughts(text)).strip()


def inert(text: str, marks: Collection[str]) -> str:
    """Text in which none of a tokenizer's `marks` (`<image>`, `<end_of_turn>`) is one any more: `<` becomes `‹`, `[` becomes `(`.

    A tokenizer reads them wherever they stand, so that a question, or words read in a picture, could end a turn.
    """
    for mark in sorted(marks, key=len, reverse=True):
        # a sign that is no bracket, such as the line feeds among Gemma's tokens, ends nothing
        text = text.replace(mark, mark.replace("<", "‹").replace("[", "("))
    return text


def quoted(text: str) -> str:
    """Words from a picture or of its owner, to stand in a prompt as content: in quotation marks that they cannot end."""
    return json.dumps(plain(text).strip().replace("<", "‹").replace("```", "'''"), ensure_ascii=False)


def json_in(text: str) -> Any:
    """The list or object in an answer: fenced or bare, whole or broken off. Raises ModelError where there is none."""
    text = clean(text)[:LONGEST_JSON]
    fenced = [part.strip() for part in _FENCE.findall(text)]
    bare = re.search(r"[\[{]", text)
    for candidate in [*fenced, *([text[bare.start() :]] if bare else [])]:
        made = _whole(candidate) if candidate[:1] in ("[", "{") else None
        if made is not None:
            return made
    for candidate in [*fenced, *([text[bare.start() :]] if bare else [])]:
        made = _repaired(candidate) if candidate[:1] in ("[", "{") else None
        if made:
            return made
    raise ModelError(f"The answer holds no JSON ({_beginning(text)}).")


def _whole(text: str) -> list[Any] | dict[str, Any] | None:
    try:
        made = json.JSONDecoder().raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None
    return made if isinstance(made, list | dict) else None


def _repaired(text: str) -> list[Any] | dict[str, Any] | None:
    from json_repair import repair_json

    try:
        made = repair_json(text, return_objects=True, skip_json_loads=True)
    except (ValueError, RecursionError, IndexError):
        return None
    return made if isinstance(made, list | dict) else None


def objects_in(
    text: str, size: tuple[int, int], grid: tuple[float, float], labels: Sequence[str] = (), y_first: bool = True
) -> tuple[DetectedObject, ...]:
    """The boxes of a JSON answer, in pixels of a picture of `size` (width, height), in the order of the answer.

    `grid` is what its coordinates are parts of: (1024, 1024) for Gemma, the size itself for pixels. With `labels`, only
    those, spelt as asked. Where the model tells no score it is 1. Raises ModelError where there are no boxes to be read.
    """
    found = json_in(text)
    items = _items(found)
    boxed = [(item, numbers) for item in items if (numbers := next((item[k] for k in _KEYS if k in item), None))]
    if items and not boxed:
        raise ModelError(f"The answer tells no boxes ({_beginning(text)}).")
    made = []
    for item, numbers in boxed:
        label = known(label_in(item.get("label", item.get("name"))), labels)
        box = box_in(numbers, size, grid, y_first)
        if label and box:
            made.append(DetectedObject(label, _score(item.get("score", item.get("confidence"))), box))
    return tuple(made)


def _items(found: Any) -> list[Mapping[str, Any]]:
    """The things of an answer: a list of them, one alone, or a list under a name of the model's choice."""
    if isinstance(found, list):
        if found and not any(isinstance(item, dict) for item in found):
            raise ModelError(f"The answer tells no boxes ({_beginning(str(found))}).")
        return [item for item in found if isinstance(item, dict)]
    if any(key in found for key in _KEYS):
        return [found]
    inner = next((value for value in found.values() if isinstance(value, list)), None)
    return _items(inner) if inner is not None else [found] if found else []


def box_in(numbers: Any, size: tuple[int, int], grid: tuple[float, float], y_first: bool = False) -> Box | None:
    """Four numbers of a grid as a box in pixels, within the picture, corners in order; None where no pixel is left."""
    if not isinstance(numbers, list | tuple) or len(numbers) != 4:
        return None
    try:
        a, b, c, d = (float(n) for n in numbers if not isinstance(n, bool))
    except (TypeError, ValueError, OverflowError):
        return None
    if not all(map(math.isfinite, (a, b, c, d))):
        return None
    xs, ys = ((b, d), (a, c)) if y_first else ((a, c), (b, d))
    (left, right), (top, bottom) = (
        sorted(min(max(n * side / whole, 0.0), float(side)) for n in pair)
        for pair, side, whole in ((xs, size[0], grid[0]), (ys, size[1], grid[1]))
    )
    return (left, top, right, bottom) if right - left >= 1 and bottom - top >= 1 else None


def label_in(said: Any) -> str:
    """A label as short plain text of one line; "" for what is none."""
    if not isinstance(said, str):
        return ""
    text = " ".join(plain(re.sub(r"<[^<>]{0,40}>", " ", said)).split())
    text = text.strip(" \"'`*_.,;:|#-[](){}<>")
    return text if len(text) <= LONGEST_LABEL else ""


def known(label: str, labels: Sequence[str]) -> str:
    """The one of `labels` that is meant ("The Cats" is "cat"), or ""; without `labels`, the label itself."""
    if not labels:
        return label
    wanted = {_stem(one): one for one in reversed(labels)}
    return wanted.get(_stem(label), "")


def _stem(label: str) -> str:
    words = " ".join(label.casefold().split())
    return re.sub(r"^(?:an?|the) ", "", words).removesuffix("s")


def _score(said: Any) -> float:
    return float(said) if isinstance(said, int | float) and not isinstance(said, bool) and 0 <= said <= 1 else 1.0


def wrong(text: str, longest: int = LONGEST) -> str:
    """What is wrong with an answer in words: "is empty", "says the same again and again", "is too long", or ""."""
    if not re.search(r"\w", text):
        return "is empty"
    if len(text) > longest:
        return "is too long"
    return "says the same again and again" if _circles(text) else ""


def _circles(text: str) -> bool:
    """Whether one phrase comes at least four times on end, and fills twelve words (or, without blanks, 24 signs)."""
    words = re.findall(r"\w+", text.casefold())
    for period in range(1, min(40, len(words) // 4) + 1):
        run = 0
        for at in range(period, len(words)):
            run = run + 1 if words[at] == words[at - period] else 0
            if run + period >= max(4 * period, 12) and any(map(str.isalpha, words[at - period : at])):
                return True
    # languages written without blanks; figures are left alone (a bar code may be all naughts)
    return any(len(m.group()) >= 24 for m in re.finditer(r"([^\W\d_]{1,12}?)\1{5,}", text))


def again(how: Generation) -> Generation:
    """How to ask once more after an answer that was no use: the likeliest words would only be the same ones."""
    penalty = max(how.repetition_penalty, 1.1)
    return replace(
        how, temperature=max(how.temperature, 0.5), top_p=min(how.top_p, 0.9), repetition_penalty=penalty, seed=1
    )


def _beginning(text: str) -> str:
    words = " ".join(plain(text).split())
    return f"it begins: {words[:60]}" if words else "it is empty"
