"""Any open_clip model: by name and pretrained tag, hub id, or a folder on disk. The one home of torch and open_clip."""

from __future__ import annotations

import os
import threading
import unicodedata
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import numpy as np
from blake3 import blake3

from vlm.cache import CONFIG, no_hub, snapshot
from vlm.errors import ModelUnavailable, UnknownModel, UsageError
from vlm.protocols import Patches, Vectors

if TYPE_CHECKING:
    from PIL.Image import Image

PRECISIONS = ("fp32", "bf16", "fp16")
DEVICES = ("cuda", "mps", "cpu")
# what open_clip takes for weights in a folder
WEIGHTS = (".safetensors", ".bin", ".pth")
# A query of one to three words is put into these and averaged, as CLIP was trained on sentences.
TEMPLATES = ("a photo of {}", "a picture of {}", "{}")
SHORT = 3
BATCH = 32


class OpenClipEmbedder:
    """Implements `vlm.protocols.Embedder` and `PatchEmbedder`.

    `model` is `ARCHITECTURE/PRETRAINED`, `hf-hub:ORG/NAME`, or the path of a folder that holds open_clip_config.json
    with its weights; `?precision=bf16` and `&device=cpu` may follow. Nothing is downloaded: a model that is not on this
    machine raises ModelUnavailable. Loads when a property or method first needs it; any thread may use it.
    """

    def __init__(self, model: str) -> None:
        name, mark, options = model.partition("?")
        folder = Path(name).expanduser()
        # a library remembers its model by the spec, which must mean the same folder wherever it is opened from
        self._name = str(folder.absolute()) if (folder / CONFIG).is_file() else name
        self.spec = f"openclip:{self._name}{mark}{options}"
        given = dict(parse_qsl(options))
        self._precision = given.pop("precision", "fp32")
        self._device = given.pop("device", "auto")
        if given or self._precision not in PRECISIONS or self._device.partition(":")[0] not in ("auto", *DEVICES):
            raise UsageError(
                f"{self.spec}: options are precision={'|'.join(PRECISIONS)} and device=auto|{'|'.join(DEVICES)}."
            )
        self._lock = threading.Lock()
        self._loading = threading.RLock()
        self._one = lru_cache(maxsize=1024)(self._embed_one)

    @property
    def _loaded(self) -> tuple[Any, Any, Any]:
        """Model, picture transform and tokenizer, always of the same model."""
        with self._loading:
            return self._load

    @cached_property
    def _load(self) -> tuple[Any, Any, Any]:
        folder = self._folder
        import open_clip
        import torch

        device = self._pick_device(torch)
        # One way for all: a folder. By name, open_clip and transformers ask the hub for files that a cache without
        # network cannot have (config.json for a tokenizer), and take another preprocessing than the repository's.
        name = f"local-dir:{folder}"
        try:
            with no_hub():
                # require_pretrained: without weights it would make a random model
                model, _, transform = open_clip.create_model_and_transforms(
                    name, device=device, precision=self._precision, require_pretrained=True
                )
                tokenizer = open_clip.get_tokenizer(name)
        except Exception as error:  # noqa: BLE001 - safetensors, pickle, torch and transformers each raise their own
            said = (str(error).splitlines() or [type(error).__name__])[0]
            remedy = "see what lies there" if self._is_folder else f"delete {folder.parents[1]} and get it again"
            raise ModelUnavailable(
                f"{self._name} cannot be loaded from {folder} ({said[:200]}); {remedy}, or choose another model."
            ) from None
        return model.eval(), transform, tokenizer

    @property
    def _is_folder(self) -> bool:
        return (Path(self._name) / CONFIG).is_file()

    @cached_property
    def _folder(self) -> Path:
        """Where config and weights lie: the folder named, or the newest snapshot in the hub's cache."""
        if self._is_folder:
            return Path(self._name)
        if self._name.startswith(("/", "~", ".")):
            raise ModelUnavailable(f"{self._name} holds no {CONFIG}; name a folder saved by open_clip.")
        found = snapshot(self.hub)
        if found is None:
            raise ModelUnavailable(
                f"{self._name} is not on this machine; get it with: imsearch models get {self._name}"
            )
        return found

    @property
    def hub(self) -> str:
        """The hub's repository, ORG/NAME. Raises UnknownModel."""
        if self._name.startswith("hf-hub:"):
            return self._name.removeprefix("hf-hub:")
        import open_clip

        architecture, _, pretrained = self._name.partition("/")
        known = open_clip.get_pretrained_cfg(architecture, pretrained)
        if not known or not known.get("hf_hub"):
            raise UnknownModel(
                f"open_clip knows no {self._name}; write ARCHITECTURE/PRETRAINED, hf-hub:ORG/NAME or a folder."
            )
        # ORG/NAME/, and for some with the weights' file name
        return "/".join(str(known["hf_hub"]).split("/")[:2])

    def _pick_device(self, torch: Any) -> str:
        here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
        if self._device == "auto":
            return next(device for device in DEVICES if here[device])
        if not here[self._device.partition(":")[0]]:
            raise ModelUnavailable(f"{self.spec}: this machine has no {self._device}; leave the device away.")
        return self._device

    @cached_property
    def revision(self) -> str:
        """A hash of the config and of both ends of the weights, which a copy of the folder keeps."""
        digest = blake3((self._folder / CONFIG).read_bytes())
        for path in sorted(p for p in self._folder.iterdir() if p.suffix in WEIGHTS):
            with path.open("rb") as file:
                digest.update(file.read(1 << 20))
                file.seek(-min(1 << 20, path.stat().st_size), os.SEEK_END)
                digest.update(file.read())
        return f"{digest.hexdigest()[:12]}-{self._precision}"

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
                batch = torch.stack([transform(self._prepared(picture)) for picture in pictures[at : at + BATCH]])
                rows.append(_unit(model.encode_image(self._placed(batch))))
        return np.concatenate([*rows, np.zeros((0, self.dim if not rows else rows[0].shape[1]), np.float32)])

    def embed_patches(self, pictures: Sequence[Image]) -> Patches | None:
        """(n, rows, columns, dim) unit vectors of the patches of square pictures, for CLIP's and SigLIP's ViTs; else None."""
        import torch

        model, transform, _ = self._loaded
        made: list[Patches] = []
        with self._lock, torch.inference_mode():
            for at in range(0, len(pictures), BATCH):
                batch = torch.stack([transform(self._prepared(picture)) for picture in pictures[at : at + BATCH]])
                tokens = _patch_tokens(model.visual, self._placed(batch))
                if tokens is None:
                    return None
                made.append(_unit(tokens))
        return np.concatenate(made) if made else None

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) unit rows; short queries are averaged over a few sentences, and remembered."""
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return np.stack([self._one(text) for text in texts])

    def knows(self, text: str) -> bool:
        """Whether there is a letter, number or symbol: its tokenizers take any script, emoji too."""
        return any(unicodedata.category(character)[0] in "LNS" for character in text)

    def _embed_one(self, text: str) -> Vectors:
        import torch

        model, _, tokenizer = self._loaded
        short = 0 < len(text.split()) <= SHORT
        sentences = [template.format(text) for template in TEMPLATES] if short else [text]
        with self._lock, torch.inference_mode():
            tokens = tokenizer(sentences).to(next(model.parameters()).device)
            mean = _unit(model.encode_text(tokens)).mean(0)
        return np.asarray(mean / np.linalg.norm(mean), np.float32)

    def _prepared(self, picture: Image) -> Image:
        """RGB before it is resized, since a palette cannot be blended; and so narrow a picture that it would have
        no pixel across at the model's size is widened to one."""
        picture = picture if picture.mode == "RGB" else picture.convert("RGB")
        narrow = -(-max(picture.size) // self.picture_side)
        if min(picture.size) >= narrow:
            return picture
        return picture.resize((max(picture.width, narrow), max(picture.height, narrow)))

    def _placed(self, batch: Any) -> Any:
        from open_clip import get_input_dtype

        # not the first parameter's type: in half precision some layers keep theirs
        return batch.to(next(self._loaded[0].parameters()).device, get_input_dtype(self._precision))


def _unit(vectors: Any) -> Vectors:
    rows = vectors.float().cpu().numpy()
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), np.float32)


