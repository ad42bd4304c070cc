"""The command `models`: those that a library holds, and switching between them; beside it those there are to get."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from indexer.paths import printable
from indexer.records import HeldModel, Switched
from search.library import Library
from vlm import load_embedder
from vlm.commands import get, list_models
from vlm.wording import many

_SPEC = click.argument("spec")
_JSON = click.option("--json", "as_json", is_flag=True, help="For scripts.")
# More reasons than these are no longer read; --json has all of them.
MOST_TOLD = 5


@click.group(invoke_without_command=True)
@_JSON
@click.pass_context
def models(ctx: click.Context, as_json: bool) -> None:
    """The models of the library: how many pictures each has embedded, and which one is in use.

    A model turns pictures and phrases into vectors; several may live in one library, and one is searched by.
    """
    if ctx.invoked_subcommand is not None:
        return
    with Library.open(ctx.obj) as library:
        held = library.models.held()
        pictures = int(str(library.status()["pictures"]))
    if as_json:
        click.echo(json.dumps({"pictures": pictures, "models": [asdict(one) for one in held]}))
    else:
        _print(held, pictures)


models.add_command(list_models)
models.add_command(get)


@models.command()
@_SPEC
@_JSON
@click.pass_obj
def use(place: Path, spec: str, as_json: bool) -> None:
    """Search by SPEC from now on: its vectors are made beside those in use, then it is switched to at once.

    Searches go on meanwhile. May be interrupted: run it again to go on. Readers that are open move over by themselves.
    """
    from search.indexing import progress_bars

    with Library.open(place) as library, progress_bars() as on_progress:
        told = library.models.use(
            load_embedder(spec), on_progress, lambda busy: click.echo(f"All is embedded. {busy}", err=True)
        )
        library.follow_the_model()
    _tell(told, f"{told.model} is in use.", as_json)
    if told.previous and not as_json:
        click.echo(f"Go back to {told.previous} with: imsearch models rollback")


@models.command()
@_SPEC
@_JSON
@click.pass_obj
def add(place: Path, spec: str, as_json: bool) -> None:
    """Make the vectors of SPEC beside those in use, without switching to it: compare them with imsearch evaluate."""
    from search.indexing import progress_bars

    with Library.open(place) as library, progress_bars() as on_progress:
        told = library.models.add(load_embedder(spec), on_progress)
    _tell(told, f"{told.model} is in the library.", as_json)


@models.command()
@_JSON
@click.pass_obj
def rollback(place: Path, as_json: bool) -> None:
    """Go back to the model that was in use before, at once; done again, it comes back to this one."""
    with Library.open(place) as library:
        told = library.models.roll_back()
        library.follow_the_model()
    _tell(told, f"{told.model} is in use again.", as_json)


@models.command()
@_SPEC
@_JSON
@click.pass_obj
def drop(place: Path, spec: str, as_json: bool) -> None:
    """Forget the vectors of SPEC, which must not be in use, and give their room back to the disk."""
    with Library.open(place) as library:
        dropped, shrunk = library.models.drop(spec)
    if as_json:
        click.echo(json.dumps({"dropped": [asdict(one) for one in dropped], "disk": shrunk}))
        return
    for one in dropped:
        click.echo(f"Dropped {one.spec} ({one.revision}): {many(one.pictures, 'picture')}, {one.bytes / 1e6:.1f} MB.")
    if not shrunk:
        click.echo(
            "The catalog could not be made smaller now (a full disk, or others at work); new pictures fill the room."
        )


def _tell(told: Switched, done: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(told)))
        return
    click.echo(
        f"{done} It has {told.pictures - told.lacking} of {many(told.pictures, 'picture')}, {told.embedded} of them new."
    )
    if told.lacking:
        click.echo(
            f"{many(told.lacking, 'picture')} without a vector of it ({told.away} in folders that are away) are found by words "
            "alone; imsearch index FOLDER embeds them when they can be read."
        )
    for one in told.unreadable[:MOST_TOLD]:
        click.echo(f"    {printable(one.path)}: {one.reason} {one.remedy}")
    if len(told.unreadable) > MOST_TOLD:
        click.echo(f"    and {len(told.unreadable) - MOST_TOLD} more; --json names them all")


def _print(held: list[HeldModel], pictures: int) -> None:
    from rich.table import Table

    from vlm.console import Terminal

    table = Table(box=None)
    table.add_column("model", overflow="fold")  # it is to be typed
    for heading in ("weights", "pictures", "size", ""):
        table.add_column(heading)
    for one in held:
        now = "in use" if one.in_use else "before" if one.previous else ""
        table.add_row(one.spec, one.revision, f"{one.pictures} of {pictures}", f"{one.bytes / 1e6:.1f} MB", now)
    Terminal().print(table)
    click.echo("Switch with: imsearch models use SPEC. What there is to get: imsearch models list")
