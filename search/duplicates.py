"""The command `duplicates`: list what is there more than once, keep the decisions, and move the rest when asked to."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import click

from indexer.duplicates import BestBy, Found, Group, Tier, find_duplicates
from indexer.duplicates.deciding import choose_best, forget_decisions, keep_all
from indexer.duplicates.finder import TIERS
from indexer.duplicates.looks import OnStep
from indexer.duplicates.moving import Moved, bring_back, move_aside
from indexer.paths import printable, to_path
from indexer.records import Picture
from search.library import Library
from vlm.errors import UsageError
from vlm.wording import many

_FILE = click.Path(path_type=Path)
_TOLD = {
    "identical": "identical: the same file, byte for byte",
    "same": "same: one picture, saved, resized or edited anew",
    "similar": "similar: other pictures that look alike",
}
SURE: tuple[Tier, ...] = ("identical", "same")
_BELONG = {"raw+jpeg": "a raw file and its picture", "burst": "a burst"}


@click.command()
@click.option(
    "--tier", "tiers", multiple=True, type=click.Choice(get_args(Tier)), help="Only these; all three without."
)
@click.option("--best-by", type=click.Choice(get_args(BestBy)), default="size", show_default=True,
              help="Which one of a group to keep: the biggest, the sharpest, the oldest.")  # fmt: skip
@click.option("--together", is_flag=True, help="Also raw files with their JPEGs, and bursts, which are never spare.")
@click.option("--keep", multiple=True, type=_FILE, help="Keep all of these: never offer them against each other again.")
@click.option("--best", multiple=True, type=_FILE, help="Remember this one as the best of its group.")
@click.option("--ask-again", multiple=True, type=_FILE, help="Forget what was decided on these.")
@click.option(
    "--write",
    "listed",
    type=_FILE,
    metavar="LIST.txt",
    help="Write the paths of the spare ones, one a line; similar ones only with --tier similar.",
)
@click.option("--move-to", "folder", type=_FILE, metavar="FOLDER",
              help="Move the spare ones there (with --yes); similar ones only with --tier similar.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Do move; without it, only say what would be moved.")
@click.option("--undo", is_flag=True, help="Bring back every file that was moved.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.pass_obj
def duplicates(
    place: Path, tiers: tuple[Tier, ...], best_by: BestBy, together: bool, keep: tuple[Path, ...],
    best: tuple[Path, ...], ask_again: tuple[Path, ...], listed: Path | None, folder: Path | None, yes: bool,
    undo: bool, as_json: bool,
) -> None:  # fmt: skip
    """Pictures that are there more than once, and which to keep. Nothing is ever deleted, or moved without --move-to."""
    with Library.open(place) as library:
        if undo:
            _report(bring_back(library.store), "brought back", as_json)
            return
        if keep or best or ask_again:
            _decide(library, keep, best, ask_again)
            return
        # What only looks alike is listed or moved when it is asked for by name.
        asked = tiers or (TIERS if folder is None and listed is None else SURE)
        with _steps() as on_step:
            found = find_duplicates(library.store, asked, best_by, on_step)
        if listed is not None:
            _write(found, listed)
        elif folder is not None and yes:
            _report(move_aside(library.store, found.spare(), folder), "moved", as_json)
        elif folder is not None:
            _rehearse(library, found, folder)
        elif as_json:
            groups = (*found.groups, *found.together) if together else found.groups
            click.echo(json.dumps([group_json(group, tiers or SURE) for group in groups]))
        else:
            _print(found, together)


def group_json(group: Group, going: Sequence[Tier]) -> dict[str, Any]:
    """A group as scripts see it; the first picture is the one to keep, and only those of the tiers `going` are spare."""
    spare = group.spare if group.tier in going else ()
    return {
        "tier": group.tier, "pictures": [picture.path for picture in group.pictures], "kind": group.kind,
        "best": group.best.path if group.kind == "copies" else None, "reason": group.reason,
        "spare": [picture.path for picture in spare], "ids": [picture.id for picture in group.pictures],
        "how": list(group.how),
    }  # fmt: skip


def _decide(library: Library, keep: Sequence[Path], best: Sequence[Path], ask_again: Sequence[Path]) -> None:
    if len(keep) == 1:
        raise UsageError(f"--keep {keep[0]} alone says nothing; name each picture to keep: --keep A --keep B.")
    if keep:
        keep_all(library.store, [_indexed(library, path) for path in keep])
        click.echo(f"These {len(keep)} are all kept, and not offered against each other again.")
    if best:
        choose_best(library.store, [_indexed(library, path) for path in best])
        click.echo(f"{many(len(best), 'picture')} remembered as the best of the group.")
    if ask_again:
        gone = forget_decisions(library.store, [_indexed(library, path) for path in ask_again])
        click.echo(f"{many(gone, 'decision')} forgotten.")


def _indexed(library: Library, path: Path) -> Picture:
    found = library.find(path)
    if found is None:
        raise UsageError(f"{path} is not in the library; index its folder first.")
    return found


def _print(found: Found, together: bool) -> None:
    for tier in TIERS:
        groups = [group for group in found.groups if group.tier == tier]
        if groups:
            click.echo(f"{_TOLD[tier]}\n")
        for group in groups:
            click.echo(f"  keep  {_line(group.best)}\n        {group.reason}")
            for picture, how in zip(group.spare, group.how, strict=True):
                click.echo(f"        {_line(picture)}{f'  {how}' if how else ''}")
            click.echo()
    for group in found.together if together else ():
        click.echo(f"{_BELONG[group.kind]}, not spare:")
        for picture in group.pictures:
            click.echo(f"        {_line(picture)}")
    sure = found.of(SURE)
    spare = sure.spare()
    if spare:
        size = sum(picture.size for picture, _ in spare)
        click.echo(f"{many(len(sure.groups), 'group')}; {many(len(spare), 'picture')} could go, {size / 1e6:.1f} MB.")
        click.echo("Write their paths with --write LIST.txt, move them with --move-to FOLDER.")
    else:
        click.echo("Nothing is there more than once.")
    if similar := len(found.groups) - len(sure.groups):
        click.echo(
            f"{many(similar, 'group')} of pictures that look alike and may well be different ones: look at them first; "
            "--write and --move-to take them only with --tier similar."
        )
    if found.together and not together:
        click.echo(
            f"{many(len(found.together), 'group')} of what belongs together (raw files with JPEGs, bursts): see it with --together."
        )


def _line(picture: Picture) -> str:
    return f"{printable(picture.path)}  {picture.width} x {picture.height} {picture.format}, {picture.size:,} bytes"


def _write(found: Found, listed: Path) -> None:
    spare = found.spare()
    try:
        # A list must not take the place of a file that is there: its name may have been meant for a picture.
        with listed.open("xb") as file:
            file.writelines(os.fsencode(to_path(picture.path)) + b"\n" for picture, _ in spare)
    except FileExistsError:
        raise UsageError(f"{listed} is there already and is not overwritten; give the list another name.") from None
    click.echo(f"{many(len(spare), 'picture')} listed in {listed}.")


def _rehearse(library: Library, found: Found, folder: Path) -> None:
    spare, edited = found.spare(), library.store.catalog.edits.edited()
    for picture, kept in spare:
        told = "; what you say of it goes to that one" if picture.id in edited else ""
        click.echo(f"{printable(picture.path)}\n    stays: {printable(kept.path)}{told}")
    click.echo(
        f"{many(len(spare), 'picture')} would be moved to {folder}. Add --yes to move them; --undo brings them back."
    )


def _report(moved: Moved, word: str, as_json: bool) -> None:
    if as_json:
        rows = [{"from": origin, "to": target} for origin, target in moved.done]
        left = [{"path": one.path, "reason": one.reason} for one in moved.left]
        click.echo(json.dumps({"moved": rows, "left": left}))
    else:
        for one in moved.left:
            click.echo(f"{printable(one.path)}\n    {one.reason} {one.remedy}", err=True)
        click.echo(f"{many(len(moved.done), 'picture')} {word}.")
        if moved.carried:
            click.echo(f"What you say of {moved.carried} of them is now said of the pictures that stay.")
        if moved.done:
            click.echo("Bring the library up to date with: imsearch index FOLDER")
    if moved.left:
        raise SystemExit(1)


@contextmanager
def _steps() -> Iterator[OnStep]:
    """A bar for each step; quiet where there is no terminal."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=total)
            bar.update(tasks[step], completed=done)

        yield show
