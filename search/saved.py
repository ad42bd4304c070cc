"""The commands save and saved: queries by name, and what is new in them."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import click

from indexer.indexer import utc_now
from search.blurring import Blur, blurring
from search.commands import print_found
from search.keeping import keep, look, named
from search.library import Library
from search.searcher import MOST
from vlm.errors import UsageError


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("query", nargs=-1, required=True)
@click.pass_obj
def save(place: Path, name: str, query: tuple[str, ...]) -> None:
    """Keep QUERY under NAME; `imsearch saved NAME` runs it. What is found now counts as seen."""
    with Library.open(place) as library:
        kept = keep(library, name, " ".join(query))
    click.echo(f"{kept.name}: {kept.query or 'every picture'}")


@click.command()
@click.argument("name", required=False)
@click.option("--new", "only_new", is_flag=True, help="Only pictures indexed since it was last looked at.")
@click.option("--forget", is_flag=True, help="Drop the saved search NAME.")
@click.option("--limit", type=click.IntRange(1, MOST), default=20, show_default=True, help="How many pictures at most.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@blurring
@click.pass_obj
def saved(
    place: Path, name: str | None, only_new: bool, forget: bool, limit: int, as_json: bool, blur_above: Blur
) -> None:  # fmt: skip
    """Run the saved search NAME; without NAME, list all with the number of new matches in each.

    What is new counts as seen once all of it was shown.
    """
    with Library.open(place) as library:
        catalog = library.store.catalog
        if name is None:
            if forget or only_new:
                raise UsageError("Name the saved search, for example: imsearch saved holidays --new")
            _list(library, as_json)
            return
        one = named(library, name)
        if forget:
            catalog.saved.forget(one.name)
            click.echo(f"{one.name} is forgotten.")
            return
        found = look(library, one, limit)
        results = found.results.only(found.new) if only_new else found.results
        results = replace(results, hits=results.hits[:limit])
        print_found(library, results, as_json, blur=blur_above)
        unseen = len(found.new) - sum(hit.picture.id > one.seen_id and not hit.weak for hit in results.hits)
        if not unseen:
            catalog.saved.seen(one.name, found.newest, utc_now())
        elif not as_json:
            click.echo(f"{unseen} more new, and kept so until all are shown: {_all_new(one.name, len(found.new))}")


def _all_new(name: str, count: int) -> str:
    return f"imsearch saved {shlex.quote(name)} --new --limit {count}"


def _list(library: Library, as_json: bool) -> None:
    kept = library.store.catalog.saved.all()
    new = {one.name: len(look(library, one).new) for one in kept}
    if as_json:
        click.echo(json.dumps([{"name": one.name, "query": one.query, "new": new[one.name]} for one in kept]))
    elif not kept:
        click.echo("Nothing is saved yet; begin with: imsearch save NAME QUERY")
    for one in () if as_json else kept:
        click.echo(f"{one.name}: {one.query or 'every picture'}{f'  ({new[one.name]} new)' if new[one.name] else ''}")
