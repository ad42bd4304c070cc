"""What a picture must satisfy before it is ranked at all: conditions, and how they combine.

FIELDS is the one list of what may be asked, for the parser, the documentation and `indexer.where`, which turns
conditions into SQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from indexer.colours import NAMED
from indexer.formats import ALIASES, PLAIN, RAW
from indexer.plain import plain
from indexer.words import clean
from vlm.categories import NAMES

Operator = Literal[":", ">", ">=", "<", "<="]


@dataclass(frozen=True, slots=True)
class Condition:
    """One field of FIELDS against a value in the form that its `canonical` gives."""

    field: str
    value: str
    operator: Operator = ":"


@dataclass(frozen=True, slots=True)
class Not:
    """Every picture that `part` does not keep."""

    part: Filter


@dataclass(frozen=True, slots=True)
class All:
    """Pictures that every part keeps; without parts, every picture."""

    parts: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Pictures that at least one part keeps; without parts, none."""

    parts: tuple[Filter, ...]


Filter = Condition | Not | All | AnyOf
EVERY_PICTURE = All()


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that may be asked of a picture. `canonical` raises ValueError with what could be written instead."""

    meaning: str
    example: str
    canonical: Callable[[str], str]
    compared: bool = False
    """Whether > >= < <= may stand before the value."""
    bare: bool = True
    """Whether a value alone may be given, without one of these."""


def condition(name: str, value: str, operator: Operator = ":") -> Condition:
    """A condition with its value in canonical form. Raises KeyError for an unknown name, ValueError for a bad value."""
    field = FIELDS[name]
    if operator != ":" and not field.compared:
        raise ValueError(f"{name}: takes a value, for example {field.example}")
    if operator == ":" and not field.bare:
        raise ValueError(f"write for example {field.example}")
    return Condition(name, field.canonical(value), operator)


def both(first: Filter, second: Filter) -> Filter:
    """Pictures that both keep, without needless nesting."""
    parts = [part for one in (first, second) for part in (one.parts if isinstance(one, All) else (one,))]
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def asks(kept: Filter, field: str) -> bool:
    """Whether a filter says anything of a field."""
    match kept:
        case Condition(name):
            return name == field
        case Not(part):
            return asks(part, field)
        case All(parts) | AnyOf(parts):
            return any(asks(part, field) for part in parts)


def first_day(text: str) -> date:
    """The first day of YYYY, YYYY-MM or YYYY-MM-DD. Raises ValueError."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", text.strip(), re.ASCII)
    try:
        if not found:
            raise ValueError
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        raise ValueError("write a day as YYYY, YYYY-MM or YYYY-MM-DD") from None


MEGAPIXELS = "mp"
_UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, MEGAPIXELS: 10**6}


def amount(text: str) -> tuple[float, bool]:
    """'2.5mb' -> (2,500,000, False); '2mp' -> (2,000,000, True): how much, and whether of pixels. Raises ValueError.

    Bytes may go without a unit from 1,000 on: who writes 2 means no bytes.
    """
    found = re.fullmatch(r"(\d{1,15}(?:\.\d{1,9})?)([kmg]?b|mp|)", text, re.ASCII)
    if found and not found[2] and len(found[1].partition(".")[0]) < 4:
        raise ValueError(f"say of what: {text}mb of the file, or {text}mp (megapixels)")
    if not found:
        raise ValueError("write a size as 500kb, 2.5mb (of the file) or 2mp (megapixels)")
    return float(found[1]) * _UNITS[found[2]], found[2] == MEGAPIXELS


def place(text: str) -> tuple[float, float, float]:
    """'48.85,2.35,5km' -> (48.85, 2.35, 5.0): latitude and longitude in degrees, kilometres. Raises ValueError."""
    number = r"[+-]?\d{1,3}(?:\.\d{1,12})?"
    found = re.fullmatch(rf"({number}),({number}),(\d{{1,5}}(?:\.\d{{1,6}})?)(km|m)", text, re.ASCII)
    if not found or not (-90 <= float(found[1]) <= 90 and -180 <= float(found[2]) <= 180):
        raise ValueError("write a place as LATITUDE,LONGITUDE,DISTANCE, for example 48.85,2.35,5km")
    return float(found[1]), float(found[2]), float(found[3]) / (1000 if found[4] == "m" else 1)


def counted(text: str) -> tuple[str, str, int]:
    """'dog>=2' -> ('dog', '>=', 2); 'dog' -> ('dog', '>=', 1)."""
    found = re.fullmatch(r"(.+?)(>=|<=|>|<|=)(\d{1,6})", text, re.ASCII)
    return (found[1].strip(), found[2], int(found[3])) if found else (text, ">=", 1)


def proportion(text: str) -> float:
    """Width over height of '16:9' or '1.5'. Raises ValueError."""
    found = re.fullmatch(r"(\d{1,5}(?:\.\d{1,6})?)(?:[:x/](\d{1,5}(?:\.\d{1,6})?))?", text, re.ASCII)
    if not found or not float(found[1]) or not float(found[2] or 1):
        raise ValueError("write width over height as 16:9 or 1.5")
    return float(found[1]) / float(found[2] or 1)


def _words(text: str) -> str:
    kept = " ".join(clean(text).split())
    if not plain(kept).strip():
        raise ValueError("nothing follows the colon")
    return kept


