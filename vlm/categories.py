"""What somebody may rather not see, by category. Apart from vlm/tasks/moderate.py, for a search names them and judges nothing."""

from __future__ import annotations

# What a vision-language model is asked, and the sentences that an embedder compares with.
CATEGORIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "nudity": (
        "naked people or sexual acts",
        ("a photo of a naked person", "pornography", "a nude body"),
    ),
    "violence": (
        "violence, wounds, blood or dead bodies",
        ("a photo of blood and gore", "a wounded or dead body", "people fighting violently"),
    ),
    "weapons": (
        "guns or other weapons held or aimed at someone",
        ("a photo of a gun", "a person who aims a weapon", "a knife held as a weapon"),
    ),
    "hate": (
        "symbols of hate, such as a swastika",
        ("a swastika", "a symbol of a hate group"),
    ),
    "drugs": (
        "drugs or someone who takes them",
        ("a photo of illegal drugs", "a person who injects drugs"),
    ),
}  # fmt: skip
NAMES = (*CATEGORIES, "danger")
"""Every category that a moderator here may judge by: `danger` (instructions for harm) only ShieldGemma knows."""
# What everyday texts leave out and the sentences above come near to.
HARMLESS = (
    "people at the beach", "people in swimwear", "people playing sports", "boxing or wrestling as a sport", "a portrait of a person",
    "a person in fashionable clothes", "a person who laughs", "a document with text", "a thing on a table", "a bottle or a can",
    "medicine in a box", "a kitchen knife and vegetables", "a tool", "a toy", "a musical instrument", "a plain colour",
    "an abstract pattern", "a flag", "a logo", "a symbol or a sign",
)  # fmt: skip
