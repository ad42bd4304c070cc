"""The command judge: say of results whether they answer a query, so that `imsearch evaluate` can measure on that."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import click

from indexer.indexer import utc_now
from indexer.judgements import Judgement
from indexer.paths import printable
from search.commands import named_picture
from search.library import Library
from vlm.errors import UsageError
from vlm.wording import many


@click.command()
@click.argument("query", required=False, default="")
@click.argument("pictures", nargs=-1, metavar="[ID]…")
@click.option("--good", "verdict", flag_value="good", help="These pictures answer QUERY.")
@click.option("--bad", "verdict", flag_value="bad", help="These do not.")
@click.option("--forget", "verdict", flag_value="forget", help="Drop what was said of these (or of all) for QUERY.")
@click.option("--list", "listing", is_flag=True, help="Show what was judged.")
@click.option("--json", "as_json", is_flag=True, help="For scripts: everything judged, or what was judged for QUERY.")
@click.pass_obj
def judge(
    place: Path, query: str, pictures: tuple[str, ...], verdict: Literal["good", "bad", "forget"] | None,
    listing: bool, as_json: bool,
) -> None:  # fmt: skip
    """Say which pictures (ids or paths) answer QUERY: --good, or --bad. The latest word on a picture holds.

    `imsearch evaluate` without a file then measures on these judgements.
    """
    query = " ".join(query.split())
    _check(query, pictures, verdict, listing)
    with Library.open(place) as library:
        ids = [named_picture(library, one).id for one in pictures]
        catalog = library.store.catalog
        told = ""
        if verdict == "forget":
            gone = catalog.judgements.forget(query, ids)
            if not gone:
                raise UsageError(f"Nothing of that was judged for {query!r}; see what was with: imsearch judge --list")
            told = f"{many(gone, 'judgement')} of {query!r} forgotten."
        elif verdict:
            catalog.judgements.put(query, dict.fromkeys(ids, verdict == "good"), utc_now())
            told = f"{many(len(set(ids)), 'picture')} judged {verdict} for {query!r}."
        known = [one for one in catalog.judgements.all() if query in ("", one.query)]
    if as_json:
        click.echo(json.dumps([asdict(one) for one in known]))
    else:
        click.echo(told or _listed(known, query))


def _check(query: str, pictures: tuple[str, ...], verdict: str | None, listing: bool) -> None:
    if listing and not verdict and not pictures:
        return
    if listing:
        raise UsageError("--list only shows; leave out --good, --bad, --forget and the pictures.")
    if not query:
        raise UsageError("No query is given; write: imsearch judge QUERY ID… --good (or --bad)")
    if not verdict:
        raise UsageError(f"Nothing is said of {query!r}; add --good, --bad or --forget, or look with --list.")
    if not pictures and verdict != "forget":
        raise UsageError(f"No picture is named for {query!r}; give ids or paths before --{verdict}.")


def _listed(known: list[Judgement], query: str) -> str:
    if not known and query:
        return f"Nothing was judged for {query!r}; see what was with: imsearch judge --list"
    if not known:
        return "Nothing was judged yet; begin with: imsearch judge QUERY ID… --good"
    lines = []
    for before, one in zip([None, *known], known, strict=False):
        if before is None or before.query != one.query:
            lines.append(printable(one.query))
        lines.append(f"  {'good' if one.good else 'bad':>4}  {one.picture_id:>8}  {printable(one.path)}")
    return "\n".join(lines)
