"""Commands that write a library: index, watch, retry."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from indexer.indexer import OnProgress, check_root
from indexer.manifest import is_library
from indexer.paths import printable, to_path
from indexer.records import Choice, IndexReport, Progress
from indexer.typed import folder_typed
from search.library import Library
from search.quiet import quiet_decoders
from vlm import UsageError
from vlm.choices import choose, sentence
from vlm.wording import many


class FolderPath(click.Path):
    """A folder as people write it (see `indexer.typed`)."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path that is meant."""
        return super().convert(folder_typed(os.fspath(value)), param, ctx)


_FOLDERS = click.argument("folders", nargs=-1, required=True, type=FolderPath())


@click.command()
@_FOLDERS
@click.option("--model", default="auto", help="The embedder (see: imsearch models list). Default: the best one here.")
@click.option("--no-ocr", is_flag=True, help="Do not read the words in pictures.")
@click.option("--include", multiple=True, metavar="GLOB", help="Only files whose name or path matches.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="No files or folders whose name or path matches.")
@click.option("--hidden", is_flag=True, help="Hidden files and folders too.")
@click.option("--everything", is_flag=True, help="Forget the --include, --exclude and --hidden of earlier runs.")
@click.option("--watch", "keep_watching", is_flag=True, help="Go on and follow changes.")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object.")
@click.pass_obj
def index(
    place: Path, folders: tuple[Path, ...], model: str, no_ocr: bool, include: tuple[str, ...],
    exclude: tuple[str, ...], hidden: bool, everything: bool, keep_watching: bool, as_json: bool,
) -> None:  # fmt: skip
    """Make the pictures below FOLDERS searchable. Run it again at any time: only what changed is looked at.

    --include, --exclude and --hidden are kept with the folder, for every later run until others are given.
    """
    said = include or exclude or hidden or everything
    choice = Choice(include, exclude, hidden) if said else None
    with opened(place, folders, model) as library:
        if not as_json and model == "auto" and library.manifest.model == choose().spec:
            click.echo(sentence(choose()))
        if keep_watching:
            _follow(library, folders, not no_ocr, as_json, choice)
        else:
            _index(library, folders, not no_ocr, as_json, choice)


@click.command()
@_FOLDERS
@click.option("--no-ocr", is_flag=True, help="Do not read the words in pictures.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a change.")
@click.pass_obj
def watch(place: Path, folders: tuple[Path, ...], no_ocr: bool, as_json: bool) -> None:
    """Index FOLDERS, then follow changes until interrupted."""
    with opened(place, folders) as library:
        _follow(library, folders, not no_ocr, as_json)


@click.command()
@click.option("--no-ocr", is_flag=True, help="Do not read the words in pictures.")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object.")
@click.pass_obj
def retry(place: Path, no_ocr: bool, as_json: bool) -> None:
    """Try once more the files that could not be used."""
    with Library.open(place) as library:
        roots = [to_path(root) for root in library.store.catalog.roots.paths().values()]
        _index(library, tuple(roots), not no_ocr, as_json, retry=True)


def opened(place: Path, folders: tuple[Path, ...], model: str = "auto") -> Library:
    """The library, made when there is none: not before each of its folders is there. Raises UsageError, LibraryError."""
    if not is_library(place.expanduser()):
        for folder in folders:
            check_root(folder.expanduser())
    return Library.open(place, create=True, model=model)


def _index(
    library: Library, folders: tuple[Path, ...], ocr: bool, as_json: bool, choice: Choice | None = None, retry: bool = False
) -> None:  # fmt: skip
    with progress_bars(shown=not as_json) as on_progress:
        report = library.index(folders, ocr, choice, retry, on_progress)
    if as_json:
        click.echo(json.dumps(asdict(report)))
        return
    click.echo(_told(report))
    if report.offline:
        click.echo("Folders that are missing or empty keep their pictures, marked offline, until they come back.")
    if report.failed:
        click.echo(f"{many(report.failed, 'file')} could not be used; see why with: imsearch failures")
    if report.damaged:
        click.echo(f"{many(report.damaged, 'file')} could be read in part alone; see which with: imsearch failures")


def _told(report: IndexReport) -> str:
    counts = [f"{n} {word}" for word, n in asdict(report).items() if word != "seconds" and n]
    return f"Done in {report.seconds:.1f} s: {', '.join(counts) or 'no pictures found'}."


def _follow(
    library: Library, folders: tuple[Path, ...], ocr: bool, as_json: bool, choice: Choice | None = None
) -> None:  # fmt: skip
    """Index, then again after every change. Watching begins first, so that no change in between is missed."""
    from watchfiles import watch as changes

    there = [folder for folder in folders if folder.is_dir()]
    own = os.path.join(library.folder.absolute(), "")  # noqa: PTH118 - with the separator at its end
    events = changes(
        *there, watch_filter=lambda _, path: not path.startswith(own), debounce=1600, rust_timeout=1000,
        yield_on_timeout=True,
    )  # fmt: skip
    next(events, None)  # the first time-out: the watcher is at work
    _index(library, folders, ocr, as_json, choice)
    if not there:
        raise UsageError("None of the folders is there to be watched; plug the disk in, then run this again.")
    if not as_json:
        click.echo("Watching for changes; stop with Ctrl+C.")
    with suppress(KeyboardInterrupt):  # its end, not its failure
        for changed in events:
            if changed:
                _index(library, folders, ocr, as_json)


@contextmanager
def progress_bars(shown: bool = True) -> Iterator[OnProgress]:
    """A bar with count, rate, time left and failures; quiet where there is no terminal. Decoders keep quiet meanwhile."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar
    from rich.text import Text

    class RateColumn(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.1f}/s" if task.speed else "")

    words = {
        "index": "Looking at pictures",
        "told": "Reading titles, keywords, stars",
        "place": "Naming places",
        "embed": "Embedding anew",
        "ocr": "Reading words",
        "caption": "Writing captions",
        "object": "Finding objects",
        "describe": "Describing",
        "moderate": "Judging",
        "tag": "Tagging",
    }
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    console = Console(stderr=True)
    disable = not (shown and console.is_terminal)
    with quiet_decoders(), Bar(*columns, console=console, transient=True, disable=disable) as bar:
        tasks: dict[str, object] = {}

        def show(progress: Progress) -> None:
            if progress.stage not in tasks:
                tasks[progress.stage] = bar.add_task(words[progress.stage], total=progress.total, note="")
            note = f"{progress.failed} failed" if progress.failed else printable(progress.path)[-30:]
            bar.update(tasks[progress.stage], completed=progress.done, total=progress.total, note=note)  # type: ignore[arg-type]

        yield show