def _name(text: str) -> str:
    return _words(text).casefold()


def _folder(text: str) -> str:
    kept = re.sub(r"^(?:\*+/)+|(?:/\*+)+$", "", _words(text.replace("\\", "/")).strip("/"))  # below it is meant anyway
    if not kept:
        raise ValueError("name a folder, for example in:italy")
    return kept


def _day(text: str) -> str:
    first_day(text)
    return "-".join(part.zfill(2) for part in text.strip().split("-"))


def _checked(check: Callable[[str], object]) -> Callable[[str], str]:
    def canonical(text: str) -> str:
        given = clean(text).replace(" ", "").lower()
        check(given)
        return given

    return canonical


def _number(low: int, high: int) -> Callable[[str], str]:
    def canonical(text: str) -> str:
        if not re.fullmatch(r"\d{1,9}", text.strip(), re.ASCII) or not low <= int(text) <= high:
            raise ValueError(f"write a number from {low} to {high}")
        return str(int(text))

    return canonical


def _one_of(*choices: str, also: Mapping[str, str] = {}) -> Callable[[str], str]:
    def canonical(text: str) -> str:
        given = _name(text)
        meant = also.get(given, given)
        if meant not in choices:
            raise ValueError(f"choose one of {', '.join(choices)}")
        return meant

    return canonical


def _type(text: str) -> str:
    given = _name(text).lstrip(".")
    meant = ALIASES.get(given, given)
    if meant not in RAW and meant not in PLAIN:
        raise ValueError(f"choose one of {', '.join(PLAIN)}, raw")
    return meant


def _object(text: str) -> str:
    label, operator, count = counted(_name(text))
    if not label.strip("<>=") or any(sign in label for sign in "<>="):
        raise ValueError("write an object as dog or dog>=2")
    return label if (operator, count) == (">=", 1) else f"{label}{operator}{count}"


ANY = "any"
"""In `moderation:any>0.5`: whichever category is the likeliest."""
BLUR_ABOVE = 0.5
"""The chance of a category above which a picture is shown blurred, where nothing else is said (docs/moderation.md)."""


def judged(text: str) -> tuple[str, str, float]:
    """'nudity>0.7' -> ('nudity', '>', 0.7); 'nudity' -> ('nudity', '>', 0.5). Raises ValueError."""
    found = re.fullmatch(r"([a-z]+)(?:(>=|<=|>|<)(0?\.\d{1,6}|[01](?:\.0{1,6})?))?", text, re.ASCII)
    if not found:
        raise ValueError("write a category, and how likely it is from 0 to 1: nudity, nudity>0.7 or any>0.5")
    if found[1] not in (ANY, *NAMES):
        raise ValueError(f"choose one of {', '.join((ANY, *NAMES))}")
    return found[1], found[2] or ">", float(found[3] or BLUR_ABOVE)


def _judged(text: str) -> str:
    category, operator, chance = judged(clean(text).replace(" ", "").lower())
    return category if (operator, chance) == (">", BLUR_ABOVE) else f"{category}{operator}{chance:g}"


HELD = ("ocr", "gps", "caption", "note", "tag", "object", "date", "camera", "rating", "damage")

FIELDS: Mapping[str, Field] = {
    "in": Field("lies below a folder of this name", "in:italy", _folder),
    "name": Field("the file's name holds this", "name:img_20", _name),
    "type": Field("is a file of this kind", "type:heic", _type),
    "after": Field("was taken on or after this day", "after:2024-05", _day),
    "before": Field("was taken before this day", "before:2024-06-15", _day),
    "year": Field("was taken in (or before, after) this year", "year:>=2020", _number(1, 9999), compared=True),
    "camera": Field("the camera's name holds this", "camera:canon", _name),
    "lens": Field("the lens's name holds this", "lens:50mm", _name),
    "size": Field("file size or megapixels", "size:>2mp", _checked(amount), compared=True, bare=False),
    "ratio": Field("width over height, to 2 %", "ratio:16:9", _checked(proportion), compared=True),
    "orientation": Field("is upright, lying or square", "orientation:portrait",
                         _one_of("landscape", "portrait", "square")),
    "tag": Field("has this tag", "tag:dog", _name),
    "object": Field("holds so many of an object", "object:dog>=2", _object),
    "text": Field("these words can be read in it", 'text:"SALE"', _words),
    "words": Field("its names, texts or notes hold exactly these words", '"exact words"', _words),
    "color": Field("one of its main colours", "color:teal", _one_of(*NAMED, also={"gray": "grey", "cyan": "teal"})),
    "has": Field("such a thing is known of it", "has:gps", _one_of(*HELD)),
    "near": Field("was taken within a distance of a place", "near:48.85,2.35,5km", _checked(place)),
    "place": Field("was taken in a place of this name, in any language", "place:rome", _words),
    "rating": Field("stars given in the camera or another program", "rating:>=4", _number(0, 5), compared=True),
    "state": Field("how it was reviewed; without this, hidden pictures are left out", "state:approved", _one_of("unreviewed", "approved", "hidden")),
    "moderation": Field("how likely it shows what some would rather not see", "moderation:any>0.5", _judged),
}  # fmt: skip
