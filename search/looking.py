"""Commands that look at plain files, without a library: ocr, detect, moderate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indexer.paths import printable
from search.files import AS_JSON, FILES, Looking, end, printable_lines, title
from vlm import DetectedObject, TextLine, load_model
from vlm.errors import PictureRefused, UsageError

if TYPE_CHECKING:
    from PIL.Image import Image

    from vlm.tasks.detect import Detect


@click.command()
@FILES
@click.option("--model", default="rapidocr", show_default=True, help="What reads: see docs/vision.md.")
@AS_JSON
@click.pass_context
def ocr(ctx: click.Context, files: tuple[Path, ...], model: str, as_json: bool) -> None:
    """Read the words in FILES, line by line, without a library."""
    from indexer.looking import look
    from vlm.tasks.ocr import Ocr

    reader = Ocr(load_model(model))
    looking = Looking(files, lambda file: look(file, reader), reader.close)
    told = []
    for file, made in looking:
        if as_json:
            told.append({"file": str(file), "text": made.text, "lines": [line_json(line) for line in made.lines]})
            continue
        title(file, files)
        click.echo(printable_lines(made.text) or "(no words)")
    end(ctx, looking, told, as_json)


@click.command()
@FILES
@click.option("--model", metavar="SPEC", help="A detector, e.g. yolox:/a/yolox_s.onnx; else the best on this machine.")
@click.option("--labels", default="", metavar="LABEL,…", help="Look for these only.")
@click.option("--least", type=click.FloatRange(0, 1), help="Leave out what is less sure than this.")
@click.option(
    "--draw",
    type=click.Path(path_type=Path),
    help="Draw the boxes into this new file; for several FILES, into this folder.",
)
@click.option(
    "--compare-budgets", "budgets", metavar="N,…",
    help="Look with each of these numbers of visual tokens (Gemma 4), and draw them side by side.",
)  # fmt: skip
@AS_JSON
@click.pass_context
def detect(ctx: click.Context, files: tuple[Path, ...], model: str | None, labels: str, least: float | None,
           draw: Path | None, budgets: str | None, as_json: bool) -> None:  # fmt: skip
    """Find the things in FILES, each with a box (x1 y1 x2 y2 in pixels), without a library."""
    from indexer.looking import look
    from vlm.detectors import choose_detector
    from vlm.tasks.detect import Detect

    asked = [label.strip() for label in labels.split(",") if label.strip()]
    if draw:
        _check_drawing(draw, len(files))
    if budgets:
        loaded = load_model(model or choose_detector(asked))
        _compare(ctx, files, {n: Detect(loaded, asked, least, n) for n in _numbers(budgets)}, draw, as_json)
    detector = Detect(load_model(model or choose_detector(asked)), asked, least)
    looking = Looking(files, lambda file: look(file, detector), detector.close)
    told = []
    for file, made in looking:
        if draw:
            _draw(file, made.objects, draw, len(files))
        if as_json:
            told.append({"file": str(file), "objects": [object_json(one) for one in made.objects]})
            continue
        title(file, files)
        for one in made.objects:
            click.echo(f"{one.score:.2f}  {printable(one.label)}  {' '.join(f'{n:.0f}' for n in one.box_xyxy)}")
        if not made.objects:
            click.echo("(nothing)")
    end(ctx, looking, told, as_json)


@click.command()
@FILES
@click.option(
    "--model", metavar="SPEC", help="An embedder, a ShieldGemma or a model that answers; else the best embedder here."
)
@AS_JSON
@click.pass_context
def moderate(ctx: click.Context, files: tuple[Path, ...], model: str | None, as_json: bool) -> None:
    """How likely FILES show what some would rather not see, by category, without a library. A guess, no verdict."""
    from indexer.looking import look
    from vlm.choices import choose
    from vlm.tasks.moderate import moderator

    judge = moderator(model or choose().spec)
    looking = Looking(files, lambda file: look(file, judge), judge.close)
    told = []
    for file, made in looking:
        if as_json:
            told.append(
                {"file": str(file), "model": made.model, "moderation": {tag.word: tag.chance for tag in made.labels}}
            )
            continue
        title(file, files)
        click.echo("  ".join(f"{tag.word} {tag.chance:.2f}" for tag in made.labels))
    end(ctx, looking, told, as_json)


def line_json(line: TextLine) -> dict[str, Any]:
    """A line as scripts see it."""
    polygon = [[round(x, 1), round(y, 1)] for x, y in line.polygon]
    return {"text": line.text, "score": round(line.score, 3), "polygon": polygon}


def object_json(one: DetectedObject) -> dict[str, Any]:
    """A thing as scripts see it."""
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


def _numbers(budgets: str) -> list[int]:
    try:
        return list(dict.fromkeys(int(number) for number in budgets.split(",")))
    except ValueError:
        raise UsageError(f"--compare-budgets {budgets}: give numbers, e.g. 70,140,280,560.") from None


def _compare(
    ctx: click.Context, files: Sequence[Path], by: Mapping[int, Detect], draw: Path | None, as_json: bool
) -> None:
    """What one model finds with each budget: listed, and drawn side by side. Leaves the program."""
    from indexer.looking import look

    def found(file: Path) -> dict[int, Sequence[DetectedObject] | str]:
        made: dict[int, Sequence[DetectedObject] | str] = {}
        for budget, detector in by.items():
            try:
                made[budget] = look(file, detector).objects
            except PictureRefused as error:  # others may do
                made[budget] = str(error)
        return made

    looking = Looking(files, found, next(iter(by.values())).close)
    told = []
    for file, made in looking:
        if draw:
            _draw_compared(file, made, draw, len(files))
        told.append({"file": str(file), "budgets": [_budget(*one) for one in made.items()]})
        if not as_json:
            title(file, files)
            for budget, what in made.items():
                said = what if isinstance(what, str) else ", ".join(one.label for one in what) or "(nothing)"
                click.echo(f"{budget:4d}  {printable(said)}")
    end(ctx, looking, told, as_json)


def _budget(budget: int, made: Sequence[DetectedObject] | str) -> dict[str, Any]:
    if isinstance(made, str):
        return {"budget": budget, "objects": [], "problem": made}
    return {"budget": budget, "objects": [object_json(one) for one in made], "problem": ""}


def _draw_compared(file: Path, made: Mapping[int, Sequence[DetectedObject] | str], place: Path, files: int) -> None:
    from indexer.decode import decode
    from search.drawing import drawn, side_by_side

    whole = decode(file, 10**9).picture
    panels = [
        (f"{budget}: no boxes told", whole) if isinstance(what, str) else (str(budget), drawn(whole, what))
        for budget, what in made.items()
    ]
    _save(side_by_side(panels), file, place, files)


def _draw(file: Path, objects: Sequence[DetectedObject], place: Path, files: int) -> None:
    from indexer.decode import decode
    from search.drawing import drawn

    _save(drawn(decode(file, 10**9).picture, objects), file, place, files)


def _save(made: Image, file: Path, place: Path, files: int) -> None:
    if files > 1:
        place.mkdir(parents=True, exist_ok=True)
    made.save(_free(place, file.stem) if place.is_dir() else place)


def _free(folder: Path, stem: str) -> Path:
    names = (f"{stem}{'' if n == 1 else f'-{n}'}.png" for n in range(1, 10**6))
    return next(folder / name for name in names if not (folder / name).exists())
