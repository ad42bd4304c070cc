"""Commands that read a library: search, similar, show, export, evaluate."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, get_args

import click

from indexer.paths import printable, to_path
from indexer.records import Filters, Orientation, Picture
from search.library import Library
from search.query import Hit, Mode, Order, Results
from vlm.errors import UsageError

_JSON = click.option("--json", "as_json", is_flag=True, help="For scripts.")
_LIMIT = click.option("--limit", default=20, show_default=True, help="How many pictures at most.")
_MODE = click.option("--mode", type=click.Choice(get_args(Mode)), default="hybrid", show_default=True)
_LIKE = re.compile(r"(?:^|\s)like:(\d+)(?=\s|$)")


def _filtering(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say which pictures are looked at before any is ranked."""
    for option in reversed((
        click.option("--in", "folders", multiple=True, metavar="FOLDER", help="Only below a folder of this name."),
        click.option("--type", "types", multiple=True, metavar="TYPE", help="Only these kinds: jpeg, png, heic ..."),
        click.option("--after", metavar="DATE", help="Taken on or after YYYY[-MM[-DD]]."),
        click.option("--before", metavar="DATE", help="Taken before YYYY[-MM[-DD]]."),
        click.option("--min-size", metavar="SIZE", help="Files of at least this size: 500kb, 2mb."),
        click.option("--max-size", metavar="SIZE", help="Files of at most this size."),
        click.option("--orientation", type=click.Choice(get_args(Orientation))),
    )):  # fmt: skip
        command = option(command)
    return command


def _filters(given: dict[str, Any]) -> Filters:
    return Filters(
        folders=given["folders"],
        types=given["types"],
        after=parse_day(given["after"]),
        before=parse_day(given["before"]),
        min_size=parse_size(given["min_size"]),
        max_size=parse_size(given["max_size"]),
        orientation=given["orientation"],
    )


def parse_day(text: str | None) -> date | None:
    """YYYY, YYYY-MM or YYYY-MM-DD as the first day of it. Raises UsageError."""
    if text is None:
        return None
    found = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", text.strip())
    try:
        if not found:
            raise ValueError
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        raise UsageError(f"{text!r} is not a date; write YYYY, YYYY-MM or YYYY-MM-DD.") from None


def parse_size(text: str | None) -> int | None:
    """Bytes of 1000, 500kb, 2.5mb, 1gb. Raises UsageError."""
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,15}(?:\.\d{1,15})?)\s*([kmg]?)b?", text.strip().lower())
    if not found:
        raise UsageError(f"{text!r} is not a size; write for example 500kb or 2mb.")
    return int(float(found[1]) * {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}[found[2]])


@click.command()
@click.argument("query", nargs=-1)
@click.option("--picture", type=click.Path(path_type=Path), help="Find pictures like this file.")
@_LIMIT
@_MODE
@click.option("--order", type=click.Choice(get_args(Order)), default="relevance", show_default=True)
@_filtering
@_JSON
@click.option("--paths0", is_flag=True, help="Only paths, each ended by a NUL byte, for xargs -0.")
@click.option("--thumbnails/--no-thumbnails", default=None, help="Small pictures in the terminal, where it can.")
@click.pass_obj
def search(place: Path, /, query: tuple[str, ...], picture: Path | None, limit: int, mode: Mode, order: Order,
           as_json: bool, paths0: bool, thumbnails: bool | None, **given: Any) -> None:  # fmt: skip
    """Find pictures by words, by example (--picture FILE, or like:ID in the QUERY), or by both."""
    text, like = split_like(" ".join(query))
    with Library.open(place) as library:
        results = library.search(
            text, picture=picture, like=like, filters=_filters(given), mode=mode, order=order, limit=limit
        )
        _print(library, results, as_json, paths0, thumbnails)


@click.command()
@click.argument("picture")
@_LIMIT
@_JSON
@click.option("--paths0", is_flag=True, help="Only paths, each ended by a NUL byte.")
@click.pass_obj
def similar(place: Path, picture: str, limit: int, as_json: bool, paths0: bool) -> None:
    """Pictures that look like PICTURE: a file, or the id of an indexed one."""
    with Library.open(place) as library:
        known = _indexed(library, picture)
        example = None if known else Path(picture)
        results = library.search(picture=example, like=known.id if known else None, limit=limit, mode="dense")
        _print(library, results, as_json, paths0, None)


@click.command()
@click.argument("picture")
@_JSON
@click.pass_obj
def show(place: Path, picture: str, as_json: bool) -> None:
    """Everything known of one PICTURE: a path, or an id."""
    with Library.open(place) as library:
        found = named_picture(library, picture)
        texts = library.store.texts(found.id)
    if as_json:
        click.echo(json.dumps(asdict(found) | {"texts": [asdict(text) for text in texts]}))
        return
    exif = found.exif
    rows = {
        "id": found.id, "path": printable(found.path), "picture": f"{found.width} x {found.height} {found.format}",
        "bytes": f"{found.size:,}", "taken": exif.taken_at, "camera": exif.camera, "lens": exif.lens,
        "place": exif.latitude is not None and f"{exif.latitude}, {exif.longitude}",
        "colours": ", ".join(f"{c.name} {c.share:.0%}" for c in found.colours),
    }  # fmt: skip
    for text in texts:
        rows[f"{text.kind} ({text.model})"] = text.text.replace("\n", "\n" + " " * 18)
    for name, value in rows.items():
        if value:
            click.echo(f"{name:>16}  {value}")


