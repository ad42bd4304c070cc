"""Plain words that may be meant as filters: offered with the results, never applied by themselves."""

from __future__ import annotations

import calendar
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from indexer.everyday import is_shown
from indexer.filters import All, Condition, Filter, condition
from indexer.words import STOP, query_words
from search.query import printed

# The warm half of the year has its summer in the north; people of the south see the dates and leave the offer alone.
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_TYPES = ("jpeg", "jpg", "png", "heic", "gif", "webp", "tiff", "raw", "dng")
_SHAPES = ("portrait", "landscape", "square")


def offers(
    text: str, today: date, is_folder: Callable[[str], bool], cameras: Callable[[], Sequence[str]],
    places: Callable[[str], Sequence[str]] | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """Filters, as they would be typed, that plain words may mean: 'rome last summer' -> in:rome, after:… before:…."""
    words = query_words(text)
    if not words:
        return ()
    found: list[Filter] = [*_dates(text.lower(), today), *_plain(words)]
    found += [condition("place", place) for place in _places(words, places)] if places else []
    found += [condition("in", folder) for folder in _named(words, is_folder)]
    found += [condition("camera", word) for word in _cameras(words, cameras)]
    return tuple(dict.fromkeys(printed(one) for one in found))


def _plain(words: Sequence[str]) -> Iterator[Condition]:
    for word in words:
        if word in _SHAPES:
            yield condition("orientation", word)
        if word in _TYPES:
            yield condition("type", word)


def _named(words: Sequence[str], is_name: Callable[[str], object]) -> Iterator[str]:
    """Two words before one: 'new york' is not in:york."""
    taken: set[str] = set()
    for first, second in itertools.pairwise(words):
        if is_name(f"{first} {second}"):
            taken |= {first, second}
            yield f"{first} {second}"
    for word in words:
        if word not in taken and word not in STOP and is_name(word):
            yield word


def _places(words: Sequence[str], places: Callable[[str], Sequence[str]]) -> Iterator[str]:
    """Of a word that pictures often show ("orange", "bath") nobody would think a town was meant."""
    for name in _named(words, lambda name: not is_shown(name) and places(name)):
        yield from places(name)


def _cameras(words: Sequence[str], cameras: Callable[[], Sequence[str]]) -> Iterator[str]:
    known = {part for camera in cameras() for part in query_words(camera) if len(part) > 2 and not part.isdecimal()}
    return (word for word in words if word in known)


def _dates(text: str, today: date) -> Iterator[Filter]:
    """What names a day, month, season or year."""
    for days, pattern in ((0, r"\btoday\b"), (1, r"\byesterday\b")):
        if re.search(pattern, text):
            day = today - timedelta(days)
            yield _between(day, day + timedelta(1))
    for which, unit in re.findall(r"\b(last|this) (week|month|year|spring|summer|autumn|fall|winter)\b", text):
        yield _relative(which == "last", unit, today)
    named = "|".join([*_MONTHS, *_SEASONS])
    dated: set[str] = set()
    for name, year in re.findall(rf"\b({named}),? (?:of )?((?:19|20)\d\d)\b", text):
        dated.add(year)
        yield _season(name, int(year)) if name in _SEASONS else _month(int(year), _MONTHS[name])
    for year in re.findall(r"\b(?:19|20)\d\d\b", text):
        if year not in dated and 1900 <= int(year) <= today.year:
            yield condition("year", year)


def _relative(last: bool, unit: str, today: date) -> Filter:
    if unit == "year":
        return condition("year", str(today.year - last))
    if unit == "month":
        first = today.replace(day=1)
        return _month(*((first - timedelta(1)).timetuple()[:2] if last else first.timetuple()[:2]))
    if unit == "week":
        monday = today - timedelta(today.weekday() + 7 * last)
        return _between(monday, monday + timedelta(7))
    # the latest one that has begun; "last summer", said in summer, is the one before
    start = today.year if today >= date(today.year, _SEASONS[unit], 1) else today.year - 1
    now_in_it = today < _after_season(unit, start)
    return _season(unit, start - (last and now_in_it))


def _season(name: str, year: int) -> Filter:
    return _between(date(year, _SEASONS[name], 1), _after_season(name, year))


def _after_season(name: str, year: int) -> date:
    month = _SEASONS[name] + 3
    return date(year + (month > 12), (month - 1) % 12 + 1, 1)


def _month(year: int, month: int) -> Filter:
    return _between(date(year, month, 1), date(year + (month == 12), month % 12 + 1, 1))


def _between(first: date, after: date) -> Filter:
    return All((condition("after", first.isoformat()), condition("before", after.isoformat())))
