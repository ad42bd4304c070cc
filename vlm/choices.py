"""The embedders worth naming, best first, and which of them `auto` takes. Knows names and files, loads nothing."""

from __future__ import annotations

from dataclasses import dataclass

from vlm.cache import snapshot


@dataclass(frozen=True, slots=True)
class Choice:
    """One named embedder. `coco` and `flickr` are text-to-picture recall@1 in percent as published by `source`."""

    name: str
    spec: str
    hub: str
    megabytes: int
    coco: float | None
    flickr: float | None
    languages: str
    licence: str
    source: str
    automatic: bool = True


_APPLE = ("English", "Apple, research only", "ml-mobileclip")
_SIGLIP2 = ("109 languages", "Apache-2.0", "big_vision")
CHOICES = (
    Choice("ViT-SO400M-14-SigLIP2-378", "openclip:ViT-SO400M-14-SigLIP2-378/webli", "timm/ViT-SO400M-14-SigLIP2-378", 4500, 55.8, None, *_SIGLIP2),
    Choice("ViT-B-16-SigLIP2", "openclip:ViT-B-16-SigLIP2/webli", "timm/ViT-B-16-SigLIP2", 1500, 52.1, None, *_SIGLIP2),
    Choice("ViT-B-32-SigLIP2-256", "openclip:ViT-B-32-SigLIP2-256/webli", "timm/ViT-B-32-SigLIP2-256", 1500, 47.2, None, *_SIGLIP2),
    Choice("ViT-B-32-256", "openclip:ViT-B-32-256/datacomp_s34b_b86k", "laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K", 600, 39.9, 64.9, "English", "MIT", "open_clip"),
    Choice("MobileCLIP2-S2", "openclip:MobileCLIP2-S2/dfndr2b", "timm/MobileCLIP2-S2-OpenCLIP", 400, 48.8, 74.8, *_APPLE, automatic=False),
    Choice("mini", "mini", "", 0, None, None, "English", "Apache-2.0 (see its model card)", "docs/mini.md"),
)  # fmt: skip
MINI = CHOICES[-1]
# What is offered to someone who has only `mini`: the smallest with many languages and a free licence.
OFFERED = CHOICES[2]


def spec_of(name: str) -> str:
    """A short name's spec; anything else is a spec already."""
    return next((choice.spec for choice in CHOICES if choice.name == name), name)


def on_this_machine(choice: Choice) -> bool:
    """Whether its weights lie in the hub's cache here; looks at files only."""
    return not choice.hub or snapshot(choice.hub) is not None


def choose() -> Choice:
    """The best choice that lies on this machine; `mini` always does."""
    return next(choice for choice in CHOICES if choice.automatic and on_this_machine(choice))


def many_languages() -> str:
    """Which model knows many languages, and the commands that a library is switched to it with."""
    get = "" if on_this_machine(OFFERED) else f"imsearch models get {OFFERED.name} ({_size(OFFERED)}), then: "
    return f"{OFFERED.name} knows {OFFERED.languages}; to use it: {get}imsearch models use {OFFERED.name}"


def _size(choice: Choice) -> str:
    return f"{choice.megabytes / 1000:.1f} GB"


def sentence(choice: Choice) -> str:
    """One line: which model was taken, and what a better one would bring."""
    if choice is not MINI:
        return f"Model: {choice.name}, the best that lies on this machine."
    return (
        f"Model: mini (built in, English, a starter). A real CLIP such as {OFFERED.name} finds far more, in "
        f"{OFFERED.languages}; get it ({_size(OFFERED)}) with: imsearch models get {OFFERED.name}"
    )
