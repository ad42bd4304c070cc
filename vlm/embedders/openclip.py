"""Any open_clip model: by name and pretrained tag, hub id, or a folder on disk. The one home of torch and open_clip."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from vlm.errors import ModelUnavailable, UnknownModel
from vlm.protocols import Vectors

if TYPE_CHECKING:
    from PIL.Image import Image

Precision = Literal["fp32", "bf16", "fp16"]
# A query of one to three words is put into these and averaged, as CLIP was trained on sentences.
TEMPLATES = ("a photo of {}", "a picture of {}", "{}")
SHORT = 3
BATCH = 32


class OpenClipEmbedder:
    """Implements `vlm.protocols.Embedder`.

    `model` is `ARCH/PRETRAINED`, `hf-hub:ORG/NAME`, or the path of a folder that holds open_clip_config.json with its
    weights. Nothing is downloaded unless `download`: a model that is not here raises ModelUnavailable.
    """

    def __init__(self, model: str, precision: Precision = "fp32", device: str = "auto", download: bool = False) -> None:
        self.spec = f"openclip:{model}"
        self._name = model
        self._precision = precision
        self._device = device
        self._download = download
        self._lock = threading.Lock()
        self._one = lru_cache(maxsize=1024)(self._embed_one)

    @cached_property
    def _loaded(self) -> tuple[Any, Any, Any]:
        """Model, picture transform and tokenizer, always of the same model."""
        import open_clip
        import torch

        if not self._download:
            self._insist_on_local_files()
        name, pretrained = self._parts()
        try:
            model, _, transform = open_clip.create_model_and_transforms(
                name, pretrained=pretrained, device=self._pick_device(torch), precision=self._precision
            )
            tokenizer = open_clip.get_tokenizer(name)
        except RuntimeError as error:
            raise UnknownModel(f"open_clip cannot make {self._name}: {str(error).splitlines()[0]}") from None
        except (OSError, ValueError) as error:
            raise ModelUnavailable(f"{self._name} cannot be loaded: {str(error).splitlines()[0]}") from None
        return model.eval(), transform, tokenizer

    def _parts(self) -> tuple[str, str | None]:
        if self._name.startswith("hf-hub:"):
            return self._name, None
        if self._is_folder():
            return f"local-dir:{Path(self._name).expanduser()}", None
        arch, _, pretrained = self._name.partition("/")
        return arch, pretrained or None

    def _is_folder(self) -> bool:
        return (Path(self._name).expanduser() / "open_clip_config.json").is_file()

    def _insist_on_local_files(self) -> None:
        """Raises ModelUnavailable unless the weights lie here: no search may turn into a download."""
        if self._is_folder():
            return
        import open_clip
        from huggingface_hub import try_to_load_from_cache

        if self._name.startswith("hf-hub:"):
            hub = self._name.removeprefix("hf-hub:")
        else:
            arch, pretrained = self._parts()
            known = open_clip.get_pretrained_cfg(arch, pretrained or "")
            if not known:
                raise UnknownModel(
                    f"open_clip knows no {self._name}; write ARCHITECTURE/PRETRAINED, hf-hub:ORG/NAME or a folder."
                )
            hub = str(known.get("hf_hub", "")).strip("/")
        names = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")
        if not hub or not any(isinstance(try_to_load_from_cache(hub, name), str) for name in names):
            raise ModelUnavailable(
                f"{self._name} is not on this machine; get it with: imsearch models get {self._name}"
            )

    def _pick_device(self, torch: Any) -> str:
        if self._device != "auto":
            return self._device
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"

    @property
    def revision(self) -> str:
        """Tag of the weights; for a folder, a hash of its weights' size and time."""
        if not self._is_folder():
            return self._name
        weights = sorted(
            p for p in Path(self._name).expanduser().iterdir() if p.suffix in (".safetensors", ".bin", ".pt")
        )
        return "-".join(f"{p.stat().st_size}.{p.stat().st_mtime_ns}" for p in weights)

    @cached_property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self.embed_texts(["picture"]).shape[1])

    @cached_property
    def picture_side(self) -> int:
        """The side that the model's own preprocessing makes."""
        size = self._loaded[0].visual.image_size
        return int(max(size) if isinstance(size, tuple | list) else size)

    def embed_pictures(self, pictures: Sequence[Image]) -> Vectors:
        """(n, dim) unit rows, by the model's own preprocessing."""
        import torch

        model, transform, _ = self._loaded
        rows = []
        with self._lock, torch.inference_mode():
            for at in range(0, len(pictures), BATCH):
                batch = torch.stack([transform(picture) for picture in pictures[at : at + BATCH]])
                rows.append(_unit(model.encode_image(self._placed(batch))))
        return np.concatenate([*rows, np.zeros((0, self.dim if not rows else rows[0].shape[1]), np.float32)])

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) unit rows; short queries are averaged over a few sentences, and remembered."""
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return np.stack([self._one(text) for text in texts])

    def knows(self, text: str) -> bool:
        """Whether there are words: its tokenizers take any script, and what each model makes of it is its own."""
        return any(character.isalnum() for character in text)

    def _embed_one(self, text: str) -> Vectors:
        import torch

        model, _, tokenizer = self._loaded
        short = 0 < len(text.split()) <= SHORT
        sentences = [template.format(text) for template in TEMPLATES] if short else [text]
        with self._lock, torch.inference_mode():
            tokens = tokenizer(sentences).to(next(model.parameters()).device)
            mean = _unit(model.encode_text(tokens)).mean(0)
        return np.asarray(mean / np.linalg.norm(mean), np.float32)

    def _placed(self, batch: Any) -> Any:
        parameter = next(self._loaded[0].parameters())
        return batch.to(parameter.device, parameter.dtype)


def _unit(vectors: Any) -> Vectors:
    rows = vectors.float().cpu().numpy()
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
