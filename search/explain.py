"""The command explain: how a query is understood, and why each of its first hits is there, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from indexer.records import Picture
from search.blurring import DEFAULT, Blur, blurring
from search.commands import hit_json
from search.library import Library
from search.parser import parse
from search.query import Example, Query, Results
from search.reasons import Match, matches


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("query", nargs=-1)
@click.option("--limit", default=10, show_default=True, help="How many pictures at most.")
@click.option(
    "--where", is_flag=True, help="And where in each picture it is seen, as a map (about a second a picture)."
)
@blurring
@click.pass_obj
def explain(place: Path, query: tuple[str, ...], limit: int, where: bool, blur_above: Blur) -> None:
    """How QUERY is understood and why its hits are there: signals, scores, and the places of matching words. JSON."""
    with Library.open(place) as library:
        results = library.search(parse(" ".join(query)), limit=limit)
        told = explained(library, results, blur_above)
        if where:
            for hit in told["hits"]:
                hit["where"] = library.where(hit["id"], results.query).as_json() if "dense" in hit["signals"] else None
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))


def explained(library: Library, results: Results, blur: Blur = DEFAULT) -> dict[str, Any]:
    """`{query, terms, kept, total, note, advice, offers, hits: [{..., matches: [{kind, text, spans, box_xyxy}]}]}`.

    `kept` is how many pictures the filters keep.
    """
    asked = results.query
    kept = library.store.filter(asked.filters)
    return {
        "query": str(asked), "terms": _terms(asked), "kept": library.store.count() if kept is None else len(kept),
        "total": results.total, "note": results.note, "advice": results.advice, "offers": list(results.offers),
        "hits": [
            hit_json(hit, blur) | {"matches": [asdict(m) for m in _matches(library, asked.words, hit.picture)]}
            for hit in results.hits
        ],
    }  # fmt: skip


def _matches(library: Library, words: str, picture: Picture) -> list[Match]:
    store = library.store
    return matches(words, picture, store.texts(picture.id), store.objects(picture.id))


def _terms(asked: Query) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [{"text": asked.text, "weight": 1.0}] if asked.text else []
    for term in asked.terms:
        if isinstance(term, Example):
            named = {"like": term.id} if term.id is not None else {"picture": term.path}
            made.append(named | {"box_xyxy": term.box_xyxy, "weight": term.weight})
        else:
            made.append({"text": term.text, "weight": term.weight})
    return made
