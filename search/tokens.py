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
_OPERATOR = re.compile(r">=|<=|>|<")
_PART = re.compile(r"@([\d,]+)", re.ASCII)
_DIVIDED = re.compile(r"(.*)@([\d,]+)", re.ASCII)
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
    named = _NAMED.match(text, at)
    made: dict[str, str] = {}
    kind: Kind
    if text[at] in "()":
        kind, end = "open" if text[at] == "(" else "close", at + 1
    elif text[at] == '"':
        kind, (end, made["value"]) = "exact", _quotation(text, at)
    elif named:
        kind, made["name"] = "named", named[1].lower()
        read = _example if made["name"] in _EXAMPLES else _filter
        end, made["value"], made["part"] = read(text, named.end())
    else:
        kind, (end, made["value"]) = "word", _bare(text, at)
    sign, weight = prefix.groups() if prefix else ("", None)
    return Token(kind, text[start:end], start, sign=sign, weight=float(weight) if weight else None, **made)


def _filter(text: str, at: int) -> tuple[int, str, str]:
    """Where a filter's value ends, and the value with its operators: >2mp, "our boat", "dog">=2."""
    begins = _OPERATOR.match(text, at)
    operator = begins[0] if begins else ""
    at += len(operator)
    if text[at : at + 1] != '"':
        end, value = _bare(text, at)
        return end, operator + value, ""
    end, value = _quotation(text, at)
    count = _COUNT.match(text, end)
    return (count.end(), operator + value + count[0], "") if count else (end, operator + value, "")


def _example(text: str, at: int) -> tuple[int, str, str]:
    """Where an example ends, what it names, and the part of it: cat.jpg@1,2,30,40."""
    if text[at : at + 1] == '"':
        end, value = _quotation(text, at)
        part = _PART.match(text, end)
        return (part.end(), value, part[1]) if part else (end, value, "")
    end, value = _bare(text, at)
    divided = _DIVIDED.fullmatch(value)
    return (end, divided[1], divided[2]) if divided else (end, value, "")


def _bare(text: str, at: int) -> tuple[int, str]:
    """What stands here up to a space, a quotation mark or a parenthesis; perhaps nothing."""
    found = _BARE.match(text, at)
    return (found.end(), found[0]) if found else (at, "")


def _quotation(text: str, at: int) -> tuple[int, str]:
    found = _QUOTED.match(text, at)
    if not found:
        rest = text[at : at + 30].split("\n")[0]
        raise ParseError(rest, at, 'this quotation mark is never closed; put another " at its end')
    return found.end(), re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL)
