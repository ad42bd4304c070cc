"""From what a person typed to a Query. docs/query-language.md tells the language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.filters import EVERY_PICTURE, FIELDS, AnyOf, Condition, Filter, Not, both, condition
from search.errors import ParseError, short
from search.meant import NO_FILTERS, ORDERS, SPELT, filtered, other_names, other_values, parses
from search.negation import parted, thing_of
from search.query import LEAST_WEIGHT, MOST_WEIGHT, Example, Order, Query, Term, Words
from search.tokens import Token, tokens

_PART = "write a part as @x,y,width,height in pixels, for example like:12@10,20,300,200"
# No one nests as deep; Python's own stack, and SQLite's, have an end.
DEEPEST = 50
MOST_TOKENS = 500


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a query as it was typed: what it means, and the characters from `start` up to `end` where it stands.

    The plain words are one part, which may have others within it.
    """

    what: Term | Filter | Order
    start: int
    end: int


def parse(text: str) -> Query:
    """The query that a text means. Raises ParseError."""
    return parse_parts(text)[0]


def parse_parts(text: str) -> tuple[Query, list[Part]]:
    """The query that a text means, and its parts in the order in which `str(query)` prints them. Raises ParseError."""
    found = tokens(text)
    if len(found) > MOST_TOKENS:
        raise ParseError(found[MOST_TOKENS].raw, found[MOST_TOKENS].at, f"a query has at most {MOST_TOKENS} words")
    return _Parser(found).query()


