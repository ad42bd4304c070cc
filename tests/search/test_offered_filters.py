"""Plain words that name a date, place, camera or type are offered as filters, and never applied by themselves."""

from __future__ import annotations

from datetime import date

import pytest

from search.offers import offers
from search.parser import parse
from search.query import printed

TODAY = date(2026, 11, 21)


def offered(text, today=TODAY, folders=(), cameras=()):
    return list(offers(text, today, lambda name: name in folders, lambda: cameras))


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("dogs last summer", ["after:2026-06-01 before:2026-09-01"]),
        ("last winter", ["after:2025-12-01 before:2026-03-01"]),
        ("this year", ["year:2026"]),
        ("last year", ["year:2025"]),
        ("last month", ["after:2026-10-01 before:2026-11-01"]),
        ("last week", ["after:2026-11-09 before:2026-11-16"]),
        ("yesterday", ["after:2026-11-20 before:2026-11-21"]),
        ("christmas 2019", ["year:2019"]),
        ("june 2023", ["after:2023-06-01 before:2023-07-01"]),
        ("December 2023 snow", ["after:2023-12-01 before:2024-01-01"]),
        ("winter 2023", ["after:2023-12-01 before:2024-03-01"]),
        ("room 2099", []),
        ("portrait of a cat", ["orientation:portrait"]),
        ("png screenshot", ["type:png"]),
        ("may i come in", []),
        ("", []),
    ],
)
def test_dates_shapes_and_types(text, filters):
    assert offered(text) == filters


def test_last_summer_said_in_summer_is_the_one_before():
    assert offered("last summer", date(2026, 7, 1)) == ["after:2025-06-01 before:2025-09-01"]
    assert offered("this summer", date(2026, 7, 1)) == ["after:2026-06-01 before:2026-09-01"]


def test_folders_and_cameras_of_the_library():
    assert offered("dinner in rome", folders={"rome"}) == ["in:rome"]
    assert offered("in new york", folders={"new york", "york"}) == ['in:"new york"']
    assert offered("shot on canon", cameras=["Canon EOS 5D"]) == ["camera:canon"]


def test_what_is_offered_parses_to_itself():
    for text in ("last summer june 2020 portrait png in new york", "winter 1999 yesterday rome canon"):
        for one in offered(text, folders={"new york", "rome"}, cameras=["Canon"]):
            assert printed(parse(one).filters) == one
