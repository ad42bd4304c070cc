"""The command ask: questions about pictures of the library, answered with numbers that point at them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import click
from click.core import ParameterSource

from indexer.paths import printable
from indexer.records import Picture
from search.ask import Answer, Conversation, best_of, query_for
from search.asking_files import ask_alone, ask_together
from search.commands import named_picture
from search.files import told_in_pieces
from search.library import Library
from search.query import Query
from vlm import load_model
from vlm.errors import UsageError

COMMANDLINE = ParameterSource.COMMANDLINE


@click.command()
@click.argument("question")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--search", "query", metavar="QUERY", help="Ask about the best hits of this query (else: of the question)."
)
@click.option("--pictures", metavar="ID,ID...", help="Ask about these pictures, by id or path.")
@click.option("-k", "count", default=8, show_default=True, type=click.IntRange(1, 200), help="How many hits.")
@click.option("--model", metavar="SPEC", help="The model that looks and answers, e.g. gemma:google/gemma-4-E2B-it.")
@click.option("--together", is_flag=True, help="Ask one question about all FILES, not one about each.")
@click.option("--chat", is_flag=True, help="Go on asking about the same pictures, a line each, until an empty one.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.pass_context
def ask(
    ctx: click.Context, question: str, files: tuple[Path, ...], query: str | None, pictures: str | None, count: int,
    model: str | None, together: bool, chat: bool, as_json: bool,
) -> None:  # fmt: skip
    """Ask QUESTION about pictures: what is in them, when, which of them ... Answers name pictures by numbers, [1] [2].

    With FILES a model looks at each of them alone, or at all of them with --together or --chat; no library is needed.
    Without FILES it is asked about pictures of the library; without a model, what is stored of them is told: dates,
    places, words read in them, objects, captions.
    """
    if pictures and query:
        raise UsageError("Give either --search or --pictures, not both.")
    if files:
        spec = _of_files(ctx, question, files)
        if together or chat:
            ask_together(ctx, load_model(spec), question, files, chat, as_json)
        else:
            ask_alone(ctx, load_model(spec), question, files, as_json)
    elif together:
        raise UsageError("--together is for files; pictures of the library are always asked about together.")
    else:
        _ask_library(ctx.obj, question, query, pictures, count, model, chat, as_json)


def _of_files(ctx: click.Context, question: str, files: Sequence[Path]) -> str:
    """The spec of the model that is to look at files. Raises UsageError for what belongs to a library, or was mixed up."""
    given = [
        name for name in ("library", "query", "pictures", "count") if ctx.get_parameter_source(name) is COMMANDLINE
    ]
    if given:
        options = {"query": "--search", "count": "-k"}
        raise UsageError(f"{options.get(given[0], f'--{given[0]}')} is for a library; leave it away, or the files.")
    # os.path: a long question is no file name, at which Path.exists fails
    if os.path.exists(question) or not any(file.suffix or file.exists() for file in files):  # noqa: PTH110
        raise UsageError('Write the question first, in quotes, then the files: imsearch ask "What is this?" a.jpg')
    spec: str | None = ctx.params["model"]
    if not spec:
        raise UsageError("Name the model that is to look at the files with --model (docs/vision.md).")
    return spec


def _ask_library(
    place: Path, question: str, query: str | None, pictures: str | None, count: int, model: str | None, chat: bool,
    as_json: bool,
) -> None:  # fmt: skip
    answerer = load_model(model) if model else None
    with Library.open(place) as library:
        try:
            asked = None if pictures else query_for(question, query, answerer)
            about = _named(library, pictures) if pictures else best_of(library, cast(Query, asked), count)
            talk = Conversation(library.store, answerer, about)
            if as_json:
                click.echo(json.dumps(_as_json(question, asked, talk.ask(question)), ensure_ascii=False))
                return
            if asked is not None:
                click.echo(f"About the best {len(about)} of: {asked}", err=True)
            if answerer is None:
                click.echo("A model that looks at them is named with --model.", err=True)
            _tell(talk, question)
            while chat and (line := sys.stdin.readline().strip()):
                _tell(talk, line)
        finally:
            if answerer is not None:
                answerer.close()


def _named(library: Library, pictures: str) -> list[Picture]:
    return [named_picture(library, name.strip()) for name in pictures.split(",") if name.strip()]


def _tell(talk: Conversation, question: str) -> None:
    answer = talk.answer(told_in_pieces(talk.stream(question)))
    for number in answer.cited:
        click.echo(f"  [{number}] {printable(answer.pictures[number - 1].path)}")


def _as_json(question: str, asked: Query | None, answer: Answer) -> dict[str, object]:
    return {
        "question": question, "query": None if asked is None else str(asked), "model": answer.model,
        "answer": answer.text, "cited": list(answer.cited), "pictures": _listed(answer.pictures),
    }  # fmt: skip


def _listed(pictures: Sequence[Picture]) -> list[dict[str, object]]:
    return [{"number": number, "id": p.id, "path": p.path} for number, p in enumerate(pictures, 1)]
