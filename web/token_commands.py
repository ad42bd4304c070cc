"""The command token: who may use a library that is served to others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import click

from indexer.manifest import read_manifest
from vlm.errors import UsageError
from web.keys import Key, Keys
from web.scopes import Scope
from web.shares import DAYS, MOST_DAYS, link_of, share_search

_JSON = click.option("--json", "as_json", is_flag=True, help="For scripts.")


@click.group()
def token() -> None:
    """Who may use this library when it is served to others (`imsearch serve --host`)."""


@token.command()
@click.argument("name")
@click.option("--scope", type=click.Choice(get_args(Scope)), default="read", show_default=True,
              help="read: look and ask; write: also edit, tag, share; admin: also index folders and switch models.")  # fmt: skip
@click.option(
    "--days", type=click.FloatRange(0, MOST_DAYS, min_open=True), help="Good for so long; without it, until revoked."
)
@click.pass_obj
def add(place: Path, name: str, scope: Scope, days: float | None) -> None:
    """Make a token for NAME (a person or a device) and print it, once: only its hash is kept."""
    click.echo(_keys(place).add_token(name.strip(), scope, days))
    click.echo(
        f"This is {name.strip()}'s token; it is shown only now. It is asked for on the page, and by the API as:",
        err=True,
    )
    click.echo("  Authorization: Bearer TOKEN", err=True)


@token.command("list")
@_JSON
@click.pass_obj
def list_command(place: Path, as_json: bool) -> None:
    """The tokens, and the links that show a search."""
    keys = _keys(place)
    tokens, links = keys.all("token"), keys.all("link")
    logins = keys.all("login")
    if as_json:
        told = [
            {"name": key.name, "kind": key.kind, "scope": key.scope, "query": key.query, "made_at": key.made_at,
             "ends_at": key.ends_at, "ended": key.ended, "logins": sum(one.of == key.name for one in logins)}
            for key in (*tokens, *links)
        ]  # fmt: skip
        click.echo(json.dumps(told))
        return
    if not tokens and not links:
        click.echo("There is no token yet; make one with: imsearch token add NAME")
    for key in tokens:
        seen = sum(one.of == key.name and not one.ended for one in logins)
        click.echo(f"{key.name}: may {key.scope}, {_until(key)}, {seen} browser{'' if seen == 1 else 's'} logged in")
    for key in links:
        click.echo(f"{key.name}: a link that shows {key.query or 'every picture'}, {_until(key)}")


@token.command()
@click.argument("name")
@click.pass_obj
def revoke(place: Path, name: str) -> None:
    """Take a token or a link back: it opens nothing from now on, also where a browser was logged in with it."""
    keys = _keys(place)
    if not keys.remove("token", name) and not keys.remove("link", name):
        raise UsageError(
            f"There is neither a token nor a link named {name}; see what there is with: imsearch token list"
        )
    click.echo(f"{name} is revoked.")


# in a query -night leaves out the night
@token.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("name")
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--days",
    type=click.FloatRange(0, MOST_DAYS, min_open=True),
    default=DAYS,
    show_default=True,
    help="Good for so long.",
)
@click.option("--originals", is_flag=True, help="Give the files themselves too, with the place they were taken at.")
@click.pass_obj
def share(place: Path, name: str, query: tuple[str, ...], days: float, originals: bool) -> None:
    """Make a link, called NAME, that shows what QUERY finds to whoever has it, and nothing else."""
    secret = share_search(_keys(place), name.strip(), " ".join(query), days, originals)
    click.echo(link_of(secret))
    click.echo("Put your server's address before it, as http://192.168.1.5:8765; it is shown only now.", err=True)


def _until(key: Key) -> str:
    if key.ends_at is None:
        return "until revoked"
    return f"{'ended' if key.ended else 'until'} {key.ends_at[:10]}"


def _keys(place: Path) -> Keys:
    read_manifest(place.expanduser())  # says so where there is no library
    return Keys(place.expanduser())
