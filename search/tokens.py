"""A query's text, cut into tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from search.errors import ParseError

Kind = Literal["word", "exact", "named", "open", "close"]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query. `raw` is as it was typed, from character `at` on.

    `sign` is "", "+" or "-"; `weight` is what stands before a `*`. A `named` one is `name:value`, perhaps with `@part`.
    """

    kind: Kind
    raw: str
    at: int
    value: str = ""
    name: str = ""
    part: str = ""
    sign: str = ""
    weight: float | None = None


_PREFIX = re.compile(r"([+-])(?:([0-9]{1,6}(?:\.[0-9]{1,6})?)\*)?(?=[^\s)*])")
_NAMED = re.compile(r"([a-z_]+):(?!//)", re.ASCII | re.IGNORECASE)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BARE = re.compile(r'[^\s"()]+')
_PART = re.compile(r"@([\d,]+)", re.ASCII)
_COUNT = re.compile(r"(?:>=|<=|>|<|=)\d+", re.ASCII)
_EXAMPLES = ("like", "picture")
# What phones and word processors make of quotation marks.
_CURLED = str.maketrans("“”„‟", '""""')


def tokens(text: str) -> list[Token]:
    """Every token in order. Raises ParseError for a quotation that is never closed."""
    plain, made, at = text.translate(_CURLED), [], 0
    while at < len(plain):
        if plain[at].isspace():
            at += 1
            continue
        token = _token(plain, at)
        made.append(token)
        at += len(token.raw)
    return made


def _token(text: str, start: int) -> Token:
    prefix = _PREFIX.match(text, start)
    at = prefix.end() if prefix else start
    sign = prefix[1] if prefix else ""
    weight = float(prefix[2]) if prefix and prefix[2] else None

    def made(kind: Kind, end: int, **more: str) -> Token:
        return Token(kind, text[start:end], start, sign=sign, weight=weight, **more)

    if text[at] in "()":
        return made("open" if text[at] == "(" else "close", at + 1)
    if text[at] == '"':
        end, value = _quotation(text, at)
        return made("exact", end, value=value)
    named = _NAMED.match(text, at)
    if named:
        name, at = named[1].lower(), named.end()
        operator = re.compile(r">=|<=|>|<|").match(text, at)
        assert operator is not None  # it matches nothing, if nothing else
        at = operator.end()
        if text[at : at + 1] == '"':
            end, value = _quotation(text, at)
            more = (_PART if name in _EXAMPLES else _COUNT).match(text, end)
            end = more.end() if more else end
            if more and name in _EXAMPLES:
                return made("named", end, name=name, value=operator[0] + value, part=more[1])
            return made("named", end, name=name, value=operator[0] + value + (more[0] if more else ""))
        bare = _BARE.match(text, at)
        end = bare.end() if bare else at
        value = text[operator.start() : end]
        divided = re.fullmatch(r"(.*)@([\d,]+)", value, re.ASCII) if name in _EXAMPLES else None
        value, part = divided.groups() if divided else (value, "")
        return made("named", end, name=name, value=value, part=part)
    word = _BARE.match(text, at)
    assert word is not None  # it is neither a space, nor a quotation mark, nor a parenthesis
    return made("word", word.end(), value=word[0])


def _quotation(text: str, at: int) -> tuple[int, str]:
    found = _QUOTED.match(text, at)
    if not found:
        rest = text[at : at + 30].split("\n")[0]
        raise ParseError(rest, at, 'this quotation mark is never closed; put another " at its end')
    return found.end(), re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL)
