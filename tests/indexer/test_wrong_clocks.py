"""A camera whose clock runs years ahead: its pictures are not the newest, and what it wrote is still told."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from indexer.catalog import Catalog
from indexer.filters import EVERY_PICTURE, condition
from tests.indexer.older import older

NOW = datetime.now(UTC)


def photograph(shelf, name, taken: str, seconds: float) -> None:
    """A picture that says when it was taken, whose file has a time so many seconds from now."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = taken
    Image.new("RGB", (64, 48), (200, len(name) * 9, 40)).save(shelf.pictures / name, exif=exif)
    at = NOW.timestamp() + seconds
    os.utime(shelf.pictures / name, (at, at))


def newest(shelf) -> list[str]:
    ids = shelf.catalog.ordered(shelf.catalog.filter(EVERY_PICTURE), True, 10).tolist()
    return [picture.path.rpartition("/")[2] for picture in shelf.catalog.get(ids)]


def of(shelf, name):
    found = shelf.catalog.find(str(shelf.pictures / name))
    assert found
    return found


def test_a_date_in_the_future_counts_as_none_and_is_still_told(shelf):
    photograph(shelf, "ahead.jpg", "2093:05:06 07:08:09", -10 * 365 * 86_400)
    photograph(shelf, "right.jpg", "2024:05:06 07:08:09", 0)
    shelf.index()
    assert newest(shelf) == ["right.jpg", "ahead.jpg"]
    ahead = of(shelf, "ahead.jpg")
    assert (ahead.exif.taken_at, ahead.exif.clock) == (None, "2093-05-06T07:08:09")
    assert ahead.moment[:4] == str((NOW - timedelta(days=3650)).year)
    assert of(shelf, "right.jpg").exif.clock is None
    for asked in (condition("year", "2093"), condition("has", "date")):
        kept = shelf.catalog.filter(asked)
        assert ahead.id not in kept.tolist()


def test_a_file_whose_own_time_is_as_wrong_goes_by_the_day_it_was_added(shelf):
    photograph(shelf, "ahead.jpg", "2093:05:06 07:08:09", 70 * 365 * 86_400)
    shelf.index()
    assert of(shelf, "ahead.jpg").moment == of(shelf, "ahead.jpg").added_at
    moved = shelf.pictures / "trip" / "moved.jpg"
    moved.parent.mkdir()
    (shelf.pictures / "ahead.jpg").rename(moved)
    assert shelf.index().moved == 1
    assert of(shelf, "trip/moved.jpg").moment == of(shelf, "trip/moved.jpg").added_at


def test_a_picture_taken_this_hour_east_of_here_has_its_date(shelf):
    local = (NOW + timedelta(hours=14)).strftime("%Y:%m:%d %H:%M:%S")
    photograph(shelf, "kiribati.jpg", local, 0)
    shelf.index()
    assert of(shelf, "kiribati.jpg").exif.taken_at == local.replace(":", "-", 2).replace(" ", "T")


@pytest.mark.parametrize(
    ("taken", "file", "moment", "clock"),
    [
        ("2093-05-06T07:08:09", 1_600_000_000, "2020-09-13T12:26:40+00:00", "2093-05-06T07:08:09"),
        ("2093-05-06T07:08:09+02:00", 3_900_000_000, "2025-01-02", "2093-05-06T07:08:09+02:00"),
        (None, 3_900_000_000, "2025-01-02", None),
        ("2024-05-06T07:08:09", 3_900_000_000, "2024-05-06T07:08:09", None),
    ],
)
def test_what_was_indexed_before_is_put_right_when_the_library_is_opened(tmp_path, taken, file, moment, clock):
    path = tmp_path / "catalog.sqlite"
    with older(path, 13) as connection:
        connection.execute(
            "INSERT INTO pictures (root_id, path, folder, name, hash, size, mtime_ns, width, height, format, moment, taken_at, "
            "orientation, colours, added_at) VALUES (1, 'a.jpg', '', 'a.jpg', 'x', 1, ?, 1, 1, 'jpeg', ?, ?, 1, '[]', '2025-01-02')",
            (file * 10**9, taken or "2093-08-02T00:00:00+00:00", taken),
        )
    catalog = Catalog.open(path)
    (picture,) = catalog.get([1])
    assert (picture.moment, picture.exif.clock) == (moment, clock)
    assert picture.exif.taken_at == (None if clock else taken)
    catalog.close()
