"""Results for people, in a terminal."""

from __future__ import annotations

import contextlib
from pathlib import Path

from rich.table import Table
from rich.text import Text

from indexer.paths import printable
from search.blurring import Blur
from search.library import Library
from search.query import Hit, Results
from vlm.console import Terminal

_WORDS = {
    "dense": "meaning",
    "text": "words in it",
    "name": "name",
    "place": "place",
    "caption": "caption",
    "tag": "tag",
    "object": "object",
    "note": "note",
    "look": "a second look",
}


def print_results(library: Library, results: Results, thumbnails: bool | None, blur: Blur) -> None:
    """A table, best first, with a line where the weaker matches begin."""
    console = Terminal()
    if results.note:
        console.print(Text(results.note, style="yellow"), soft_wrap=True)
    if results.advice and _is_new(library.folder / "advised", results.advice):
        console.print(Text(results.advice, style="yellow"), soft_wrap=True)
    if not results.hits:
        console.print(
            "Nothing was found."
            if library.store.count()
            else "The library is empty; fill it with: imsearch index FOLDER"
        )
        return
    pictures = console.is_terminal and console.color_system == "truecolor" if thumbnails is None else thumbnails
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ([" "] if pictures else []) + ["#", "id", "picture", "found by", "taken"]:
        table.add_column(name, overflow="fold")
    # some of the words may put a picture first that is no match: what matches comes before it, as on the page
    matches = [hit for hit in results.hits if not hit.weak]
    weaker = [hit for hit in results.hits if hit.weak]
    for at, hit in enumerate(matches + weaker):
        if at == len(matches):
            filler = [""] if pictures else []
            table.add_row(
                *filler,
                "",
                "",
                Text(
                    "weaker matches" if matches else "no good match; the nearest are",
                    style="dim italic",
                ),
                "",
                "",
            )
        row: list[str | Text] = [
            str(hit.rank),
            str(hit.picture.id),
            _name(hit, blur),
            why(hit),
            (hit.picture.exif.taken_at or "")[:10],
        ]
        table.add_row(
            *([_small(library, hit, blur)] if pictures else []),
            *row,
            style="dim" if hit.weak else "",
        )
    console.print(table)
    if results.offers:
        console.print(Text(f"Did you mean to filter? Add: {'  or  '.join(results.offers)}", style="dim"))
    console.print(f"[dim]{results.total} ranked in {1000 * results.seconds:.0f} ms[/dim]")


def _is_new(mark: Path, advice: str) -> bool:
    """Whether this advice was not given before in this library: who did not take it need not read it at each search."""
    with contextlib.suppress(OSError):
        if mark.exists() and mark.read_text(encoding="utf-8") == advice:
            return False
        mark.write_text(advice, encoding="utf-8")
    return True


def why(hit: Hit) -> str:
    """'meaning #1, words in it #2'."""
    return ", ".join(f"{_WORDS[signal.name]} #{signal.rank}" for signal in hit.signals)


def _small(library: Library, hit: Hit, blur: Blur) -> Text:
    return Text() if blur.why(hit.picture) else half_blocks(library.store.thumbnail(hit.picture))


def _name(hit: Hit, blur: Blur) -> Text:
    path, why = Path(hit.picture.path), blur.why(hit.picture)
    alike = f"  and {len(hit.folded)} much alike" if hit.folded else ""
    judged = f"  blurred: {why.word}?" if why else ""
    return Text.assemble(
        printable(path.name), (alike, "cyan"), (judged, "yellow"), (f"  {printable(str(path.parent))}", "dim")
    )


def half_blocks(thumbnail: Path, width: int = 16) -> Text:
    """A picture of coloured half blocks, two pixels a character: any terminal with true colour shows it."""
    from PIL import Image

    made = Text()
    try:
        with Image.open(thumbnail) as opened:
            small = opened.convert("RGB").resize((width, 2 * max(1, round(width * opened.height / opened.width / 2))))
    except OSError:
        return made
    for y in range(0, small.height, 2):
        for x in range(width):
            above, below = (small.getpixel((x, y + dy)) for dy in (0, 1))
            made.append("▀", style=f"rgb({','.join(map(str, above))}) on rgb({','.join(map(str, below))})")  # type: ignore[arg-type]
        made.append("\n")
    return made
