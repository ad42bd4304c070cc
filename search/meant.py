"""What a filter that does not parse may have been meant to say. Only what would parse is offered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import get_args

from indexer.filters import FIELDS, Condition, Operator, condition
from search.query import Order, printed

ORDERS: tuple[Order, ...] = get_args(Order)
SPELT = {"colour": "color", "objects": "object", "tags": "tag", "folder": "in"}
NO_FILTERS = ("like", "picture", "sort")
_NAMES = sorted({*FIELDS, *SPELT, "no", *NO_FILTERS} - {"words"})
# What other programs call them.
_ELSEWHERE = {
    "date": ("year", "after"), "since": ("after",), "from": ("after",), "until": ("before",), "to": ("before",),
    "order": ("sort",), "similar": ("like",), "path": ("in",), "dir": ("in",), "album": ("in",), "file": ("name",),
    "filename": ("name",), "format": ("type",), "ext": ("type",), "location": ("place",), "city": ("place",),
    "town": ("place",), "country": ("place",),
    "gps": ("near",), "stars": ("rating",), "person": ("tag",), "people": ("tag",), "ocr": ("text",), "is": ("state", "has", "orientation", "type"),
}  # fmt: skip
_ALIKE = {
    "location": "gps", "place": "gps", "words": "ocr", "text": "ocr", "stars": "rating", "turquoise": "teal",
    "violet": "purple", "gold": "yellow", "vertical": "portrait", "upright": "portrait", "horizontal": "landscape",
    "new": "newest", "date": "newest", "desc": "newest", "old": "oldest", "asc": "oldest", "best": "relevance", "damaged": "damage",
}  # fmt: skip


def _dashed(value: str) -> str:
    return value.replace("/", "-").replace(".", "-")


def _commas(value: str) -> str:
    return value.replace(";", ",")


# What is tried with a value: dates with other signs, a place without its distance, a size that is compared with nothing.
_MENDED: dict[str, tuple[Callable[[str], str], ...]] = {
    "after": (_dashed,), "before": (_dashed,), "near": (_commas, "{},5km".format, "{}km".format), "size": (">{}".format, "{}mb".format, ">{}mb".format),
    "moderation": ("any{}".format,),
}  # fmt: skip


def split(value: str) -> tuple[Operator, str]:
    """'>=2' -> ('>=', '2')."""
    operators: tuple[Operator, ...] = (">=", "<=", ">", "<")
    for operator in operators:
        if value.startswith(operator):
            return operator, value[len(operator) :]
    return ":", value


def other_names(name: str, value: str) -> tuple[str, ...]:
    """The same value under names that are near."""
    near = [name] if name in _ELSEWHERE else get_close_matches(name, [*_ELSEWHERE, *_NAMES], 2, 0.6)
    names = dict.fromkeys(SPELT.get(meant, meant) for one in near for meant in _ELSEWHERE.get(one, (one,)))
    values = dict.fromkeys((value, _ALIKE.get(value.lower(), value)))
    found = [next((f"{one}:{said}" for said in values if parses(one, said)), "") for one in names]
    # what else a picture is, its tags say
    return tuple(filter(None, found))[:2] or ((f"tag:{value}",) if name == "is" and parses("tag", value) else ())


def other_values(name: str, value: str, choices: Sequence[str]) -> tuple[str, ...]:
    """The same name with the nearest of its choices, or with a value that was mended."""
    given = value.lower()
    alike = [one for one, meant in _ALIKE.items() if meant in choices]
    near = get_close_matches(given, alike, 1, 0.8) or get_close_matches(given, choices, 1, 0.6)
    tried = [_ALIKE.get(one, one) for one in near] + [mended(given) for mended in _MENDED.get(name, ())]
    if name == "near" and value[:1].isalpha():  # a name, where coordinates are asked for
        return (printed(condition("place", value)),)
    return next(((f"{name}:{one}",) for one in tried if parses(name, one)), ())


def parses(name: str, value: str) -> bool:
    """Whether `name:value` can stand in a query."""
    if name in NO_FILTERS:
        return value in ORDERS if name == "sort" else bool(value) and (name == "picture" or value.isdecimal())
    try:
        filtered(SPELT.get(name, name), value)
    except (KeyError, ValueError):
        return False
    return True


def filtered(name: str, value: str) -> Condition:
    """The condition of a name (`no:` is `has:`) and a value as typed. Raises ValueError."""
    operator, plain = split(value)
    return condition("has" if name == "no" else name, plain, operator)