class _Parser:
    """Reads tokens from left to right: plain words and terms are collected, conditions are combined."""

    def __init__(self, found: Sequence[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._conditions = _with_conditions(found)
        self._words: list[Token] = []
        self._terms: list[Part] = []
        self._filters: list[Part] = []
        self._order: list[Part] = []

    def query(self) -> tuple[Query, list[Part]]:
        kept: Filter = EVERY_PICTURE
        while self._at < len(self._tokens):
            start, token = self._at, self._tokens[self._at]
            if token.kind == "close":
                raise ParseError(token.raw, token.at, "this parenthesis was never opened")
            if self._is_condition(self._at):
                made = self._either(0)
                self._filters.append(self._part(made, start))
                kept = both(kept, made)
            elif self._is_word(self._at, "or") and self._joins_a_condition():
                raise self._misplaced_or()
            else:
                self._term(token)
        words = [token.value for token in self._words]
        seen, unseen = parted(words)
        text = " ".join(words[at] for at in seen)
        plain = [Part(Words(text), self._words[seen[0]].at, _end(self._words[seen[-1]]))] if seen else []
        self._terms += [
            Part(Words(thing_of(words, thing), -1.0), self._words[thing[0]].at, _end(self._words[thing[-1]]))
            for thing in unseen
        ]
        order = next((part.what for part in reversed(self._order)), "relevance")
        query = Query(text, tuple(part.what for part in self._terms), kept, order)  # type: ignore[arg-type, misc]
        return query, [*plain, *self._terms, *self._filters, *self._order[-1:]]

    def _part(self, what: Term | Filter | Order, start: int) -> Part:
        """What the tokens from `start` up to here mean."""
        return Part(what, self._tokens[start].at, _end(self._tokens[self._at - 1]))

    # -- conditions ------------------------------------------------------------------------------------------------

    def _either(self, depth: int) -> Filter:
        """One condition, or several with `or` between them: it binds closer than what only stands side by side."""
        parts = [self._condition(depth)]
        while self._is_word(self._at, "or"):
            if not self._is_condition(self._at + 1):
                raise self._misplaced_or()
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
            made = _exact(token)
        else:
            made = self._named(token)
        return _opposite(made) if token.sign == "-" else made

    def _named(self, token: Token) -> Filter:
        name = SPELT.get(token.name, token.name)
        known = name == "no" or (name in FIELDS and name != "words")
        after = self._tokens[self._at] if self._at < len(self._tokens) else token
        if known and not token.value and token.raw.endswith(":") and after.kind == "word" and parses(name, after.value):
            offer = short(f"{token.raw}{after.raw}")
            raise ParseError(token.raw, token.at, "nothing follows the colon", (offer,))
        if not known:
            reason = f'there is no filter {short(token.name)}: (to look for these words, write "{short(token.raw)}")'
            raise ParseError(token.raw, token.at, reason, tuple(map(short, other_names(token.name, token.value))))
        made = _condition(name, token.value, token)
        return Not(made) if name == "no" else made

    def _misplaced_or(self) -> ParseError:
        token = self._tokens[self._at]
        before, after = self._tokens[max(0, self._at - 1)], self._tokens[min(self._at + 1, len(self._tokens) - 1)]
        if after is token:
            raise ParseError(
                token.raw, token.at, f"nothing follows it; write another filter, or ({token.raw}) for the word"
            )
        offers: tuple[str, ...] = ()
        if _is_filter(before) and after.kind == "word" and parses(before.name, after.value):
            offers = (short(f"{before.raw} or {before.name}:{after.value}"),)
        reason = "it can stand between two filters or quotations, not beside plain words"
        return ParseError(token.raw, token.at, reason, offers)

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
        while self._is_word(at, "not"):
            at += 1
        return at in self._conditions

    def _joins_a_condition(self) -> bool:
        before = self._at > 0 and self._tokens[self._at - 1].kind in ("exact", "named")
        return self._is_condition(self._at + 1) or (before and self._at + 1 < len(self._tokens))

    def _is_word(self, at: int, word: str) -> bool:
        if at >= len(self._tokens):
            return False
        token = self._tokens[at]
        return token.kind == "word" and not token.sign and token.value.lower() == word

    # -- terms -----------------------------------------------------------------------------------------------------

    def _term(self, token: Token) -> None:
        start = self._at
        self._at += 1
        weight = _weight_of(token)
        if token.kind == "open":
            words = self._plain_group(token)
            if token.sign and words:
                self._terms.append(self._part(Words(" ".join(word.value for word in words), weight), start))
            else:
                self._words += words
        elif token.kind == "named" and token.name == "sort":
            self._order.append(self._part(_order(token), start))
        elif token.kind == "named":
            self._terms.append(self._part(_example(token, weight), start))
        elif token.raw.startswith("--"):
            raise ParseError(
                token.raw, token.at, "there is no such option; in a query, one - before a word leaves it out"
            )
        elif token.sign and token.value[0] in "+-":
            raise ParseError(token.raw, token.at, "one + or - before a word is enough")
        elif token.raw in ("-", "+") and len(self._tokens) == 1:
            reason = "it is the sign before a word to leave out (-) or weigh (+); write what to look for: beach -people"
            raise ParseError(token.raw, token.at, reason)
        elif token.sign:
            self._terms.append(self._part(Words(token.value, weight), start))
        else:
            self._words.append(token)

    def _plain_group(self, opened: Token) -> list[Token]:
        words: list[Token] = []
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
                words.append(token)
        raise ParseError(opened.raw, opened.at, "this parenthesis is never closed")


def _end(token: Token) -> int:
    return token.at + len(token.raw)


def _with_conditions(found: Sequence[Token]) -> set[int]:
    """Where a condition stands, or a parenthesis opens that holds one."""
    made: set[int] = set()
    opened: list[int] = []  # and not yet in `made`
    for at, token in enumerate(found):
        if token.kind == "open":
            opened.append(at)
        elif token.kind == "close":
            del opened[-1:]
        elif token.kind == "exact" or _is_filter(token):
            made |= {at, *opened}
            opened.clear()
    return made


def _is_filter(token: Token) -> bool:
    return token.kind == "named" and token.name not in NO_FILTERS


def _opposite(kept: Filter) -> Filter:
    return kept.part if isinstance(kept, Not) else Not(kept)


def _exact(token: Token) -> Condition:
    try:
        return condition("words", token.value)
    except ValueError as error:
        raise ParseError(token.raw, token.at, str(error)) from None


def _condition(name: str, value: str, token: Token) -> Condition:
    try:
        return filtered(name, value)
    except ValueError as error:
        offers = tuple(map(short, other_values(name, value, _said_by(str(error)))))
        raise ParseError(token.raw, token.at, str(error), offers) from None


def _said_by(reason: str) -> list[str]:
    """The choices that a reason lists."""
    return reason.removeprefix("choose one of ").split(", ") if reason.startswith("choose one of ") else []


def _weight_of(token: Token) -> float:
    size = 1.0 if token.weight is None else token.weight
    if not LEAST_WEIGHT <= size <= MOST_WEIGHT:
        raise ParseError(token.raw, token.at, f"a weight is between {LEAST_WEIGHT:g} and {MOST_WEIGHT:g}")
    return -size if token.sign == "-" else size


def _order(token: Token) -> Order:
    for order in ORDERS:
        if token.value.lower() == order:
            return order
    offers = other_values("sort", token.value, list(ORDERS))
    raise ParseError(token.raw, token.at, f"choose one of {', '.join(ORDERS)}", offers)


def _example(token: Token, weight: float) -> Example:
    box = _box(token) if token.part else None
    if token.name == "picture":
        if not token.value:
            raise ParseError(token.raw, token.at, "name a file, for example picture:cat.jpg")
        return Example(path=token.value, box_xywh=box, weight=weight)
    if box is None and "@" in token.value:
        raise ParseError(token.raw, token.at, _PART)
    if not re.fullmatch(r"\d{1,18}", token.value, re.ASCII):
        raise ParseError(token.raw, token.at, "write the number of an indexed picture, for example like:12")
    return Example(id=int(token.value), box_xywh=box, weight=weight)


def _box(token: Token) -> tuple[int, int, int, int]:
    numbers = token.part.split(",")
    if len(numbers) != 4 or not all(1 <= len(number) <= 6 for number in numbers):
        raise ParseError(token.raw, token.at, _PART)
    x, y, width, height = map(int, numbers)
    if not width or not height:
        raise ParseError(token.raw, token.at, "a part must be at least one pixel wide and high")
    return x, y, width, height
