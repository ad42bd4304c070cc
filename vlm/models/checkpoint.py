"""Which transformers checkpoint a spec means, where it lies on this machine, and how it is to be held in memory."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from blake3 import blake3

from vlm.cache import model_snapshot
from vlm.errors import ModelUnavailable, UsageError

DTYPES = ("auto", "float32", "bfloat16", "float16")
BITS = ("16", "8", "4")
CONFIG, ADAPTER = "config.json", "adapter_config.json"
WEIGHTS = (".safetensors", ".bin")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`FAMILY:MODEL[@REVISION][?dtype=bfloat16&device=cuda&bits=4]`: MODEL is a hub id, ORG/NAME, or a folder.

    `dtype` is what the weights are computed in (`auto`: as they were saved), `device` a torch device or `auto` (accelerate
    spreads the layers over what there is), `bits` 4 (nf4) or 8 loads them by bitsandbytes, which is an extra.
    """

    spec: str
    name: str
    revision: str
    dtype: str = "auto"
    device: str = "auto"
    bits: int = 16

    @classmethod
    def parse(cls, family: str, rest: str) -> Checkpoint:
        """From what follows the family's colon. Raises UsageError."""
        named, mark, given = rest.partition("?")
        options = dict(parse_qsl(given))
        folder = Path(named).expanduser()
        if any((folder / file).is_file() for file in (CONFIG, ADAPTER)):
            # a library remembers who wrote a caption by the spec, which must mean the same folder from anywhere
            name, revision = str(folder.absolute()), ""
        else:
            name, _, revision = named.partition("@")
        if not name:
            raise UsageError(f"{family}: names no model; write {family}:ORG/NAME or {family}:/a/folder.")
        dtype, device, bits = options.pop("dtype", "auto"), options.pop("device", "auto"), options.pop("bits", "16")
        if options or dtype not in DTYPES or bits not in BITS:
            raise UsageError(
                f"{family}:{rest}: options are dtype={'|'.join(DTYPES)}, bits={'|'.join(BITS)} and device=auto|cuda|cpu|mps."
            )
        spec = f"{family}:{name}{'@' if revision else ''}{revision}{mark}{given}"
        return cls(spec, name, revision, dtype, device, int(bits))

    @property
    def adapter(self) -> Path | None:
        """The folder, where it holds an adapter (LoRA by peft) for another model."""
        return Path(self.name) if (Path(self.name) / ADAPTER).is_file() else None

    @property
    def base(self) -> Checkpoint:
        """The model that an adapter was made for; itself where it is none. Raises ModelUnavailable."""
        if self.adapter is None:
            return self
        try:
            told = json.loads((self.adapter / ADAPTER).read_text(encoding="utf-8"))
            name, revision = told["base_model_name_or_path"], told.get("revision") or ""
            spec = f"{self.spec.partition(':')[0]}:{name}{'@' if revision else ''}{revision}"
            return replace(self, spec=spec, name=name, revision=revision)
        except (ValueError, KeyError, TypeError):
            raise ModelUnavailable(f"{self.name}/{ADAPTER} names no model; make the adapter again.") from None

    @property
    def folder(self) -> Path:
        """Where its files lie, or an adapter's model's. Raises ModelUnavailable: nothing is downloaded here."""
        base = self.base
        if (Path(base.name) / CONFIG).is_file():
            return Path(base.name)
        if base.name.startswith(("/", "~", ".")):
            raise ModelUnavailable(f"{base.name} holds no config.json; name a folder saved by transformers.")
        found = model_snapshot(base.name, base.revision or None)
        if found is None:
            raise ModelUnavailable(
                f"{base.spec} is not on this machine; get it with: imsearch models get {base.spec.partition('?')[0]}"
            )
        return found

    @property
    def config(self) -> dict[str, Any]:
        """Its config.json: small, and it tells which class it is. Raises ModelUnavailable."""
        path = self.folder / "config.json"
        try:
            made: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ModelUnavailable(f"{self.spec}: {path} is damaged ({error}); get it again.") from None
        return made

    @property
    def weights(self) -> str:
        """A hash of the config and of both ends of each file of weights, which a copy of the folder keeps."""
        digest = blake3((self.folder / CONFIG).read_bytes())
        folders = [self.folder, *([self.adapter] if self.adapter else [])]
        for path in (p for folder in folders for p in sorted(folder.iterdir()) if p.suffix in WEIGHTS):
            with path.open("rb") as file:
                digest.update(file.read(1 << 20))
                file.seek(-min(1 << 20, path.stat().st_size), os.SEEK_END)
                digest.update(file.read())
        return digest.hexdigest()[:12] + ("" if self.bits == 16 else f"-{self.bits}bit")

    def loading(self) -> dict[str, Any]:
        """What `from_pretrained` is to be told of types and devices. Raises ModelUnavailable without bitsandbytes."""
        made: dict[str, Any] = {"dtype": self.dtype, "device_map": self.device, "local_files_only": True}
        if self.bits != 16:
            made["quantization_config"] = self._quantized()
        return made

    def _quantized(self) -> Any:
        from importlib.util import find_spec

        if find_spec("bitsandbytes") is None:
            raise ModelUnavailable(
                f"{self.spec}: {self.bits} bits need bitsandbytes; install it with: pip install imsearch[quantized]"
            )
        import torch
        from transformers import BitsAndBytesConfig

        if self.bits == 8:
            return BitsAndBytesConfig(load_in_8bit=True)
        compute = torch.bfloat16 if self.dtype == "auto" else getattr(torch, self.dtype)
        return BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=compute,
        )
