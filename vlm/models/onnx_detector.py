"""Detectors with a fixed list of labels in one ONNX file, on onnxruntime: what YOLOX and PicoDet share."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from blake3 import blake3
from numpy.typing import NDArray

from vlm.errors import ModelError, ModelUnavailable, UsageError
from vlm.models.boxes import COCO, among, one_box_each
from vlm.protocols import DetectedObject

if TYPE_CHECKING:
    from PIL.Image import Image

Floats = NDArray[np.float32]


class OnnxDetector:
    """Implements `vlm.protocols.Detector`. Its labels are read from a file of the same name beside it, one a line (.txt,
    .names) or a JSON list (.json); without one a model of 80 classes is COCO's."""

    family = ""
    picture_side = 1280
    least = 0.3
    """The score below which nothing is returned when nobody says another."""

    def __init__(self, rest: str) -> None:
        if not rest:
            raise UsageError(f"{self.family}: names no model; write {self.family}:/a/model.onnx.")
        # a library remembers who found an object by the spec, which must mean the same file from anywhere
        self._path = Path(rest).expanduser().absolute()
        self.spec = f"{self.family}:{self._path}"
        self._lock = threading.Lock()
        self._session: Any = None

    @cached_property
    def revision(self) -> str:
        """A hash of the file."""
        return blake3(self._there().read_bytes()).hexdigest()[:12]

    def detect(
        self, pictures: Sequence[Image], labels: Sequence[str] = (), least: float | None = None
    ) -> list[tuple[DetectedObject, ...]]:
        """What is seen in each picture; the file takes them one by one."""
        session = self._open()
        return [self._seen(session, picture, labels, self.least if least is None else least) for picture in pictures]

    def close(self) -> None:
        """Give the memory back; the next call loads again."""
        with self._lock:
            self._session = None

    def _seen(self, session: Any, picture: Image, labels: Sequence[str], least: float) -> tuple[DetectedObject, ...]:
        side = session.get_inputs()[0].shape[-1]
        pixels, scale = self._pixels(picture.convert("RGB"), side if isinstance(side, int) else 640)
        try:
            made = session.run(None, {session.get_inputs()[0].name: pixels})
            boxes, scores = self._boxes(made, pixels.shape[-1])
        except Exception as error:  # noqa: BLE001 - onnxruntime raises its own, another model's shapes anything
            raise ModelError(
                f"{self.spec} does not answer as a {self.family} model does ({str(error).splitlines()[0][:150]}); "
                "export it as docs/vision.md says."
            ) from None
        names = self._names(scores.shape[1])
        wanted = among(self.spec, names, labels)
        best = scores.argmax(1)  # one thing is one thing: a box has its likeliest label alone
        sure = scores[np.arange(len(best)), best]
        found = (
            DetectedObject(names[best[i]], float(sure[i]), tuple((boxes[i] / scale).tolist()))
            for i in np.flatnonzero(sure >= least)
            if names[best[i]] in wanted
        )
        return one_box_each(found, picture.width, picture.height)

    def _pixels(self, picture: Image, side: int) -> tuple[Floats, Floats]:
        """(1, 3, side, side) as the model takes it, and by how much x1, y1, x2, y2 were scaled for that."""
        raise NotImplementedError

    def _boxes(self, made: list[Floats], side: int) -> tuple[Floats, Floats]:
        """The model's outputs as (n, 4) boxes x1 y1 x2 y2 in its input's pixels, and (n, labels) scores."""
        raise NotImplementedError

    def _names(self, count: int) -> Sequence[str]:
        for suffix in (".txt", ".names", ".json"):
            beside = self._path.with_suffix(suffix)
            if not beside.is_file():
                continue
            text = beside.read_text("utf-8")
            try:
                names = json.loads(text) if suffix == ".json" else [n.strip() for n in text.splitlines() if n.strip()]
            except ValueError:
                names = None
            if not isinstance(names, list) or len(names) != count or not all(isinstance(n, str) for n in names):
                raise ModelUnavailable(f"{beside} should name the {count} labels of {self._path.name}, in order.")
            return names
        if count != len(COCO):
            raise ModelUnavailable(
                f"{self.spec} has {count} labels; name them, one a line, in {self._path.with_suffix('.txt')}."
            )
        return COCO

    def _there(self) -> Path:
        if not self._path.is_file():
            raise ModelUnavailable(f"{self._path} is not there; name an ONNX file of a {self.family} model.")
        return self._path

    def _open(self) -> Any:
        with self._lock:
            if self._session is None:
                import onnxruntime

                told = onnxruntime.SessionOptions()
                told.log_severity_level = 3  # it warns of each thing in a graph that it leaves away
                try:
                    self._session = onnxruntime.InferenceSession(
                        str(self._there()), told, providers=["CPUExecutionProvider"]
                    )
                except ModelUnavailable:
                    raise
                except Exception as error:  # noqa: BLE001 - onnxruntime's errors have no common root
                    said = str(error).splitlines()[0][:150]
                    raise ModelUnavailable(f"{self._path} is not a whole ONNX model ({said}); get it again.") from None
            return self._session
