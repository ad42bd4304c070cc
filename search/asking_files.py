"""Questions about plain files, without a library: each looked at alone, or all of them in one conversation."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from indexer.paths import printable
from search.ask import SYSTEM, cited_in
from search.files import Looking, end, printable_lines, shown_to, title, told_in_pieces
from vlm import Chat, Generation, Model, ModelError, Turn
from vlm.errors import PictureRefused
from vlm.tasks.asked import NoUse, saying, usable

if TYPE_CHECKING:
    from PIL.Image import Image

HOW = Generation(most_tokens=512)


def ask_alone(ctx: click.Context, model: Model, question: str, files: Sequence[Path], as_json: bool) -> None:
    """An answer about each file by itself."""
    say = saying(model, question)

    def answer(file: Path) -> str:
        (made,) = usable([shown_to(model, file)], say, HOW, lambda said, _: said)
        if isinstance(made, NoUse):
            raise PictureRefused(made.problem)
        return made

    looking = Looking(files, answer, model.close)
    told = []
    for file, said in looking:
        told.append({"file": str(file), "model": model.spec, "answer": said})
        if not as_json:
            title(file, files)
            click.echo(printable_lines(said))
    end(ctx, looking, told, as_json)


def ask_together(
    ctx: click.Context, model: Model, question: str, files: Sequence[Path], chat: bool, as_json: bool
) -> None:
    """One answer about all files, which names them by numbers; with `chat` one to each further line of stdin."""
    if not hasattr(type(model), "reply"):
        raise ModelError(f"{model.spec} does not converse; ask about each file alone, or name a model that does.")
    looking = Looking(files, lambda file: shown_to(model, file))
    shown = list(looking)
    if not shown:
        ctx.exit(1)
    parts: list[str | Image] = []
    for number, (_, picture) in enumerate(shown, 1):
        parts += [f"[{number}]", picture]
    turns = [Turn("system", (SYSTEM,)), Turn("user", (*parts, question))]
    names = [str(file) for file, _ in shown]
    try:
        said = _tell(cast(Chat, model), turns, names, as_json)
        if as_json:
            answer, cited = cited_in(said, len(names))
            told = {"files": names, "model": model.spec, "answer": answer, "cited": list(cited)}
            click.echo(json.dumps(told))
        while chat and not as_json and (line := sys.stdin.readline().strip()):
            turns += [Turn("assistant", (said,)), Turn("user", (line,))]
            said = _tell(cast(Chat, model), turns, names)
    finally:
        model.close()
    ctx.exit(1 if looking.failed else 0)


def _tell(chat: Chat, turns: Sequence[Turn], names: Sequence[str], quiet: bool = False) -> str:
    if quiet:
        return "".join(chat.reply(turns, HOW))
    said = told_in_pieces(chat.reply(turns, HOW))
    for number in cited_in(said, len(names))[1]:
        click.echo(f"  [{number}] {printable(names[number - 1])}")
    return said
