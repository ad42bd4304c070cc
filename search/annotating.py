"""The command annotate: models write words and boxes about the pictures of a library."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import click

from indexer.filters import ANY
from indexer.records import Enriched
from search.annotators import Tasks, annotators
from search.indexing import progress_bars
from search.library import Library
from search.parser import parse
from vlm.errors import UsageError
from vlm.tasks.caption import Style
from vlm.wording import many

BLURRED = f"moderation:{ANY} state:unreviewed"
"""The query for what is shown blurred and waits for a person."""


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("query", nargs=-1)
@click.option("--ocr", metavar="SPEC", help="Read words, e.g. with rapidocr.")
@click.option("--detect", metavar="SPEC", help="Find things with boxes, e.g. with yolox:/a/yolox_s.onnx.")
@click.option("--labels", default="", metavar="LABEL,…", help="Detect these only.")
@click.option("--least", type=click.FloatRange(0, 1), help="Leave out what the detector is less sure of than this.")
@click.option("--describe", metavar="SPEC", help="Write a caption and tags in one pass.")
@click.option("--caption", metavar="SPEC", help="Write captions, e.g. with gemma:google/gemma-4-E2B-it.")
@click.option("--style", type=click.Choice(get_args(Style)), default="short", show_default=True, help="Of captions.")
@click.option("--language", default="en", show_default=True, help="Of captions.")
@click.option("--tags", is_flag=True, help="Name what pictures show, by the library's own model from its vectors.")
@click.option("--moderate", metavar="SPEC", help="Judge what some would rather not see, e.g. with mini.")
@click.option("--anew", is_flag=True, help="Ask again of pictures that were seen before.")
@click.option("--retry", is_flag=True, help="Ask again of pictures that failed before.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.pass_obj
def annotate(place: Path, /, query: tuple[str, ...], tags: bool, anew: bool, retry: bool, as_json: bool,
             **asked: Any) -> None:  # fmt: skip
    """Have models write about pictures: what they say is searched and filtered by.

    What you looked at comes first, then the newest; with a QUERY only what matches it, best first. Pictures that a model has seen are not shown to it again, until its
    version, or how it is asked, has changed. May be interrupted at any time; what you wrote yourself stays.
    """
    labels = tuple(label.strip() for label in asked.pop("labels").split(",") if label.strip())
    made = [*annotators(Tasks(labels=labels, **asked))]
    if not made and not tags:
        raise UsageError("Say what to write and by which model, e.g. --ocr rapidocr or --tags (docs/vision.md).")
    with Library.open(place) as library, progress_bars() as on_progress:
        among = parse(" ".join(query)) if query else None
        done = library.annotate(made, among, anew, retry, on_progress, tags)
        failed_before = library.store.catalog.failures.counts()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in done]))
        return
    for one in done:
        click.echo(_told(one, failed_before.get((one.task, one.model), 0) - one.failed))
    if asked["moderate"]:
        click.echo(f"See what is blurred with: imsearch search '{BLURRED}' (docs/moderation.md)")


def _told(one: Enriched, failed_before: int) -> str:
    said = f"{one.task} by {one.model}: {many(one.done, 'picture')}"
    if one.failed:
        said += f"; {one.failed} failed, see why with: imsearch failures"
    if failed_before > 0:
        said += f"; {failed_before} that failed before were left out, try them with --retry"
    return said
