"""Commands that read a library: search, similar, show, export, evaluate; and parse, which needs none."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

import click

from indexer.failures import DAMAGED
from indexer.paths import printable, to_path
from indexer.records import Edited, Orientation, Picture
from search.blurring import DEFAULT, Blur, blurring
from search.facts import place_of
from search.library import Library
from search.narrowing import narrowed
from search.parser import parse
from search.query import Example, Hit, Mode, Order, Query, Results
from vlm.errors import UsageError
from vlm.wording import many

if TYPE_CHECKING:
    from vlm import Chat

_JSON = click.option("--json", "as_json", is_flag=True, help="For scripts.")
_LIMIT = click.option("--limit", default=20, show_default=True, help="How many pictures at most.")
_FOLD = click.option("--fold", is_flag=True, help="Copies and bursts under the best of them.")
_MODE = click.option("--mode", type=click.Choice(get_args(Mode)), default="hybrid", show_default=True)


# A word after a minus is left out of a query: it is no option, though it looks like one.
_QUERY = {"ignore_unknown_options": True}


def _filtering(command: Callable[..., None]) -> Callable[..., None]:
    """Options that say the same as filters in a query."""
    for option in reversed((
        click.option("--in", "folders", multiple=True, metavar="FOLDER", help="Only below a folder of this name."),
        click.option("--type", "types", multiple=True, metavar="TYPE", help="Only these kinds: jpeg, png, heic ..."),
        click.option("--after", metavar="DATE", help="Taken on or after YYYY[-MM[-DD]]."),
        click.option("--before", metavar="DATE", help="Taken before YYYY[-MM[-DD]]."),
        click.option("--min-size", metavar="SIZE", help="At least this big: 500kb, 2mb, 2mp (megapixels)."),
        click.option("--max-size", metavar="SIZE", help="At most this big."),
        click.option("--orientation", type=click.Choice(get_args(Orientation))),
    )):  # fmt: skip
        command = option(command)
    return command


@click.command(context_settings=_QUERY)
@click.argument("query", nargs=-1)
@click.option("--picture", type=click.Path(path_type=Path), help="Find pictures like this file.")
@_LIMIT
@_FOLD
@_MODE
@click.option("--order", type=click.Choice(get_args(Order)), default="relevance", show_default=True)
@_filtering
@click.option("--rerank", metavar="SPEC", help="Have this model look at the first hits and put them in order (slow).")
@click.option(
    "--rerank-first", default=20, show_default=True, type=click.IntRange(1, 500), help="How many it looks at."
)
@_JSON
@click.option("--paths0", is_flag=True, help="Only paths, each ended by a NUL byte, for xargs -0.")
@click.option("--thumbnails/--no-thumbnails", default=None, help="Small pictures in the terminal, where it can.")
@blurring
@click.pass_obj
def search(place: Path, /, query: tuple[str, ...], picture: Path | None, limit: int, fold: bool, mode: Mode, order: Order,
           rerank: str | None, rerank_first: int, as_json: bool, paths0: bool, thumbnails: bool | None,
           blur_above: Blur, **given: Any) -> None:  # fmt: skip
    """Find pictures by words, by example, by date, place and more: docs/query-language.md tells how to ask."""
    asked = narrowed(parse(" ".join(query)), **given)
    if order != "relevance":
        asked = replace(asked, order=order)
    with Library.open(place) as library:
        results = library.search(asked, picture=picture, mode=mode, limit=limit, fold=fold)
        if rerank:
            results = _looked_at_again(library, results, rerank, rerank_first)
        print_found(library, results, as_json, paths0, thumbnails, blur_above)


def _looked_at_again(library: Library, results: Results, spec: str, first: int) -> Results:
    from search.rerank import rerank
    from vlm import load_model

    model = load_model(spec)
    try:
        return rerank(results, library.store, model, first)
    finally:
        model.close()


@click.command()
@click.argument("picture")
@_LIMIT
@_FOLD
@_JSON
@click.option("--paths0", is_flag=True, help="Only paths, each ended by a NUL byte.")
@blurring
@click.pass_obj
def similar(
    place: Path, picture: str, limit: int, fold: bool, as_json: bool, paths0: bool, blur_above: Blur
) -> None:  # fmt: skip
    """Pictures that look like PICTURE: a file, or the id of an indexed one."""
    with Library.open(place) as library:
        known = _indexed(library, picture)
        example = Example(id=known.id) if known else Example(path=picture)
        results = library.search(Query(terms=(example,)), limit=limit, mode="dense", fold=fold)
        print_found(library, results, as_json, paths0, blur=blur_above)


@click.command()
@click.argument("picture")
@_JSON
@click.pass_obj
def show(place: Path, picture: str, as_json: bool) -> None:
    """Everything known of one PICTURE: a path, or an id."""
    with Library.open(place) as library:
        found = named_picture(library, picture)
        known = picture_json(library, found)
        texts, edits = library.store.texts(found.id), library.history(found.id)
        objects, seen = library.store.objects(found.id), library.store.catalog.texts.provenance(found.id)
        if not as_json:  # a script is no person
            library.note_opened(found.id)
    if as_json:
        click.echo(json.dumps(known))
        return
    exif = found.exif
    rows: dict[str, object] = {
        "id": found.id, "path": printable(found.path), "picture": f"{found.width} x {found.height} {found.format}",
        "damaged": found.damaged and DAMAGED, "bytes": f"{found.size:,}", "taken": exif.taken_at,
        "camera's clock": exif.clock and f"{exif.clock}, in the future; {found.moment} by the file", "camera": exif.camera, "lens": exif.lens,
        "place": exif.latitude is not None and place_of(found),
        "colours": ", ".join(f"{c.name} {c.share:.0%}" for c in found.colours),
        "moderation": ", ".join(f"{tag.word} {tag.chance:.2f}" for tag in found.moderation),
        "state": found.state != "unreviewed" and found.state, "stars": exif.rating is not None and str(exif.rating),
    }  # fmt: skip
    for text in texts:
        named = f"{text.kind} ({text.model})"
        said = text.text.replace("\n", "\n" + " " * 18)
        rows[named] = f"{rows[named]}, {said}" if named in rows else said
    rows["objects"] = ", ".join(f"{printable(one.label)} {one.score:.2f}" for one in objects)
    for name, value in rows.items():
        if value:
            click.echo(f"{name:>16}  {value}")
    for look in seen:
        told = ", ".join(filter(None, (look.model, look.revision, look.prompt_version, look.at)))
        click.echo(f"{'seen for':>16}  {look.task} by {printable(told)}")
    for one in edits:
        click.echo(f"{'edited':>16}  {one.made_at[:10]} {_change(one)}{' (taken back)' if one.undone_at else ''}")


@click.command(context_settings=_QUERY)
@click.argument("query", nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "paths", "coco", "txt", "xmp"]),
    default="csv",
    show_default=True,
)
@click.option(
    "--output", type=click.Path(path_type=Path), help="A file instead of the terminal; for coco, txt, xmp a folder."
)
@click.option("--beside", is_flag=True, help="Write txt or xmp beside the pictures.")
@click.option("--overwrite", is_flag=True, help="Replace files that imsearch did not write, too.")
@click.option("--limit", type=click.IntRange(1), help="How many pictures at most (lists: 1000).")
@_MODE
@_filtering
@blurring
@click.pass_obj
def export(
    place: Path, /, query: tuple[str, ...], form: str, output: Path | None, beside: bool, overwrite: bool,
    limit: int | None, mode: Mode, blur_above: Blur, **given: Any,
) -> None:  # fmt: skip
    """Write the results of QUERY (without one: every picture) as a list, or what is known of them as sidecars.

    Lists: csv, jsonl, paths. Sidecars (docs/sidecars.md): xmp (captions, tags, stars), txt (captions), coco (captions
    and boxes). The pictures themselves are never changed.
    """
    asked = narrowed(parse(" ".join(query)), **given)
    with Library.open(place) as library:
        if form not in _FORMS:
            _export_sidecars(library, asked, mode, limit, form, output, beside, overwrite)
            return
        if beside or overwrite:
            raise UsageError("--beside and --overwrite go with --format xmp, txt or coco.")
        hits = library.search(asked, mode=mode, limit=1000 if limit is None else limit).hits
    # a name on disk need not be UTF-8: its own bytes are what opens the file
    written = _FORMS[form](hits, blur_above).encode("utf-8", "surrogateescape")
    if output:
        output.write_bytes(written)
        click.echo(f"{many(len(hits), 'picture')} listed in {output}.")
    else:
        click.echo(written, nl=False)


def _export_sidecars(
    library: Library, asked: Query, mode: Mode, limit: int | None, form: Any, output: Path | None, beside: bool,
    overwrite: bool,
) -> None:  # fmt: skip
    from search.exporting import export_sidecars, found, told

    if beside == bool(output):
        raise UsageError("Say where to write: --output FOLDER, or --beside for beside the pictures; not both.")
    report = export_sidecars(library, found(library, asked, mode, limit), form, output, overwrite)
    for line in told(report, f"to {output}" if output else "beside the pictures"):
        click.echo(line)


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--compare", nargs=2, metavar="SPEC SPEC", help="Two models that the library holds, side by side.")
@_MODE
@_JSON
@click.pass_obj
def evaluate(place: Path, file: Path | None, compare: tuple[str, str] | None, mode: Mode, as_json: bool) -> None:
    """How well the library answers the judged queries of FILE (see docs/start.md for its form).

    Without a FILE: those judged with `imsearch judge`.
    """
    from search.evaluate import compare as measure_each
    from search.evaluate import evaluate as measure
    from search.judge import kept_judgements, read_judgements

    with Library.open(place) as library:
        judged = kept_judgements(library.store.catalog) if file is None else read_judgements(file)
        columns: dict[str, Any] = (
            measure_each(library, compare, judged, mode) if compare else {"": measure(library.searcher, judged, mode)}
        )
    if as_json:
        click.echo(json.dumps(columns if compare else columns[""]))
        return
    if compare:
        click.echo(f"{'':>12}  {'  '.join(columns)}")
    for name in next(iter(columns.values())):
        cells = [f"{figures[name]:<{len(spec)}g}" for spec, figures in columns.items()]
        click.echo(f"{name:>12}  {'  '.join(cells)}".rstrip())


@click.command(name="parse", context_settings=_QUERY)
@click.argument("query", nargs=-1)
@click.option("--model", metavar="SPEC", help="Have this model write the query that natural words ask for.")
@_JSON
def parse_command(query: tuple[str, ...], model: str | None, as_json: bool) -> None:
    """How QUERY is understood: what is looked for, what is left out, and which filters hold."""
    asked = _asked_for(" ".join(query), model) if model else parse(" ".join(query))
    click.echo(json.dumps({"query": str(asked)}) if as_json else str(asked))


def _asked_for(words: str, spec: str) -> Query:
    from search.rephrase import rephrased
    from vlm import load_model

    model = load_model(spec)
    try:
        if not hasattr(type(model), "replies"):
            raise UsageError(
                f"{spec} does not converse, so it writes no queries; name a model that does (docs/vision.md)."
            )
        return rephrased(words, cast("Chat", model), datetime.now().astimezone().date())
    finally:
        model.close()


def hit_json(hit: Hit, blur: Blur = DEFAULT) -> dict[str, Any]:
    """A hit as scripts and the page see it."""
    picture = hit.picture
    return {
        "rank": hit.rank, "id": picture.id, "path": picture.path, "score": hit.score, "weak": hit.weak,
        "signals": {s.name: {"rank": s.rank, "score": s.score, "share": round(s.share, 4)} for s in hit.signals},
        "width": picture.width, "height": picture.height, "taken_at": picture.exif.taken_at, "format": picture.format,
        "folded": [{"id": one.id, "path": one.path, **blur.as_json(one)} for one in hit.folded],
        **blur.as_json(picture),
    }  # fmt: skip


def results_json(results: Results, blur: Blur = DEFAULT) -> dict[str, Any]:
    """`{hits, total, seconds, note, advice, query, offers}`."""
    return {
        "hits": [hit_json(hit, blur) for hit in results.hits], "total": results.total, "seconds": results.seconds,
        "note": results.note, "advice": results.advice, "query": str(results.query), "offers": list(results.offers),
    }  # fmt: skip


def picture_json(library: Library, picture: Picture) -> dict[str, Any]:
    """Everything known of a picture, for scripts: its record, `texts`, `objects`, which models said them (`seen`) and
    what people changed (`edits`)."""
    known: dict[str, Sequence[Any]] = {
        "texts": library.store.texts(picture.id), "objects": library.store.objects(picture.id),
        "seen": library.store.catalog.texts.provenance(picture.id), "edits": library.history(picture.id),
    }  # fmt: skip
    return asdict(picture) | {name: [asdict(one) for one in each] for name, each in known.items()}


def _change(one: Edited) -> str:
    if one.field == "tag":
        return f"tag {'-' if one.after is None else '+'} {one.after or one.before or one.name}"
    was, now = (printable(" ".join((said or "nothing").split())) for said in (one.before, one.after))
    return f"{one.field}: {was if len(was) <= 40 else f'{was[:39]}…'} -> {now if len(now) <= 40 else f'{now[:39]}…'}"


def _indexed(library: Library, named: str) -> Picture | None:
    if _is_id(named):
        found = library.store.get([int(named)])
        if not found:
            raise UsageError(f"There is no picture {named} in this library; a search shows their ids.")
        return found[0]
    return library.find(Path(named))


def _is_id(named: str) -> bool:
    return named.isdecimal() and not Path(named).exists()


def named_picture(library: Library, named: str) -> Picture:
    """The indexed picture of this id or path. Raises UsageError."""
    found = _indexed(library, named)
    if found is None:
        raise UsageError(f"{named} is not in the library; index its folder first.")
    return found


def named_pictures(library: Library, names: Sequence[str]) -> list[Picture]:
    """The indexed pictures of these ids or paths. Raises UsageError naming each that is not there."""
    found = [library.store.get([int(n)]) if _is_id(n) else [library.find(Path(n))] for n in names]
    unknown = [name for name, pictures in zip(names, found, strict=True) if not any(pictures)]
    if unknown:
        raise UsageError(f"Not in this library: {', '.join(map(printable, unknown))}; nothing was changed.")
    return [picture for pictures in found for picture in pictures if picture]


def print_found(
    library: Library, results: Results, as_json: bool, paths0: bool = False, thumbnails: bool | None = None,
    blur: Blur = DEFAULT,
) -> None:  # fmt: skip
    """Results on the terminal, or for scripts."""
    if as_json:
        click.echo(json.dumps(results_json(results, blur)))
    elif paths0:
        stream = sys.stdout.buffer
        for hit in results.hits:
            stream.write(os.fsencode(to_path(hit.picture.path)) + b"\0")
    else:
        from search.terminal import print_results

        print_results(library, results, thumbnails, blur)


def _csv(hits: tuple[Hit, ...], _: Blur) -> str:
    from search.listing import as_csv

    columns = ("rank", "id", "path", "score", "weak", "width", "height", "taken_at")
    return as_csv(map(hit_json, hits), columns)


def _jsonl(hits: tuple[Hit, ...], blur: Blur) -> str:
    return "".join(json.dumps(hit_json(hit, blur)) + "\n" for hit in hits)


def _paths(hits: tuple[Hit, ...], _: Blur) -> str:
    from search.listing import as_paths

    return as_paths(hit.picture for hit in hits)


_FORMS: dict[str, Callable[[tuple[Hit, ...], Blur], str]] = {"csv": _csv, "jsonl": _jsonl, "paths": _paths}
