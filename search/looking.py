"""Commands that look at plain files, without a library: ocr, detect, moderate."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indexer.errors import PictureError
from indexer.paths import printable
from vlm import Annotation, Annotator, DetectedObject, TextLine, load_model
from vlm.errors import PictureRefused, UsageError

if TYPE_CHECKING:
    from PIL.Image import Image

_FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="For scripts.")


@click.command()
@_FILES
@click.option("--model", default="rapidocr", show_default=True, help="What reads: see docs/vision.md.")
@_JSON
@click.pass_context
def ocr(ctx: click.Context, files: tuple[Path, ...], model: str, as_json: bool) -> None:
    """Read the words in FILES, line by line, without a library."""
    from vlm.tasks.ocr import Ocr

    looking = _Looking(files, Ocr(load_model(model)))
    told = []
    for file, made in looking:
        if as_json:
            told.append({"file": str(file), "text": made.text, "lines": [_line(line) for line in made.lines]})
            continue
        _title(file, files)
        click.echo(_printable_lines(made.text) or "(no words)")
    _end(ctx, looking, told, as_json)


@click.command()
@_FILES
@click.option("--model", metavar="SPEC", help="A detector, e.g. yolox:/a/yolox_s.onnx; else the best on this machine.")
@click.option("--labels", default="", metavar="LABEL,…", help="Look for these only.")
@click.option("--least", type=click.FloatRange(0, 1), help="Leave out what is less sure than this.")
@click.option(
    "--draw",
    type=click.Path(path_type=Path),
    help="Draw the boxes into this new file; for several FILES, into this folder.",
)
@_JSON
@click.pass_context
def detect(ctx: click.Context, files: tuple[Path, ...], model: str | None, labels: str, least: float | None,
           draw: Path | None, as_json: bool) -> None:  # fmt: skip
    """Find the things in FILES, each with a box (x1 y1 x2 y2 in pixels), without a library."""
    from vlm.detectors import choose_detector
    from vlm.tasks.detect import Detect

    asked = [label.strip() for label in labels.split(",") if label.strip()]
    if draw:
        _check_drawing(draw, len(files))
    looking = _Looking(files, Detect(load_model(model or choose_detector(asked)), asked, least))
    told = []
    for file, made in looking:
        if draw:
            _draw(file, made.objects, draw, len(files))
        if as_json:
            told.append({"file": str(file), "objects": [_object(one) for one in made.objects]})
            continue
        _title(file, files)
        for one in made.objects:
            click.echo(f"{one.score:.2f}  {printable(one.label)}  {' '.join(f'{n:.0f}' for n in one.box_xyxy)}")
        if not made.objects:
            click.echo("(nothing)")
    _end(ctx, looking, told, as_json)


@click.command()
@_FILES
@click.option(
    "--model", metavar="SPEC", help="An embedder, a ShieldGemma or a model that answers; else the best embedder here."
)
@_JSON
@click.pass_context
def moderate(ctx: click.Context, files: tuple[Path, ...], model: str | None, as_json: bool) -> None:
    """How likely FILES show what some would rather not see, by category, without a library. A guess, no verdict."""
    from vlm.choices import choose
    from vlm.tasks.moderate import moderator

    looking = _Looking(files, moderator(model or choose().spec))
    told = []
    for file, made in looking:
        if as_json:
            told.append(
                {"file": str(file), "model": made.model, "moderation": {tag.word: tag.chance for tag in made.labels}}
            )
            continue
        _title(file, files)
        click.echo("  ".join(f"{tag.word} {tag.chance:.2f}" for tag in made.labels))
    _end(ctx, looking, told, as_json)


class _Looking:
    """What is said of each file that can be read; of the others a line with the reason, on stderr."""

    def __init__(self, files: Sequence[Path], annotator: Annotator) -> None:
        self._files = files
        self._annotator = annotator
        self.failed = 0

    def __iter__(self) -> Iterator[tuple[Path, Annotation]]:
        from indexer.looking import look

        try:
            for file in self._files:
                try:
                    if not file.exists():
                        raise PictureError("There is no such file.", "")
                    made = look(file, self._annotator)
                except (PictureError, PictureRefused) as error:
                    self.failed += 1
                    click.echo(f"{printable(str(file))}: {error}", err=True)
                else:
                    yield file, made
        finally:
            self._annotator.close()


def _printable_lines(text: str) -> str:
    """Words from a picture for a terminal: they may hold what would steer it."""
    return "\n".join(printable(line) for line in text.split("\n"))


def _end(ctx: click.Context, looking: _Looking, told: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(told))
    ctx.exit(1 if looking.failed else 0)


def _title(file: Path, files: Sequence[Path]) -> None:
    if len(files) > 1:
        click.secho(f"{printable(str(file))}:", bold=True)


def _line(line: TextLine) -> dict[str, Any]:
    polygon = [[round(x, 1), round(y, 1)] for x, y in line.polygon]
    return {"text": line.text, "score": round(line.score, 3), "polygon": polygon}


def _object(one: DetectedObject) -> dict[str, Any]:
    return {"label": one.label, "score": round(one.score, 3), "box_xyxy": [round(n, 1) for n in one.box_xyxy]}


def _check_drawing(place: Path, files: int) -> None:
    """Before anything is looked at. What is there already may be a picture of the user's: it is never written over."""
    from PIL import Image

    Image.init()
    names_file = Image.registered_extensions().get(place.suffix.lower()) in Image.SAVE and not place.is_dir()
    if files == 1 and not names_file and not place.is_dir():
        raise UsageError(f"--draw {place}: name a new picture, e.g. out.png, or a folder that is there.")
    if names_file and files > 1:
        raise UsageError(f"--draw {place}: there are {files} pictures to draw; name a folder.")
    if place.exists() and not place.is_dir():
        raise UsageError(f"--draw {place}: that file is there already; name a new one.")


def _draw(file: Path, objects: Sequence[DetectedObject], place: Path, files: int) -> None:
    from indexer.decode import decode
    from search.drawing import drawn

    made: Image = drawn(decode(file, 10**9).picture, objects)
    if files > 1:
        place.mkdir(parents=True, exist_ok=True)
    made.save(_free(place, file.stem) if place.is_dir() else place)


def _free(folder: Path, stem: str) -> Path:
    names = (f"{stem}{'' if n == 1 else f'-{n}'}.png" for n in range(1, 10**6))
    return next(folder / name for name in names if not (folder / name).exists())
