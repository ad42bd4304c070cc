"""The command where: which part of a picture a query means, as numbers or drawn over the picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from indexer.paths import printable
from search.commands import named_picture
from search.library import Library
from search.relevance import Relevance
from search.seen import seen
from vlm.errors import UsageError

if TYPE_CHECKING:
    from PIL.Image import Image

# A part stays in grey up to this share of the way from the least to the most relevant, and is in full colour from that.
GREY, COLOUR = 0.5, 0.9
# How much of its light a grey part keeps.
DIMMED = 0.4
# The longer side of what is drawn, in pixels.
DRAWN = 1024


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("picture")
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--draw",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Draw the map over a copy of the picture: FILE.png, .jpg or .webp.",
)
@click.option("--json", "as_json", is_flag=True, help="The whole map, for scripts.")
@click.pass_obj
def where(place: Path, picture: str, query: tuple[str, ...], draw: Path | None, as_json: bool) -> None:
    """Where in one PICTURE (a path, or an id) that which QUERY means is seen."""
    if draw:
        _check(draw)
    with Library.open(place) as library:
        known = named_picture(library, picture)
        found = library.where(known.id, " ".join(query))
        if draw:
            drawn(seen(library.store, known.id, DRAWN), found).save(draw)
    if as_json:
        click.echo(json.dumps(found.as_json()))
        return
    x, y = round(found.peak[0] * known.width), round(found.peak[1] * known.height)
    least, most = found.cosines.min(), found.cosines.max()
    click.echo(
        f"{printable(known.path)}: most at {x}, {y} of {known.width} x {known.height} pixels "
        f"(similarity {most:.2f} there, {least:.2f} where it is least)."
    )
    if draw:
        click.echo(f"Drawn: {draw}")


def drawn(picture: Image, found: Relevance) -> Image:
    """A copy of the picture, at most DRAWN pixels long: in colour where it shows what was asked for, in dim grey elsewhere."""
    from PIL import Image, ImageEnhance

    picture = picture.copy()
    picture.thumbnail((DRAWN, DRAWN))
    shown = ((found.relative - GREY) / (COLOUR - GREY)).clip(0, 1)
    mask = Image.fromarray((255 * shown).round().astype(np.uint8)).resize(picture.size, Image.Resampling.BICUBIC)
    rest = ImageEnhance.Brightness(picture.convert("L").convert("RGB")).enhance(DIMMED)
    return Image.composite(picture, rest, mask)


def _check(file: Path) -> None:
    """Raises UsageError for a file that cannot be drawn to."""
    if file.suffix.lower() not in (".png", ".jpg", ".jpeg", ".webp"):
        raise UsageError(f"{file}: the drawing can be saved as .png, .jpg or .webp; name it so.")
    if file.exists():
        raise UsageError(f"{file} is there already, and no picture is written over; choose another name.")
