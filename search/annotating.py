"""The command annotate: models write words and boxes about the pictures of a library."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from indexer.filters import ANY
from search.indexing import progress_bars
from search.library import Library
from search.parser import parse
from vlm import Annotator, load_model
from vlm.errors import UsageError

BLURRED = f"moderation:{ANY} state:unreviewed"
"""The query for what is shown blurred and waits for a person."""


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("query", nargs=-1)
@click.option("--ocr", metavar="SPEC", help="Read words, e.g. with rapidocr.")
@click.option("--moderate", metavar="SPEC", help="Judge what some would rather not see, e.g. with mini.")
@click.option("--anew", is_flag=True, help="Ask again of pictures that were seen before.")
@click.option("--retry", is_flag=True, help="Ask again of pictures that failed before.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.pass_obj
def annotate(
    place: Path, query: tuple[str, ...], ocr: str | None, moderate: str | None, anew: bool, retry: bool, as_json: bool
) -> None:
    """Have models write about pictures: what they say is searched and filtered by.

    With a QUERY only on what it finds, best first. Pictures that a model has seen are not shown to it again, until its
    version, or how it is asked, has changed. May be interrupted at any time; what you wrote yourself stays.
    """
    annotators = _annotators(ocr, moderate)
    if not annotators:
        raise UsageError("Say what to write and by which model, e.g. --ocr rapidocr (docs/vision.md).")
    with Library.open(place) as library, progress_bars() as on_progress:
        asked = parse(" ".join(query)) if query else None
        done = library.annotate(annotators, asked, anew, retry, on_progress)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in done]))
        return
    for one in done:
        failed = f"; {one.failed} failed, see why with: imsearch failures" if one.failed else ""
        click.echo(f"{one.task} by {one.model}: {one.done} pictures{failed}")
    if moderate:
        click.echo(f"See what is blurred with: imsearch search '{BLURRED}' (docs/moderation.md)")


def _annotators(ocr: str | None, moderate: str | None) -> list[Annotator]:
    from vlm.tasks.moderate import moderator
    from vlm.tasks.ocr import Ocr

    return [*([Ocr(load_model(ocr))] if ocr else []), *([moderator(moderate)] if moderate else [])]
