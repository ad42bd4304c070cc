"""Names of models to the models: "family:model_id". Built-ins and entry points (`imsearch.models`) use one door."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from functools import cache
from typing import Any

from vlm.choices import CHOICES, spec_of
from vlm.errors import UnknownModel
from vlm.protocols import Annotator, Embedder

Factory = Callable[[str], Any]
"""Called with what follows the colon of a spec ("" when nothing does)."""


def available() -> list[str]:
    """The families that a spec may begin with, and the short names of the choices."""
    return [*_families(), *(choice.name for choice in CHOICES if choice.name not in _families())]


def load_embedder(spec: str) -> Embedder:
    """The embedder of a spec or short name. Raises UnknownModel, or ModelUnavailable when it is not on this machine."""
    made: Embedder = _load(spec)
    # not isinstance: before Python 3.12 that reads every property of the protocol, and some load the weights
    if not hasattr(type(made), "embed_texts"):
        raise UnknownModel(f"{spec} is not an embedder; choose one of: {', '.join(c.name for c in CHOICES)}.")
    return made


def load_annotator(spec: str) -> Annotator:
    """The annotator of a spec. Raises UnknownModel."""
    made: Annotator = _load(spec)
    if not hasattr(type(made), "annotate"):
        raise UnknownModel(f"{spec} writes no words about pictures; try: rapidocr.")
    return made


def _load(spec: str) -> Any:
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


@cache
def _built_in() -> dict[str, Factory]:
    def mini(_: str) -> Embedder:
        from vlm.embedders.mini import MiniEmbedder

        return MiniEmbedder()

    def openclip(model: str) -> Embedder:
        from vlm.embedders.openclip import OpenClipEmbedder

        return OpenClipEmbedder(model)

    def rapidocr(_: str) -> Annotator:
        from vlm.models.rapidocr import RapidOcr

        return RapidOcr()

    return {"mini": mini, "openclip": openclip, "rapidocr": rapidocr}
