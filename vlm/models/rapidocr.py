"""Words in pictures, by RapidOCR and the PP-OCR models in its wheel: offline.

Users of other programs report this engine's memory growing without end, so it runs in a process of its own that is
ended and begun anew after RECYCLE pictures. A picture that crashes or hangs it costs that picture alone.
"""

from __future__ import annotations

import io
import math
import pickle
import threading
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from blake3 import blake3

from vlm.apart import Apart
from vlm.errors import ModelUnavailable, PictureRefused
from vlm.protocols import TextLine

if TYPE_CHECKING:
    from PIL.Image import Image

RECYCLE = 300
SECONDS = 120
# How we ask the engine and what we keep of its answers is part of what is read: 2 takes likely spaces, looks for lines
# in a smaller copy and reads short ones in narrow batches. Count up with every such change, and older readings are stale.
READING = 2
# More than a page at 150 dots an inch brings no more words. Not a longest side: a till receipt would be shrunk until
# its letters run together.
MOST_PIXELS = 2_500_000
# Where nothing longer than so many letters is read, it is mostly a shape taken for a letter (a traffic light for 日),
# unless the engine is surer of it than of any shape in the photos (docs/vision.md).
SHORT = 2
LEAST_SHORT = 0.97


class OcrError(PictureRefused):
    """This picture could not be read; the next one can be."""


class RapidOcr:
    """`rapidocr`, or `rapidocr:/a/korean_rec.onnx` for other letters. Implements `vlm.protocols.Reader`; one picture at a time."""

    picture_side = 1800
    least = 0.6
    """Lines of which the engine is less sure are mostly texture taken for letters (docs/vision.md has the figures)."""

    def __init__(self, rest: str) -> None:
        # a library remembers who read a text by the spec, which must mean the same file from anywhere
        self._letters = Path(rest).expanduser().absolute() if rest else None
        self.spec = f"rapidocr:{self._letters}" if self._letters else "rapidocr"
        self._worker: Apart | None = None
        self._lock = threading.Lock()

    @property
    def revision(self) -> str:
        """The wheel's version (its models come with it) and READING. With other letters, also a hash of their file."""
        ours = f"{version('rapidocr')}-{READING}"
        if self._letters is None:
            return ours
        return f"{ours}-{blake3(self._there(self._letters).read_bytes()).hexdigest()[:12]}"

    @property
    def process(self) -> int | None:
        """The id of the process that reads now."""
        return self._worker.process if self._worker else None

    def read(self, picture: Image) -> tuple[TextLine, ...]:
        """The lines of text in reading order. Raises OcrError for a picture that ends or hangs the engine."""
        buffer = io.BytesIO()
        small = picture.convert("RGB")
        if picture.width * picture.height > MOST_PIXELS:
            shrink = math.sqrt(MOST_PIXELS / (picture.width * picture.height))
            small = small.resize((max(1, round(picture.width * shrink)), max(1, round(picture.height * shrink))))
        scale = picture.width / small.width
        small.save(buffer, "PNG", compress_level=1)
        with self._lock:
            found = self._ask(buffer.getvalue())
        lines = [
            TextLine(text, score, _around(points, scale), tuple((x * scale, y * scale) for x, y in points))
            for text, score, points in found
            if score >= self.least and text.strip()
        ]
        if all(sum(map(str.isalnum, line.text)) <= SHORT for line in lines):
            lines = [line for line in lines if line.score >= LEAST_SHORT]
        return tuple(lines)

    def _ask(self, png: bytes) -> list[tuple[str, float, list[tuple[float, float]]]]:
        if self._worker is None:
            words = [str(self._there(self._letters))] if self._letters else []
            self._worker = Apart("vlm.models.rapidocr_worker", *words, seconds=SECONDS, recycle=RECYCLE)
        answer = self._worker.ask(png)
        if answer is None:
            raise OcrError("The text reader stopped on this picture.")
        found, error = pickle.loads(answer)
        if error:
            raise OcrError(f"The text reader failed on this picture ({error}).")
        return list(found)

    @staticmethod
    def _there(letters: Path) -> Path:
        if not letters.is_file():
            raise ModelUnavailable(
                f"{letters} is not there; name an ONNX file that recognises text, as RapidOCR has them."
            )
        return letters

    def close(self) -> None:
        """End the process; the next call begins another."""
        if self._worker:
            self._worker.close()


def _around(points: list[tuple[float, float]], scale: float) -> tuple[float, float, float, float]:
    xs, ys = [x * scale for x, _ in points], [y * scale for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
