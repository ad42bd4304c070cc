"""`mini`, the built-in model: two small ONNX graphs and a tokenizer beside this file. See MODEL_CARD.md."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vlm.protocols import Tag, Vectors

if TYPE_CHECKING:
    from PIL.Image import Image

_HERE = Path(__file__).parent
BATCH = 16


class MiniEmbedder:
    """Implements `vlm.protocols.Embedder` and `Tagger` on ONNX Runtime. Each tower loads when it is first needed; thread-safe."""

    spec = "mini"

    def __init__(self, folder: Path = _HERE) -> None:
        """`folder` holds the model's files: those shipped, or others that training has just written."""
        self._folder = folder
        self._config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self._loading = threading.RLock()  # the tagger is loaded with the help of the text tower
        self._loaded: dict[str, Any] = {}

    @property
    def revision(self) -> str:
        """Hash of the shipped weights."""
        return str(self._config["revision"])

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._config["dim"])

    @property
    def picture_side(self) -> int:
        """The side, in pixels, that a picture is squashed to."""
        return int(self._config["side"])

    def embed_pictures(self, pictures: Sequence[Image]) -> Vectors:
        """(n, dim) unit rows of RGB pictures of any size."""
        chunks = [
            self._pictures.run(None, {"pixels": self._pixels(pictures[at : at + BATCH])})[0]
            for at in range(0, len(pictures), BATCH)
        ]
        return self._joined(chunks)

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) unit rows of phrases; a text is cut after some forty words."""
        chunks = [
            self._words.run(None, {"ids": self._ids(texts[at : at + BATCH])})[0] for at in range(0, len(texts), BATCH)
        ]
        return self._joined(chunks)

    def knows(self, text: str) -> bool:
        """Whether any of its word pieces is Latin or a digit: the model was trained on English alone."""
        tokens = self._tokenizer.encode(_storable(text), add_special_tokens=False).tokens
        return any(token != "[UNK]" and any(c.isascii() and c.isalnum() for c in token) for token in tokens)

    def tags(self, vectors: Vectors) -> list[tuple[Tag, ...]]:
        """For each (dim,) row the everyday words that are likely right, most likely first; none before they are fitted."""
        if not (self._folder / "tags.json").exists():
            return [()] * len(vectors)
        made: list[tuple[Tag, ...]] = self._once("tags.json", self._tagger).tags(vectors)
        return made

    def _tagger(self, file: Path) -> Any:
        from vlm.embedders.mini.tagger import MiniTagger

        return MiniTagger(file, self.embed_texts)

    def _joined(self, chunks: list[Vectors]) -> Vectors:
        return np.concatenate([*chunks, np.zeros((0, self.dim), np.float32)])

    def _pixels(self, pictures: Sequence[Image]) -> np.ndarray[Any, np.dtype[np.float32]]:
        from PIL import Image

        side = self.picture_side
        squashed = [
            np.asarray(p.convert("RGB").resize((side, side), Image.Resampling.BICUBIC, reducing_gap=2.0))
            for p in pictures
        ]
        mean, std = np.array(self._config["mean"], np.float32), np.array(self._config["std"], np.float32)
        scaled = (np.stack(squashed).astype(np.float32) / 255 - mean) / std
        return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))

    def _ids(self, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
        encoded = self._tokenizer.encode_batch([_storable(text) for text in texts], add_special_tokens=False)
        rows = [[2, *row.ids[: self._config["longest"]]] for row in encoded]
        ids = np.zeros((len(rows), max(map(len, rows))), np.int64)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
        return ids

    @property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        return self._once("tokenizer.json", lambda path: Tokenizer.from_file(str(path)))

    @property
    def _pictures(self) -> Any:
        return self._once("pictures.onnx", _session)

    @property
    def _words(self) -> Any:
        # a few words are read sooner than a second thread wakes: 0.3 ms, and with it 2.4
        return self._once("words.onnx", lambda path: _session(path, threads=1))

    def _once(self, name: str, load: Callable[[Path], Any]) -> Any:
        with self._loading:
            if name not in self._loaded:
                self._loaded[name] = load(self._folder / name)
            return self._loaded[name]


def _session(path: Path, threads: int = 0) -> Any:
    """With so many threads; 0: as many as there are cores."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    # threads that burn their cores while they wait for each other took 1.4 times the processor for the same pictures
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _storable(text: str) -> str:
    """What the tokenizer accepts: no lone surrogates, and no more than it could use."""
    return "".join(" " if "\ud800" <= c <= "\udfff" else c for c in text[:2000])
