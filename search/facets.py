"""What a result could be narrowed by: how many of its pictures have each value, and how that is written in a query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from indexer.counting import MOST_PEOPLE
from indexer.filters import condition
from indexer.paths import printable
from indexer.places import Place
from indexer.plain import plain
from indexer.records import Counts
from indexer.store import Store
from indexer.vectors.protocol import Ids
from search.query import printed

# A histogram of more days than this is told by months.
MOST_DAYS = 92


@dataclass(frozen=True, slots=True)
class Value:
    """One value: `count` pictures have it, and `query` keeps these when it is added to the query. A place has an `example`:
    the id of a picture that was taken there.
    """

    value: str
    count: int
    query: str
    example: int | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """How many pictures were counted, and for each thing its values: the most frequent first, years, months and people in order.
    Of folders and places all of an upper level come before those below them.

    `histogram` is over time, without its gaps, each value a day or a month (`by`).
    """

    total: int
    values: Mapping[str, list[Value]]
    by: str
    histogram: list[Value]


def facets(store: Store, among: Ids | None, roots: Iterable[str], most: int) -> Facets:
    """Of these pictures, or of all that are not hidden; at most so many values of each thing."""
    values = {
        thing: _top(each, most, by_level="/" if thing == "folder" else "")
        for thing, each in values_of(store, among, roots, _OTHERS).items()
    }
    values["people"].sort(key=lambda one: one.value)
    values["place"] = _top(_places(store.places(among)), most, by_level=",")
    days = store.counts(among, ["day"])["day"]
    for thing, counts in (("year", _named("year", _begins(days, 4))), ("month", _periods(_begins(days, 7)))):
        values[thing] = sorted(counts, key=lambda one: one.value)
    by, told = ("day", days) if 0 < len(days) <= MOST_DAYS else ("month", _begins(days, 7))
    # every picture has a day
    total = sum(count for _, count in days)
    return Facets(total, values, by, sorted(_periods(told), key=lambda one: one.value))


def values_of(store: Store, among: Ids | None, roots: Iterable[str], things: Iterable[str]) -> dict[str, list[Value]]:
    """Every value of some things, in no order: folder, place, year, camera, lens, type, orientation, rating, tag, object, people, colour, has, state."""
    asked = list(things)
    counts = store.counts(among, ["day" if thing == "year" else thing for thing in asked])
    made = {}
    for thing in asked:
        field = _FIELD.get(thing, thing)
        if thing == "folder":
            made[thing] = _named(field, _folders(counts[thing], roots))
        elif thing in ("camera", "lens"):
            made[thing] = _named(field, _within(counts[thing]))
        elif thing == "people":
            made[thing] = [_people(value, count) for value, count in counts[thing]]
        else:
            made[thing] = _named(field, _begins(counts["day"], 4) if thing == "year" else counts[thing])
    return made


def timeline(store: Store, among: Ids | None, newest_first: bool) -> list[Value]:
    """How many pictures were taken on each day that has any, in order."""
    return sorted(_periods(store.counts(among, ["day"])["day"]), key=lambda one: one.value, reverse=newest_first)


_FIELD = {"folder": "in", "colour": "color"}
"""Things whose filter has another name."""
_OTHERS = (
    "folder",
    "type",
    "camera",
    "lens",
    "orientation",
    "rating",
    "tag",
    "object",
    "people",
    "colour",
    "has",
    "state",
)


def _named(field: str, counts: Counts) -> list[Value]:
    made = []
    for value, count in counts:
        try:
            made.append(Value(value, count, printed(condition(field, value))))
        except ValueError:  # a name of signs alone, say, cannot be asked for
            continue
    return made


def _people(value: str, count: int) -> Value:
    last = int(value) == MOST_PEOPLE
    return Value(
        f"{value}+" if last else value, count, printed(condition("object", f"person{'>=' if last else '='}{value}"))
    )


def _places(found: Iterable[Place]) -> list[Value]:
    return [Value(one.name, one.count, printed(condition("place", one.name)), one.example) for one in found]


def _top(values: list[Value], most: int, by_level: str = "") -> list[Value]:
    """With `by_level`, the sign between a value and what it lies in, those on top come first."""

    def order(one: Value) -> tuple[int, int, str]:
        return one.value.count(by_level) if by_level else 0, -one.count, one.value

    return sorted(values, key=order)[:most]


def _begins(days: Counts, length: int) -> Counts:
    made: Counter[str] = Counter()
    for day, count in days:
        made[day[:length]] += count
    return list(made.items())


def _periods(counts: Counts) -> list[Value]:
    """Days or months, which are asked for by their first day and the first after it."""
    return [Value(value, count, _period(value)) for value, count in counts]


@lru_cache(50_000)  # the days of a century: a long timeline has thousands, and is asked for with each search
def _period(value: str) -> str:
    first = date.fromisoformat(value if len(value) == 10 else f"{value}-01")
    try:
        after = first + timedelta(1 if len(value) == 10 else 31)
    except OverflowError:  # the last of all days, as a clock that was never set may have it
        return f"after:{value}"
    return f"after:{value} before:{after.isoformat()[: len(value)]}"


def _within(counts: Counts) -> Counts:
    """`camera:` looks for a part of the name: "EOS 5D" keeps what an "EOS 5D Mark II" took too."""
    folded = [(plain(name), count) for name, count in counts]
    return [(name, sum(count for other, count in folded if plain(name) in other)) for name, _ in counts]


def _folders(counts: Counts, roots: Iterable[str]) -> Counts:
    """`in:` keeps what lies below too. A folder is named from its root's own name on."""
    made: Counter[str] = Counter()
    known = sorted((root.rstrip("/") for root in roots), key=len, reverse=True)
    for folder, count in counts:
        root = next((one for one in known if f"{folder}/".startswith(f"{one}/")), "")
        name = root.rpartition("/")[2]
        parts = [part for part in (name, *folder[len(root) :].split("/")) if part]
        for depth in range(1, len(parts) + 1):
            made["/".join(parts[:depth])] += count
    return [(printable(folder), count) for folder, count in made.items()]
