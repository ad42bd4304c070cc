"""Names of models to the models: "family:model_id". Built-ins and entry points (`imsearch.models`) use one door."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from vlm.choices import CHOICES, spec_of
from vlm.errors import UnknownModel
from vlm.protocols import Embedder, Model

Factory = Callable[[str], Any]
"""Called with what follows the colon of a spec ("" when nothing does)."""

_HOMES = {
    "mini": ("vlm.embedders.mini", "MiniEmbedder"),
    "openclip": ("vlm.embedders.openclip", "OpenClipEmbedder"),
    "rapidocr": ("vlm.models.rapidocr", "RapidOcr"),
    "gemma": ("vlm.models.gemma", "Gemma"),
    "yolox": ("vlm.models.yolox", "Yolox"),
    "picodet": ("vlm.models.picodet", "PicoDet"),
    "detr": ("vlm.models.detr", "Detr"),
    "owl": ("vlm.models.owl", "Owl"),
    "tesseract": ("vlm.models.tesseract", "Tesseract"),
    "paligemma": ("vlm.models.paligemma", "PaliGemma"),
    "openai": ("vlm.models.openai", "OpenAi"),
    "idefics": ("vlm.models.idefics", "load"),
    "blip": ("vlm.models.blip", "load"),
    "shieldgemma": ("vlm.models.shieldgemma", "ShieldGemma"),
}
FROM_HUB = ("gemma", "paligemma", "idefics", "blip", "detr", "owl", "shieldgemma")
"""The families whose models are transformers repositories of the hub: `imsearch models get` downloads them."""
_ONE_OF_A_KIND = ("mini",)


def available() -> list[str]:
    """The families that a spec may begin with, and the short names of the choices."""
    return [*_families(), *(choice.name for choice in CHOICES if choice.name not in _families())]


def load_embedder(spec: str) -> Embedder:
    """The embedder of a spec or short name. Raises UnknownModel, or ModelUnavailable when it is not on this machine."""
    made: Embedder = load_any(spec)
    # not isinstance: before Python 3.12 that reads every property of the protocol, and some load the weights
    if not hasattr(type(made), "embed_texts"):
        raise UnknownModel(f"{spec} is not an embedder; choose one of: {', '.join(c.name for c in CHOICES)}.")
    return made


def load_model(spec: str) -> Model:
    """The model of a spec that writes words or boxes: a Reader, Detector, Captioner, Answerer, Chat or several of these.

    No weights are read before it is first asked; a family whose checkpoints differ in what they can do (idefics, blip)
    reads its config.json. Raises UnknownModel, and ModelUnavailable when that is not on this machine.
    """
    made: Model = load_any(spec)
    if hasattr(type(made), "embed_texts"):
        raise UnknownModel(f"{spec} makes vectors and writes no words; try: rapidocr.")
    return made


def load_any(spec: str) -> Any:
    """An embedder or a model that writes, whichever the spec names, for a task that takes both. Raises as those above."""
    family, _, rest = spec_of(spec).partition(":")
    factory = _built_in().get(family) or _families().get(family)
    if factory is None:
        near = difflib.get_close_matches(spec, available(), n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known are: {', '.join(available())}."
        raise UnknownModel(f"There is no model {spec!r}; {hint}")
    return factory(rest)


@cache
def _families() -> dict[str, Factory]:
    # importing this takes longer than a search does, and most specs name a built-in family
    from importlib.metadata import entry_points

    families = dict(_built_in())
    for entry in entry_points(group="imsearch.models"):
        entry.load()(families.__setitem__)
    return families


def _built_in() -> dict[str, Factory]:
    return {family: partial(_make, family) for family in _HOMES}


def _make(family: str, rest: str) -> Any:
    module, name = _HOMES[family]
    made = getattr(importlib.import_module(module), name)
    if family not in _ONE_OF_A_KIND:
        return made(rest)
    if rest:
        raise UnknownModel(f"There is only one {family}; write {family} alone, not {family}:{rest}.")
    return made()