def _patch_tokens(tower: Any, pixels: Any) -> Any:
    """(n, rows, columns, dim) tokens of a picture tower in the space of texts; None for a tower of another kind."""
    from open_clip.timm_model import TimmModel
    from open_clip.transformer import ResidualAttentionBlock, VisionTransformer
    from timm.layers.attention_pool import AttentionPoolLatent

    if isinstance(tower, VisionTransformer) and tower.attn_pool is None:
        if not isinstance(tower.transformer.resblocks[-1], ResidualAttentionBlock):
            return None
        return _tokens_by_queries(tower, pixels).unflatten(1, tower.grid_size)
    if isinstance(tower, TimmModel) and isinstance(getattr(tower.trunk, "attn_pool", None), AttentionPoolLatent):
        return _tokens_pooled_alone(tower, pixels).unflatten(1, tower.trunk.patch_embed.grid_size)
    return None


def _tokens_by_queries(tower: Any, pixels: Any) -> Any:
    """CLIP's ViTs, ClearCLIP's way (Lan et al., ECCV 2024): in the last block each patch attends to those that ask like
    it (queries with queries), and neither what came before nor the feed-forward layer is added: these tell of the
    whole picture, not of the place.
    """
    import torch
    from torch.nn import functional

    last = tower.transformer.resblocks[-1]
    before = tower.forward_intermediates(
        pixels, indices=[len(tower.transformer.resblocks) - 2], intermediates_only=True, output_fmt="NLC",
        stop_early=True, output_extra_tokens=True,
    )  # fmt: skip
    tokens = last.ln_1(torch.cat([before["image_intermediates_prefix"][0], before["image_intermediates"][0]], 1))
    query, _, value = functional.linear(tokens, last.attn.in_proj_weight, last.attn.in_proj_bias).chunk(3, -1)
    query, value = (part.unflatten(-1, (last.attn.num_heads, -1)).transpose(1, 2) for part in (query, value))
    attended = functional.scaled_dot_product_attention(query, query, value).transpose(1, 2).flatten(2)
    return tower.ln_post(last.ls_1(last.attn.out_proj(attended)))[:, 1:] @ tower.proj


def _tokens_pooled_alone(tower: Any, pixels: Any) -> Any:
    """SigLIP's ViTs, whose head pools all tokens by attention: each token is pooled as if it were the only one."""
    trunk = tower.trunk
    tokens = trunk.forward_features(pixels)[:, trunk.num_prefix_tokens :]
    pooled = trunk.head(trunk.fc_norm(trunk.attn_pool(tokens.flatten(0, 1)[:, None])))
    return tower.head(pooled).unflatten(0, tokens.shape[:2])
