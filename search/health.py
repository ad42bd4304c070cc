"""Commands that tell how a library is: status, failures, doctor."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from pathlib import Path

import click

from indexer.doctor import examine, mend
from indexer.paths import printable
from search.library import READER, Library
from vlm.wording import many

# what `imsearch index` does itself, and so `imsearch retry`: stage and model
_BY_INDEX = {("index", ""), ("ocr", READER)}
_DAMAGED = ("damaged", "")
# where the option of `imsearch annotate` is not named like its task
_OPTION = {"object": "detect"}

_JSON = click.option("--json", "as_json", is_flag=True, help="For scripts.")


@click.command()
@_JSON
@click.pass_obj
def status(place: Path, as_json: bool) -> None:
    """What the library holds."""
    with Library.open(place) as library:
        known = library.status()
    if as_json:
        click.echo(json.dumps(known))
        return
    for name, value in known.items():
        for one in value if isinstance(value, list) else [value]:
            said = _covered(**one) if isinstance(one, dict) else str(one)
            click.echo(f"{name:>14}  {printable(said)}")


def _covered(task: str, model: str, revision: str, pictures: int) -> str:
    return f"{many(pictures, 'picture')}: {task} by {model}{f' ({revision})' if revision else ''}"


@click.command()
@_JSON
@click.pass_obj
def failures(place: Path, as_json: bool) -> None:
    """The files that could not be used, or in part alone, and what a model failed on: in which task, why, and what can be done."""
    with Library.open(place) as library:
        rows = library.store.catalog.failures.all()
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows]))
        return
    if not rows:
        click.echo("Every file could be used.")
    for row in rows:
        by = f" by {printable(row.model)}" if row.model else ""
        click.echo(f"{printable(row.path)}\n    {row.stage}{by}: {row.reason} {row.remedy}")
    stages = {(row.stage, row.model) for row in rows}
    if rows:
        click.echo(f"{len(rows)} in all.")
    if stages & _BY_INDEX:
        click.echo("Try them once more with: imsearch retry")
    if _DAMAGED in stages:
        click.echo("See what is left of those that are damaged with: imsearch search has:damage")
    for stage, model in sorted(stages - _BY_INDEX - {_DAMAGED}):
        asked = f"--{_OPTION.get(stage, stage)} {shlex.quote(printable(model))}"
        click.echo(f"Try {stage} once more with: imsearch annotate {asked} --retry")


@click.command()
@click.option("--mend", "mending", is_flag=True, help="Mend what is wrong; pictures are never touched.")
@_JSON
@click.pass_obj
def doctor(place: Path, mending: bool, as_json: bool) -> None:
    """Check the library: catalog, vectors and thumbnails. Ends with 1 when something is wrong."""
    with Library.open(place) as library:
        problems = examine(library.store)
        if problems and mending:
            mend(library.store)
            problems = examine(library.store)
    if as_json:
        click.echo(json.dumps({"well": not problems, "problems": problems}))
    else:
        click.echo("\n".join(problems) or "All is well.")
        if problems and not mending:
            click.echo("Mend it with: imsearch doctor --mend")
    if problems:
        raise SystemExit(1)
