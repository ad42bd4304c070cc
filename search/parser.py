"""From what a person typed to a Query. docs/query-language.md tells the language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import get_args

from indexer.filters import EVERY_PICTURE, FIELDS, AnyOf, Condition, Filter, Not, Operator, both, condition
from search.errors import ParseError
from search.negation import split_negation
from search.query import LEAST_WEIGHT, MOST_WEIGHT, Example, Order, Query, Term, Words
from search.tokens import Token, tokens

_SPELT = {"colour": "color", "object": "object", "objects": "object", "tags": "tag", "folder": "in"}
_NAMES = sorted({*FIELDS, *_SPELT, "no", "like", "picture", "sort"} - {"words"})
# No one nests as deep; Python's own stack, and SQLite's, have an end.
DEEPEST = 50
MOST_TOKENS = 500


def parse(text: str) -> Query:
    """The query that a text means. Raises ParseError."""
    found = tokens(text)
    if len(found) > MOST_TOKENS:
        raise ParseError(found[MOST_TOKENS].raw, found[MOST_TOKENS].at, f"a query has at most {MOST_TOKENS} words")
    return _Parser(found).query()


class _Parser:
    """Reads tokens from left to right: plain words and terms are collected, conditions are combined."""

    def __init__(self, found: Sequence[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._words: list[str] = []
        self._terms: list[Term] = []
        self._order: Order = "relevance"

    def query(self) -> Query:
        kept: Filter = EVERY_PICTURE
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            if token.kind == "close":
                raise ParseError(token.raw, token.at, "this parenthesis was never opened")
            if self._is_condition(self._at):
                kept = both(kept, self._either(0))
            elif self._word_here("or") and self._joins_a_condition():
                raise ParseError(
                    token.raw, token.at, "it can stand between two filters or quotations, not beside plain words"
                )
            else:
                self._term(token)
        seen, unseen = split_negation(self._words)
        terms = [*self._terms, *(Words(thing, -1.0) for thing in unseen)]
        return Query(" ".join(seen), tuple(terms), kept, self._order)

    # -- conditions ------------------------------------------------------------------------------------------------

    def _either(self, depth: int) -> Filter:
        """One condition, or several with `or` between them: it binds closer than what only stands side by side."""
        parts = [self._condition(depth)]
        while self._word_here("or") and self._at + 1 < len(self._tokens):
            token = self._tokens[self._at]
            if not self._is_condition(self._at + 1):
                raise ParseError(
                    token.raw, token.at, "it can stand between two filters or quotations, not beside plain words"
                )
            self._at += 1
            parts.append(self._condition(depth))
        if len(parts) == 1:
            return parts[0]
        return AnyOf(tuple(one for part in parts for one in (part.parts if isinstance(part, AnyOf) else (part,))))

    def _condition(self, depth: int) -> Filter:
        token = self._tokens[self._at]
        self._at += 1
        if token.kind == "word":  # not
            return _opposite(self._condition(depth))
        if token.weight is not None:
            raise ParseError(token.raw, token.at, "only words and pictures can be weighted, not filters")
        if token.kind == "open":
            made = self._group(token, depth + 1)
        elif token.kind == "exact":
            made = _condition("words", token.value, token)
        else:
            made = _named(token)
        return _opposite(made) if token.sign == "-" else made

    def _group(self, opened: Token, depth: int) -> Filter:
        if depth > DEEPEST:
            raise ParseError(opened.raw, opened.at, f"parentheses can be nested {DEEPEST} deep")
        kept: Filter = EVERY_PICTURE
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            if token.kind == "close":
                self._at += 1
                return kept
            if not self._is_condition(self._at):
                raise ParseError(
                    token.raw, token.at, "plain words cannot share parentheses with filters; put them outside"
                )
            kept = both(kept, self._either(depth))
        raise ParseError(opened.raw, opened.at, "this parenthesis is never closed")

    def _is_condition(self, at: int) -> bool:
        """Whether a filter begins here: a condition, a quotation, `not` before one, or parentheses that hold one."""
        while at < len(self._tokens):
            token = self._tokens[at]
            if token.kind == "exact":
                return True
            if token.kind == "named":
                return token.name not in ("like", "picture", "sort")
            if token.kind == "word" and token.value.lower() == "not" and not token.sign:
                at += 1
                continue
            return token.kind == "open" and self._holds_a_condition(at)
        return False

    def _holds_a_condition(self, at: int) -> bool:
        """Whether any filter stands between this parenthesis and the one that closes it."""
        depth = 0
        for token in self._tokens[at:]:
            depth += (token.kind == "open") - (token.kind == "close")
            if depth == 0:
                return False
            if token.kind == "exact" or (token.kind == "named" and token.name not in ("like", "picture", "sort")):
                return True
        return False

    def _joins_a_condition(self) -> bool:
        before = self._at > 0 and self._tokens[self._at - 1].kind in ("exact", "named")
        return self._is_condition(self._at + 1) or (before and self._at + 1 < len(self._tokens))

    def _word_here(self, word: str) -> bool:
        if self._at >= len(self._tokens):
            return False
        token = self._tokens[self._at]
        return token.kind == "word" and not token.sign and token.value.lower() == word

    # -- terms -----------------------------------------------------------------------------------------------------

    def _term(self, token: Token) -> None:
        self._at += 1
        weight = _weight_of(token)
        if token.kind == "open":
            words = self._plain_group(token)
            if token.sign and words:
                self._terms.append(Words(" ".join(words), weight))
            else:
                self._words += words
        elif token.kind == "named" and token.name == "sort":
            self._order = _order(token)
        elif token.kind == "named":
            self._terms.append(_example(token, weight))
        elif token.raw.startswith("--"):
            raise ParseError(
                token.raw, token.at, "there is no such option; in a query, one - before a word leaves it out"
            )
        elif token.sign and token.value[0] in "+-":
            raise ParseError(token.raw, token.at, "one + or - before a word is enough")
        elif token.sign:
            self._terms.append(Words(token.value, weight))
        else:
            self._words.append(token.value)

    def _plain_group(self, opened: Token) -> list[str]:
        words: list[str] = []
        depth = 1
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            depth += (token.kind == "open") - (token.kind == "close")
            if depth == 0:
                return words
            if token.sign or token.kind == "named":
                raise ParseError(token.raw, token.at, "only plain words or only filters can stand in parentheses")
            if token.kind == "word":
                words.append(token.value)
        raise ParseError(opened.raw, opened.at, "this parenthesis is never closed")


def _opposite(kept: Filter) -> Filter:
    return kept.part if isinstance(kept, Not) else Not(kept)


def _named(token: Token) -> Filter:
    name = _SPELT.get(token.name, token.name)
    if name == "no":
        return Not(_condition("has", token.value, token))
    if name not in FIELDS or name == "words":
        near = get_close_matches(token.name, _NAMES, 2, 0.6)
        offers = tuple(f"{one}:{token.value}" for one in near)
        raise ParseError(
            token.raw,
            token.at,
            f'there is no filter {token.name}: (to look for these words, write "{token.raw}")',
            offers,
        )
    value: str = token.value
    operator: Operator = ":"
    for sign in (">=", "<=", ">", "<"):
        if value.startswith(sign):
            operator, value = sign, value[len(sign) :]
            break
    return _condition(name, value, token, operator)


def _condition(name: str, value: str, token: Token, operator: Operator = ":") -> Condition:
    try:
        return condition(name, value, operator)
    except ValueError as error:
        near = get_close_matches(value.lower(), _said_by(str(error)), 1, 0.6)
        raise ParseError(token.raw, token.at, str(error), tuple(f"{name}:{one}" for one in near)) from None


def _said_by(reason: str) -> list[str]:
    """The choices that a reason lists."""
    return reason.removeprefix("choose one of ").split(", ") if reason.startswith("choose one of ") else []


def _weight_of(token: Token) -> float:
    size = 1.0 if token.weight is None else token.weight
    if not LEAST_WEIGHT <= size <= MOST_WEIGHT:
        raise ParseError(token.raw, token.at, f"a weight is between {LEAST_WEIGHT:g} and {MOST_WEIGHT:g}")
    return -size if token.sign == "-" else size


def _order(token: Token) -> Order:
    orders: tuple[Order, ...] = get_args(Order)
    for order in orders:
        if token.value.lower() == order:
            return order
    near = get_close_matches(token.value.lower(), orders, 1, 0.5)
    raise ParseError(token.raw, token.at, f"choose one of {', '.join(orders)}", tuple(f"sort:{one}" for one in near))


def _example(token: Token, weight: float) -> Example:
    box = _box(token) if token.part else None
    if token.name == "picture":
        if not token.value:
            raise ParseError(token.raw, token.at, "name a file, for example picture:cat.jpg")
        return Example(path=token.value, box_xywh=box, weight=weight)
    if not re.fullmatch(r"\d{1,18}", token.value, re.ASCII):
        raise ParseError(token.raw, token.at, "write the number of an indexed picture, for example like:12")
    return Example(id=int(token.value), box_xywh=box, weight=weight)


def _box(token: Token) -> tuple[int, int, int, int]:
    numbers = token.part.split(",")
    if len(numbers) != 4 or not all(1 <= len(number) <= 6 for number in numbers):
        raise ParseError(
            token.raw, token.at, "write a part as @x,y,width,height in pixels, for example like:12@10,20,300,200"
        )
    x, y, width, height = map(int, numbers)
    if not width or not height:
        raise ParseError(token.raw, token.at, "a part must be at least one pixel wide and high")
    return x, y, width, height
