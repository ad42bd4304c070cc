"""Words in pictures, by the program tesseract where it is installed: the languages that it has been given, offline."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Iterator
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from vlm.errors import ModelUnavailable, PictureRefused, UsageError
from vlm.protocols import TextLine

if TYPE_CHECKING:
    from PIL.Image import Image

SECONDS = 120
WORD = "5"
"""The level of a row that holds a word; the others are pages, blocks, paragraphs and lines."""


class Tesseract:
    """`tesseract`, or `tesseract:eng+deu`: which of its installed languages are read. Implements `vlm.protocols.Reader`."""

    picture_side = 2400
    least = 0.6

    def __init__(self, rest: str) -> None:
        self._languages = rest or "eng"
        self.spec = f"tesseract:{rest}" if rest else "tesseract"

    @cached_property
    def revision(self) -> str:
        """The program's version."""
        said = subprocess.run([self._program, "--version"], capture_output=True, text=True, check=False).stdout
        return said.split()[1] if len(said.split()) > 1 else "unknown"

    def read(self, picture: Image) -> tuple[TextLine, ...]:
        """The lines of text in reading order. Raises PictureRefused, and UsageError for a language that is not there."""
        png = io.BytesIO()
        picture.convert("RGB").save(png, "PNG", compress_level=1)
        missing = [language for language in self._languages.split("+") if language not in self._installed]
        if missing:
            raise UsageError(
                f"tesseract has no language {missing[0]!r} here; it has: {', '.join(self._installed)}. "
                f"Install its file, {missing[0]}.traineddata (Debian: apt install tesseract-ocr-{missing[0]})."
            )
        try:
            made = subprocess.run(
                [self._program, "stdin", "stdout", "-l", self._languages, "--psm", "3", "tsv"],
                input=png.getvalue(), capture_output=True, timeout=SECONDS, check=True,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise PictureRefused("tesseract did not end on this picture.") from None
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode("utf-8", "replace").strip().splitlines() or [f"exit code {error.returncode}"]
            raise PictureRefused(f"tesseract failed on this picture ({said[-1][:200]}).") from None
        return tuple(line for line in _lines(made.stdout.decode("utf-8", "replace")) if line.score >= self.least)

    def close(self) -> None:
        """Nothing is held: the program runs once a picture."""

    @cached_property
    def _program(self) -> str:
        found = shutil.which("tesseract")
        if found is None:
            raise ModelUnavailable(
                "tesseract is not installed (Debian: apt install tesseract-ocr); rapidocr reads without it."
            )
        return found

    @cached_property
    def _installed(self) -> list[str]:
        said = subprocess.run([self._program, "--list-langs"], capture_output=True, text=True, check=False).stdout
        return sorted(said.split("\n")[1:-1])


def _lines(tsv: str) -> Iterator[TextLine]:
    """Its words, a row each, joined to lines; a line is as sure as its words are on average."""
    rows = (row for row in csv.DictReader(io.StringIO(tsv), delimiter="\t", quoting=csv.QUOTE_NONE))
    words = (row for row in rows if row["level"] == WORD and (row["text"] or "").strip())
    for _, group in groupby(words, key=lambda row: (row["block_num"], row["par_num"], row["line_num"])):
        line = list(group)
        x1, y1 = min(float(w["left"]) for w in line), min(float(w["top"]) for w in line)
        x2 = max(float(w["left"]) + float(w["width"]) for w in line)
        y2 = max(float(w["top"]) + float(w["height"]) for w in line)
        score = sum(float(w["conf"]) for w in line) / len(line) / 100
        corners = ((x1, y1), (x2, y1), (x2, y2), (x1, y2))
        yield TextLine(" ".join(w["text"] for w in line), score, (x1, y1, x2, y2), corners)