@click.command()
@click.argument("query", nargs=-1)
@click.option("--format", "form", type=click.Choice(["csv", "jsonl", "paths"]), default="csv", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="A file instead of the terminal.")
@click.option("--limit", default=1000, show_default=True, help="How many pictures at most.")
@_MODE
@_filtering
@click.pass_obj
def export(
    place: Path, /, query: tuple[str, ...], form: str, output: Path | None, limit: int, mode: Mode, **given: Any
) -> None:
    """Write the results of QUERY (without one: every picture) as a list."""
    text, like = split_like(" ".join(query))
    with Library.open(place) as library:
        hits = library.search(text, like=like, filters=_filters(given), mode=mode, limit=limit).hits
    written = _FORMS[form](hits)
    if output:
        output.write_text(written, encoding="utf-8")
        click.echo(f"{len(hits)} pictures listed in {output}.")
    else:
        click.echo(written, nl=False)


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@_MODE
@_JSON
@click.pass_obj
def evaluate(place: Path, file: Path | None, mode: Mode, as_json: bool) -> None:
    """How well the library answers the judged queries of FILE (see docs/start.md for its form).

    Without a FILE: those judged with `imsearch judge`.
    """
    from search.evaluate import evaluate as measure
    from search.judge import kept_judgements, read_judgements

    with Library.open(place) as library:
        judged = kept_judgements(library.store.catalog) if file is None else read_judgements(file)
        figures = measure(library.searcher, judged, mode)
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        click.echo(f"{name:>10}  {value:g}")


def split_like(text: str) -> tuple[str, int | None]:
    """'red like:12' -> ('red', 12)."""
    found = _LIKE.search(text)
    return (text, None) if not found else (_LIKE.sub(" ", text).strip(), int(found[1]))


def hit_json(hit: Hit) -> dict[str, Any]:
    """A hit as scripts and the page see it."""
    picture = hit.picture
    return {
        "rank": hit.rank, "id": picture.id, "path": picture.path, "score": hit.score, "weak": hit.weak,
        "signals": {signal.name: {"rank": signal.rank, "score": signal.score} for signal in hit.signals},
        "width": picture.width, "height": picture.height, "taken_at": picture.exif.taken_at, "format": picture.format,
    }  # fmt: skip


def results_json(results: Results) -> dict[str, Any]:
    """`{hits, total, seconds, note}`."""
    return {
        "hits": [hit_json(hit) for hit in results.hits], "total": results.total, "seconds": results.seconds,
        "note": results.note,
    }  # fmt: skip


def _indexed(library: Library, named: str) -> Picture | None:
    if named.isdecimal() and not Path(named).exists():
        found = library.store.get([int(named)])
        if not found:
            raise UsageError(f"There is no picture {named} in this library; a search shows their ids.")
        return found[0]
    return library.find(Path(named))


def named_picture(library: Library, named: str) -> Picture:
    """The indexed picture of this id or path. Raises UsageError."""
    found = _indexed(library, named)
    if found is None:
        raise UsageError(f"{named} is not in the library; index its folder first.")
    return found


def _print(library: Library, results: Results, as_json: bool, paths0: bool, thumbnails: bool | None) -> None:
    if as_json:
        click.echo(json.dumps(results_json(results)))
    elif paths0:
        stream = sys.stdout.buffer
        for hit in results.hits:
            stream.write(os.fsencode(to_path(hit.picture.path)) + b"\0")
    else:
        from search.terminal import print_results

        print_results(library, results, thumbnails)


def _csv(hits: tuple[Hit, ...]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["rank", "id", "path", "score", "weak", "width", "height", "taken_at"])
    for hit in hits:
        row = hit_json(hit)
        # a spreadsheet would run a name that begins like a formula
        path = "'" + row["path"] if row["path"][:1] in "=+-@\t\r" else row["path"]
        writer.writerow(
            [row["rank"], row["id"], path, row["score"], row["weak"], row["width"], row["height"], row["taken_at"]]
        )
    return buffer.getvalue()


def _jsonl(hits: tuple[Hit, ...]) -> str:
    return "".join(json.dumps(hit_json(hit)) + "\n" for hit in hits)


def _paths(hits: tuple[Hit, ...]) -> str:
    return "".join(f"{hit.picture.path}\n" for hit in hits)


_FORMS: dict[str, Callable[[tuple[Hit, ...]], str]] = {"csv": _csv, "jsonl": _jsonl, "paths": _paths}
