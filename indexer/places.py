"""Where pictures were taken: coordinates gathered into few places, each a circle that `near:` can ask for. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Degrees = NDArray[np.float64]

# Circles of these radii are tried, the widest first: countries, towns, parts of a town, streets.
RADII_KM = (100.0, 20.0, 5.0, 1.0)
# One place that holds more than this share of the pictures says little: narrower circles are tried.
TOO_MUCH = 0.9
MOST = 24
# A degree of latitude, a little short, so that nothing at the rim is missed.
KM_A_DEGREE = 110.0


@dataclass(frozen=True, slots=True)
class Place:
    """A circle, how many pictures were taken in it, and the id of one of them, near its middle."""

    latitude: float
    longitude: float
    km: float
    count: int
    example: int


def places(latitudes: Degrees, longitudes: Degrees, ids: NDArray[np.int64]) -> list[Place]:
    """The places where most of these pictures were taken, most first. `latitudes` ascend; circles may share pictures at their rims."""
    found: list[Place] = []
    for km in RADII_KM:
        found = sorted(_circles(latitudes, longitudes, ids, km), key=lambda one: -one.count)
        if len(found) > 1 and found[0].count <= TOO_MUCH * len(ids):
            break
    return found


def _circles(latitudes: Degrees, longitudes: Degrees, ids: NDArray[np.int64], km: float) -> Iterator[Place]:
    """Round the fullest cells of a grid, none whose middle lies in another one."""
    middles: list[tuple[float, float]] = []
    for latitude, longitude in _fullest(latitudes, longitudes, km / KM_A_DEGREE):
        within, away = _near(latitudes, longitudes, latitude, longitude, km)
        # a town that the grid cuts in two is one place, round its own middle
        latitude, longitude = _round(latitudes[within].mean()), _round(longitudes[within].mean())
        if any(_km(np.array(latitude), np.array(longitude), *other) <= km for other in middles):
            continue
        within, away = _near(latitudes, longitudes, latitude, longitude, km)
        if not len(within):
            continue
        middles.append((latitude, longitude))
        yield Place(latitude, longitude, km, len(within), int(ids[within[away.argmin()]]))


def _fullest(latitudes: Degrees, longitudes: Degrees, side: float) -> Iterator[tuple[float, float]]:
    """The mean places of the pictures in the fullest cells, whose sides are so many degrees of latitude."""
    bands = np.floor(latitudes / side)
    columns = np.floor(longitudes / side * np.cos(np.radians((bands + 0.5) * side)))
    _, cells, counts = np.unique(bands * 1e6 + columns, return_inverse=True, return_counts=True)
    for cell in np.argsort(-counts, kind="stable")[:MOST]:
        held = cells == cell
        yield _round(latitudes[held].mean()), _round(longitudes[held].mean())


def _near(
    latitudes: Degrees, longitudes: Degrees, latitude: float, longitude: float, km: float
) -> tuple[NDArray[np.int64], Degrees]:
    """Which pictures lie in a circle, and how far from its middle."""
    reach = km / KM_A_DEGREE + 1e-6
    first, last = np.searchsorted(latitudes, (latitude - reach, latitude + reach))
    away = _km(latitudes[first:last], longitudes[first:last], latitude, longitude)
    held = np.flatnonzero(away <= km)
    return held + first, away[held]


def _km(latitudes: Degrees, longitudes: Degrees, latitude: float, longitude: float) -> Degrees:
    """As `indexer.where.km_between`, for many."""
    here, there = np.radians(latitudes), np.radians(latitude)
    half = np.sin((there - here) / 2) ** 2
    half += np.cos(here) * np.cos(there) * np.sin(np.radians(longitude - longitudes) / 2) ** 2
    return np.asarray(2 * 6371.0 * np.arcsin(np.sqrt(np.minimum(1.0, half))))


def _round(degrees: float) -> float:
    """To some 100 metres: it is written into a query."""
    return round(float(degrees), 3)
