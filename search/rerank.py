"""A second look at the first hits by a model that sees the pictures: slow, and told so."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.errors import PictureError
from indexer.local import LocalStore
from search.errors import QueryError
from search.query import Hit, Results, Signal
from search.seen import seen_by
from vlm import Generation, Model, ModelError
from vlm.tasks.asked import NoUse, saying, sure_of, usable
from vlm.wording import many

if TYPE_CHECKING:
    from PIL.Image import Image

# As sure as not: a picture below it is weak, whatever its vector says.
MATCH = 0.5
_GRADE = "How well does this picture show: {}? Answer with one whole number alone, from 0 (not at all) to 10 (exactly)."


def rerank(results: Results, store: LocalStore, model: Model, first: int = 20) -> Results:
    """The first hits in the order of how sure the model is that they show what was asked for; the others follow.

    Raises QueryError for a query without words, ModelError for a model that cannot judge at all.
    """
    asked = results.query.words.strip()
    if not asked:
        raise QueryError("There are no words to judge the pictures by; add some, or leave the second look away.")
    started = time.perf_counter()
    shown = _shown(results.hits[:first], store, model.picture_side)
    judged = zip(shown, _chances(model, [picture for _, picture in shown], asked), strict=True)
    sure = {hit.picture.id: chance for (hit, _), chance in judged if not isinstance(chance, NoUse)}
    looked = sorted((hit for hit, _ in shown if hit.picture.id in sure), key=lambda hit: -sure[hit.picture.id])
    others = [hit for hit in results.hits if hit.picture.id not in sure]
    ranked = [_judged(hit, place, sure[hit.picture.id]) for place, hit in enumerate(looked, 1)]
    hits = _weak_last([*ranked, *others])
    took = time.perf_counter() - started
    cost = f"{model.spec} looked at {many(len(looked), 'picture')} in {took:.1f} s."
    if left := len(results.hits[:first]) - len(looked):
        cost += f" {left} could not be judged and stay as they were."
    note = f"{results.note} {cost}".strip()
    return replace(results, hits=hits, seconds=round(results.seconds + took, 4), note=note)


def _weak_last(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    ordered = [hit for hit in hits if not hit.weak] + [hit for hit in hits if hit.weak]
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(ordered, 1))


def _judged(hit: Hit, place: int, chance: float) -> Hit:
    """The look decides alone where it stands: the other signals have no share in that any more."""
    before = (replace(signal, share=0.0) for signal in hit.signals)
    return replace(hit, weak=chance < MATCH, signals=(Signal("look", place, round(chance, 4)), *before))


def _shown(hits: Sequence[Hit], store: LocalStore, side: int) -> list[tuple[Hit, Image]]:
    """The hits that can be shown: one whose file and thumbnail are gone costs itself alone."""
    made = []
    for hit in hits:
        with suppress(PictureError):
            made.append((hit, seen_by(store, hit.picture.id, side)))
    return made


def _chances(model: Model, pictures: Sequence[Image], asked: str) -> list[float | NoUse]:
    """How sure the model is of each picture, 0 to 1: by its odds of yes where it tells them, else by a grade or a yes."""
    if hasattr(type(model), "replies") and not hasattr(type(model), "chances"):
        return usable(pictures, saying(model, _GRADE.format(asked)), Generation(most_tokens=8), _grade)
    return sure_of(model, pictures, f"Does this picture show: {asked}?")


def _grade(said: str, _: Image) -> float:
    number = re.search(r"\d+(?:\.\d+)?", said)
    if number is None:
        raise ModelError(f"The answer is no number from 0 to 10 ({said[:60]}).")
    return min(float(number[0]), 10.0) / 10
