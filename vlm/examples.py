"""Lists of examples: pictures, and what is to be said of them, as `adapt` and `caption` take them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlm.errors import UsageError
from vlm.tasks.guard import plain

if TYPE_CHECKING:
    from PIL.Image import Image

PROMPT = "caption en"


@dataclass(frozen=True, slots=True)
class Example:
    """What is to be answered to an order about one picture."""

    file: Path
    prompt: str
    answer: str


def examples(path: Path, says: str = "answer") -> tuple[list[Example], list[str]]:
    """The lines of a JSONL or CSV file of `file`, `prompt` and the column `says`, and a sentence for each that is of no use.

    Files are found from where the list lies; without a prompt it is `caption en`. Raises UsageError where none is left.
    """
    good: list[Example] = []
    bad: list[str] = []
    try:
        for number, row in _rows(path):
            made = _example(row, path.parent, says)
            if isinstance(made, str):
                bad.append(f"{path.name}, line {number}: {made}")
            else:
                good.append(made)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read ({error}); give a JSONL or CSV file in UTF-8.") from None
    if not good:
        reason = f" ({bad[0]})" if bad else ""
        raise UsageError(f"{path} holds no example{reason}; each line needs: file, {says}.")
    return good, bad


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        if path.suffix.lower() == ".csv":
            rows = csv.DictReader(file)
            for row in rows:
                yield rows.line_num, row
            return
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield number, json.loads(line)
                except ValueError:
                    yield number, None


def _example(row: Any, folder: Path, says: str) -> Example | str:
    if not isinstance(row, dict):
        return "is no JSON object; left out."
    file, prompt, answer = (plain(str(row.get(name) or "")).strip() for name in ("file", "prompt", says))
    if not file or not answer:
        return f"tells no {says if file else 'file'}; left out."
    place = folder / Path(file).expanduser()
    try:
        picture(place, 64)
    except Exception as error:  # noqa: BLE001 - Pillow raises of a dozen kinds; each means this one file
        return f"{file} is no picture that can be read ({type(error).__name__}); left out."
    return Example(place, " ".join(prompt.split()) or PROMPT, answer)


def picture(path: Path, side: int) -> Image:
    """Upright RGB; a JPEG of about this side at least, which is decoded faster than a whole one."""
    import pillow_heif
    from PIL import Image, ImageOps

    pillow_heif.register_heif_opener()
    with Image.open(path) as picture:
        picture.draft("RGB", (side, side))
        return ImageOps.exif_transpose(picture).convert("RGB")
