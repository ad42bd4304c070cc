"""The command `demo`: everything at once, on pictures of our own."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import click

from search.demo.brushes import CJK, first_font
from search.demo.gallery import draw_gallery
from search.demo.sheet import Row, write_sheet
from search.indexing import progress_bars
from search.library import Library
from search.query import Results
from search.terminal import why
from vlm.wording import many

# Drawings are harder for `mini` than photos: it takes a drawn red car for a red poster. These four it finds.
_BY_MEANING = ("a sunset over the sea", "birthday cake", "hot air balloons", "a beach with an umbrella")
_BY_WORDS = ("jazz festival", "boarding pass oslo", "total", "mercado abierto")
_BY_OTHER_WORDS = ("音乐节", "ラーメン")


@click.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where to leave it all. Default: a new temporary folder."
)
def demo(folder: Path | None) -> None:
    """Draw a small gallery, index it and search it by meaning, by printed words and by example."""
    place = folder or Path(tempfile.mkdtemp(prefix="imsearch-demo-"))
    for part in ("pictures", "library"):
        shutil.rmtree(place / part, ignore_errors=True)
    words = _BY_WORDS + (_BY_OTHER_WORDS if first_font(CJK, 24) else ())
    click.echo(f"Drawing a gallery into {place / 'pictures'} ...")
    drawn = draw_gallery(place / "pictures")
    with Library.open(place / "library", create=True, model="mini") as library:
        with progress_bars() as on_progress:
            report = library.index([place / "pictures"], on_progress=on_progress)
        click.echo(
            f"Indexed {many(report.added, 'picture')} by meaning and read the words in them in {report.seconds:.0f} s.\n"
        )
        rows = [_searched(library, f'by meaning: "{query}"', query=query, mode="dense") for query in _BY_MEANING]
        rows += [_searched(library, f'by words: "{query}"', query=query, mode="lexical") for query in words]
        rows.append(_searched(library, "by example: pictures like the first one drawn, a sunset", picture=drawn[0]))
    page, picture = write_sheet(rows, place)
    click.echo(f"Contact sheet to open: {page} (or {picture})")
    click.echo('Now your own: imsearch index ~/Pictures, then: imsearch search "a dog on the beach"')


def _searched(library: Library, title: str, **query: Any) -> Row:
    found: Results = library.search(limit=4, **query)
    click.echo(title)
    for hit in found.hits[:3]:
        click.echo(f"  {hit.rank}. {Path(hit.picture.path).name:<14} {why(hit)}{'  (weak)' if hit.weak else ''}")
    return Row(title, tuple((library.store.thumbnail(hit.picture), why(hit), hit.weak) for hit in found.hits))
