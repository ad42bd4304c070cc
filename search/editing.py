"""The command edit: what a person says of pictures. It holds against every model, and its history is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import click

from indexer.paths import printable
from indexer.plain import plain
from indexer.records import Edit, State
from search.commands import named_pictures, picture_json
from search.library import Library
from vlm.errors import UsageError


@click.command()
@click.argument("pictures", nargs=-1, required=True, metavar="ID…")
@click.option("--state", type=click.Choice(get_args(State)), help="hidden ones are found only with state:hidden.")
@click.option("--note", metavar="TEXT", help='Your own words on them; "" takes the note away.')
@click.option("--caption", metavar="TEXT", help="What they show, in place of what a model said.")
@click.option("--text", metavar="TEXT", help="The words in them as they should read, in place of what was read.")
@click.option("--tag", "tags", multiple=True, metavar="NAME", help="Put a tag on.")
@click.option(
    "--untag", "untags", multiple=True, metavar="NAME", help="Take a tag or object away; no model gives it again."
)
@click.option("--rating", type=click.IntRange(0, 5), help="Stars.")
@click.option("--undo", is_flag=True, help="Take back the last change of each of them instead.")
@click.option("--json", "as_json", is_flag=True, help="For scripts: everything known of them afterwards.")
@click.pass_obj
def edit(
    place: Path, pictures: tuple[str, ...], state: State | None, note: str | None, caption: str | None, text: str | None,
    tags: tuple[str, ...], untags: tuple[str, ...], rating: int | None, undo: bool, as_json: bool,
) -> None:  # fmt: skip
    """Say of pictures (ids or paths) what you know: all of them are changed, or none. The files are not touched.

    What you say or take away holds: indexing again, reading words and tagging never overwrite it or bring it back.
    `imsearch show ID` tells what was there before, --undo brings it back.
    """
    with Library.open(place) as library:
        ids = [picture.id for picture in named_pictures(library, pictures)]
        said = Edit(state, note, caption, text, tags, untags, rating)
        if undo and said != Edit():
            raise UsageError("--undo takes back what was said last; say something new without it.")
        absent = [tag for tag in untags if not any(plain(tag) in _named(library, picture) for picture in ids)]
        if undo:
            library.undo(ids)
        else:
            library.edit(ids, said)
        made = [picture_json(library, picture) for picture in library.store.get(list(dict.fromkeys(ids)))]
    for tag in absent:
        click.echo(f"{tag!r} was on none of them; no model will put it on.", err=True)
    if as_json:
        click.echo(json.dumps(made))
        return
    for one in made:
        words = (f"{said['kind']} {said['text']!r}" for said in one["texts"] if said["model"] == "user")
        stars = f"{one['exif']['rating']} stars" if one["exif"]["rating"] is not None else ""
        click.echo(f"{one['id']}  {printable(one['path'])}: {', '.join(filter(None, (one['state'], stars, *words)))}")
    if state == "hidden":
        click.echo("Hidden pictures are in no result unless the query asks for a state; find them with: state:hidden")


def _named(library: Library, picture: int) -> set[str]:
    """The tags and objects of a picture, in their plain form."""
    tags = {plain(text.text) for text in library.store.texts(picture) if text.kind == "tag"}
    return tags | {plain(found.label) for found in library.store.objects(picture)}
