"""A second look at the first hits by a model that sees the pictures: slow, and told so."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from indexer.local import LocalStore
from indexer.records import Picture
from search.errors import QueryError
from search.query import Hit, Results, Signal
from search.seen import seen_by
from vlm import Answerer, Chat, Chooser, Generation, Model, ModelError, Turn

# As sure as not: a picture below it is weak, whatever its vector says.
MATCH = 0.5
_ASK = "Does this picture show: {}? Answer with Yes or No alone."
_GRADE = "How well does this picture show: {}? Answer with one whole number alone, from 0 (not at all) to 10 (exactly)."


def rerank(results: Results, store: LocalStore, model: Model, first: int = 20) -> Results:
    """The first hits in the order of how sure the model is that they show what was asked for; the others follow.

    Raises QueryError for a query without words, ModelError for a model that cannot judge or fails, PictureError.
    """
    asked = " ".join(part for part in (results.query.text, results.query.words) if part).strip()
    asked = results.query.text.strip() or asked
    if not asked:
        raise QueryError("There are no words to judge the pictures by; add some, or leave the second look away.")
    started = time.perf_counter()
    looked, others = results.hits[:first], results.hits[first:]
    chances = _chances(model, store, [hit.picture for hit in looked], asked)
    order = sorted(range(len(looked)), key=lambda i: (-chances[i], i))
    ranked = [
        replace(
            looked[i],
            weak=chances[i] < MATCH,
            signals=(Signal("look", place, round(chances[i], 4)), *looked[i].signals),
        )
        for place, i in enumerate(order, 1)
    ]
    hits = _weak_last([*ranked, *others])
    took = time.perf_counter() - started
    cost = f"{model.spec} looked at {len(looked)} pictures in {took:.1f} s."
    note = f"{results.note} {cost}".strip()
    return replace(results, hits=hits, seconds=round(results.seconds + took, 4), note=note)


def _weak_last(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    ordered = [hit for hit in hits if not hit.weak] + [hit for hit in hits if hit.weak]
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(ordered, 1))


def _chances(model: Model, store: LocalStore, pictures: Sequence[Picture], asked: str) -> list[float]:
    """How sure the model is of each picture, 0 to 1: by its own odds of yes where it tells them, else by what it says."""
    shown = [seen_by(store, picture.id, model.picture_side) for picture in pictures]
    if hasattr(type(model), "chances"):
        turns = [[Turn("user", (picture, _ASK.format(asked)))] for picture in shown]
        return [yes for yes, _ in cast(Chooser, model).chances(turns, ("Yes", "No"))]
    if hasattr(type(model), "replies"):
        turns = [[Turn("user", (picture, _GRADE.format(asked)))] for picture in shown]
        return [_grade(said, model) for said in cast(Chat, model).replies(turns, Generation(most_tokens=8))]
    if hasattr(type(model), "answers"):
        said = cast(Answerer, model).answers(shown, f"does this picture show {asked}?", Generation(most_tokens=8))
        return [float(answer.strip().lower().startswith("yes")) for answer in said]
    raise ModelError(f"{model.spec} cannot judge pictures; name a model that answers questions (docs/vision.md).")


def _grade(said: str, model: Model) -> float:
    number = re.search(r"\d+(?:\.\d+)?", said)
    if number is None:
        raise ModelError(
            f"{model.spec} was asked for a number from 0 to 10 and said {said[:60]!r}; choose another model."
        )
    return min(float(number[0]), 10.0) / 10
