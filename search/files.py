"""What the commands on plain files share: each file that can be read is looked at, of the others the reason is told."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import click

from indexer.errors import PictureError
from indexer.paths import printable
from vlm import Model
from vlm.errors import PictureRefused

if TYPE_CHECKING:
    from PIL.Image import Image

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
MODEL = click.option("--model", metavar="SPEC", required=True, help="What looks and writes: see docs/vision.md.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="For scripts.")
Made = TypeVar("Made")


class Looking(Generic[Made]):
    """What is made of each file that can be read; of the others a line with the reason, on stderr."""

    def __init__(
        self, files: Sequence[Path], make: Callable[[Path], Made], close: Callable[[], None] = lambda: None
    ) -> None:
        self._files = files
        self._make = make
        self._close = close
        self.failed = 0

    def __iter__(self) -> Iterator[tuple[Path, Made]]:
        try:
            for file in self._files:
                try:
                    if not file.exists():
                        raise PictureError("There is no such file.", "")
                    made = self._make(file)
                except (PictureError, PictureRefused) as error:
                    self.failed += 1
                    click.echo(f"{printable(str(file))}: {error}", err=True)
                else:
                    yield file, made
        finally:
            self._close()


def shown_to(model: Model, file: Path) -> Image:
    """The upright picture as big as the model cares for. Raises PictureError."""
    from indexer.decode import decode

    # the shorter side of a picture of 4:3 whose longer one is as long as the model cares for
    return decode(file, model.picture_side * 3 // 4).picture


def printable_lines(text: str) -> str:
    """Words of a picture or a model for a terminal: they may hold what would steer it."""
    return "\n".join(printable(line) for line in text.split("\n"))


def told_in_pieces(pieces: Iterable[str]) -> str:
    """Print what a model writes as it writes it; returns the whole."""
    said = ""
    for piece in pieces:
        said += piece
        click.echo(printable_lines(piece), nl=False)
        sys.stdout.flush()
    click.echo()
    return said


def title(file: Path, files: Sequence[Path]) -> None:
    """The file's name, where there are several."""
    if len(files) > 1:
        click.secho(f"{printable(str(file))}:", bold=True)


def end(ctx: click.Context, looking: Looking[Any], told: object, as_json: bool) -> None:
    """Print what a script reads, and leave with 1 where a file failed."""
    if as_json:
        click.echo(json.dumps(told))
    ctx.exit(1 if looking.failed else 0)
