"""Commands by which models write about plain files, without a library: caption, classify, describe, generate."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from indexer.paths import printable
from search.files import AS_JSON, FILES, MODEL, Looking, Made, end, printable_lines, shown_to, title, told_in_pieces
from vlm import Tag, load_embedder, load_model
from vlm.errors import PictureRefused, UnknownModel, UsageError
from vlm.tasks.asked import NoUse
from vlm.tasks.caption import Captions, Style, Wanted
from vlm.tasks.generate import Form

if TYPE_CHECKING:
    from PIL.Image import Image


@click.command()
@FILES
@MODEL
@click.option("--style", type=click.Choice(get_args(Style)), default="short", show_default=True, help="How it is said.")
@click.option("--prefix", default="", metavar="TEXT", help="What the captions begin with.")
@click.option("--language", default="en", metavar="CODE", show_default=True, help="E.g. de, where the model knows it.")
@click.option(
    "--examples",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSONL or CSV list of file and caption: how yours are to be.",
)
@AS_JSON
@click.pass_context
def caption(ctx: click.Context, files: tuple[Path, ...], model: str, style: Style, prefix: str, language: str,
            examples: Path | None, as_json: bool) -> None:  # fmt: skip
    """Say what FILES show, in a sentence or more."""
    from indexer.looking import look

    loaded = load_model(model)
    shown = _examples(examples, loaded.picture_side) if examples else ()
    captions = Captions(loaded, Wanted(style, prefix, language, shown))

    def say(file: Path) -> str:
        made = look(file, captions)
        if made.problem:
            raise PictureRefused(made.problem)
        return made.caption

    looking = Looking(files, say, captions.close)
    told = []
    for file, text in looking:
        told.append({"file": str(file), "model": captions.spec, "text": text})
        if not as_json:
            title(file, files)
            click.echo(printable_lines(text))
    end(ctx, looking, told, as_json)


def _examples(place: Path, side: int) -> tuple[tuple[Image, str], ...]:
    from vlm.examples import examples, picture

    good, bad = examples(place, "caption")
    for sentence in bad:
        click.echo(sentence, err=True)
    return tuple((picture(one.file, side), one.answer) for one in good)


@click.command()
@FILES
@click.option("--labels", required=True, metavar="LABEL,…", help="What there is to choose from.")
@click.option("--model", metavar="SPEC", help="An embedder, or a model that looks; else the best embedder here.")
@click.option("--rank", metavar="LABEL", help="Order the files by how likely they are this one.")
@AS_JSON
@click.pass_context
def classify(ctx: click.Context, files: tuple[Path, ...], labels: str, model: str | None, rank: str | None,
             as_json: bool) -> None:  # fmt: skip
    """Say which of some labels each of FILES is, with the chance of each."""
    from vlm.tasks.classify import checked

    asked = checked([label.strip() for label in labels.split(",") if label.strip()])
    if rank and rank not in asked:
        raise UsageError(f"--rank {rank}: that is none of the labels; choose {', '.join(asked)}.")
    spec, choose, close = _chooser(model, asked)
    looking = Looking(files, choose, close)
    made = []
    for file, chances in looking:
        made.append((file, chances))
        if not as_json and not rank:
            title(file, files)
            for one in chances:
                click.echo(f"{one.chance:.2f}  {printable(one.word)}")
    if rank:
        made.sort(key=lambda one: -_chance(one[1], rank))
        for file, chances in () if as_json else made:
            click.echo(f"{_chance(chances, rank):.2f}  {printable(str(file))}")
    told = [
        {"file": str(file), "model": spec, "labels": [{"label": one.word, "chance": one.chance} for one in chances]}
        for file, chances in made
    ]
    end(ctx, looking, told, as_json)


def _chance(chances: Sequence[Tag], label: str) -> float:
    return next((one.chance for one in chances if one.word == label), 0.0)


def _chooser(
    model: str | None, labels: Sequence[str]
) -> tuple[str, Callable[[Path], tuple[Tag, ...]], Callable[[], None]]:
    """The model's spec, how a file is classified by it, and how it is closed."""
    from indexer.decode import decode
    from vlm.choices import choose
    from vlm.tasks.classify import by_model, chances, label_vectors, scale

    try:
        embedder = load_embedder(model or choose().spec)
    except UnknownModel:
        loaded = load_model(model or "")

        def by_looking(file: Path) -> tuple[Tag, ...]:
            (made,) = by_model(loaded, [shown_to(loaded, file)], labels)
            return _useful(made)

        return loaded.spec, by_looking, loaded.close
    vectors = label_vectors(embedder, labels)

    def by_vectors(file: Path) -> tuple[Tag, ...]:
        seen = embedder.embed_pictures([decode(file, embedder.picture_side).picture])
        return chances(seen, vectors, labels, scale(embedder))[0]

    return embedder.spec, by_vectors, lambda: None


def _useful(made: Made | NoUse) -> Made:
    if isinstance(made, NoUse):
        raise PictureRefused(made.problem)
    return made


@click.command()
@FILES
@MODEL
@AS_JSON
@click.pass_context
def describe(ctx: click.Context, files: tuple[Path, ...], model: str, as_json: bool) -> None:
    """Say what FILES show part by part: caption, tags, objects, words, scene, people."""
    from vlm.tasks.describe import Describe

    loaded = load_model(model)
    by = Describe(loaded)
    looking = Looking(files, lambda file: _useful(by.describe([shown_to(loaded, file)])[0]), by.close)
    told = []
    for file, made in looking:
        told.append({"file": str(file), "model": by.spec, **made.as_json()})
        if not as_json:
            title(file, files)
            for name, value in made.as_json().items():
                words = ", ".join(value) if isinstance(value, tuple | list) else str(value)
                click.echo(f"{name}: {printable_lines(words)}")
    end(ctx, looking, told, as_json)


@click.command()
@FILES
@MODEL
@click.option("--as", "form", type=click.Choice(get_args(Form)), default="story", show_default=True, help="What it is.")
@click.option("--prompt", default="", metavar="TEXT", help="Say in your own words what to write.")
@AS_JSON
@click.pass_context
def generate(ctx: click.Context, files: tuple[Path, ...], model: str, form: Form, prompt: str, as_json: bool) -> None:
    """Write one text about all of FILES together: a story, what to sell, a post."""
    from vlm.tasks.generate import generate as write

    loaded = load_model(model)
    looking = Looking(files, lambda file: shown_to(loaded, file), loaded.close)
    shown = list(looking)
    said = ""
    try:
        if shown:
            pieces = write(loaded, [picture for _, picture in shown], form, prompt)
            said = "".join(pieces) if as_json else told_in_pieces(pieces)
    finally:
        loaded.close()
    if as_json:
        click.echo(json.dumps({"files": [str(file) for file, _ in shown], "model": loaded.spec, "text": said}))
    ctx.exit(1 if looking.failed else 0)
