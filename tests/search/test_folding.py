"""What a user sees of copies and bursts with --fold: one hit for each, and nothing else is folded away."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from PIL import Image, ImageDraw

from indexer.duplicates.looks import look_at_new
from indexer.records import Text
from search.parser import parse
from search.query import Query
from search.searcher import Searcher
from tests.small import COLOURS, write

SIZE = (320, 240)


def scene(seed: int, colour: str = "red") -> Image.Image:
    """A picture of one colour, so that the model finds all of a colour alike, with boxes of its own."""
    chance = np.random.default_rng(seed)
    made = Image.new("RGB", SIZE, COLOURS[colour])
    draw = ImageDraw.Draw(made)
    for _ in range(8):
        left, top = chance.integers(0, 220, 2)
        shade = tuple(int(part * chance.uniform(0.5, 0.9)) for part in COLOURS[colour])
        draw.rectangle((left, top, left + chance.integers(30, 100), top + chance.integers(30, 100)), fill=shade)
    return made


def taken(second: float, camera: str = "Canon") -> Image.Exif:
    made = Image.Exif()
    made[0x0110] = camera
    moment = datetime(2024, 5, 1, 12) + timedelta(seconds=second)  # noqa: DTZ001 - cameras write no zone
    made.get_ifd(0x8769)[0x9003] = moment.strftime("%Y:%m:%d %H:%M:%S")
    return made


@pytest.fixture
def fold(shelf):
    """Searches with folding, and tells the names of each hit with those folded under it."""

    def search(query="red", limit=20):
        shelf.index()
        look_at_new(shelf.store)
        hits = Searcher(shelf.store, lambda: shelf.embedder).search(Query(query, limit=limit, fold=True)).hits
        assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
        return {_name(hit.picture): sorted(map(_name, hit.folded)) for hit in hits}

    return search


def _name(picture):
    return picture.path.rpartition("/")[2]


def test_copies_saved_anew_and_made_smaller_come_under_one_hit(shelf, fold):
    scene(1).save(shelf.pictures / "a.png")
    scene(1).save(shelf.pictures / "b.jpg", quality=60)
    scene(1).resize((160, 120)).save(shelf.pictures / "c.jpg", quality=80)
    (shelf.pictures / "d.png").write_bytes((shelf.pictures / "a.png").read_bytes())
    scene(2).save(shelf.pictures / "other.png")
    found = fold()
    assert len(found) == 2
    assert found["other.png"] == []
    assert sorted([*found, *(name for names in found.values() for name in names)]) == [
        "a.png", "b.jpg", "c.jpg", "d.png", "other.png",
    ]  # fmt: skip


def test_frames_of_a_burst_come_under_one_hit_and_later_shots_of_the_scene_do_not(shelf, fold):
    for frame in range(4):
        moved = scene(1).crop((3 * frame, frame, 300 + 3 * frame, 230 + frame))
        moved.save(shelf.pictures / f"burst{frame}.jpg", exif=taken(frame))
    scene(1).crop((9, 9, 309, 239)).save(shelf.pictures / "later.jpg", exif=taken(60))
    found = fold()
    assert len(found) == 2
    assert found["later.jpg"] == []


def test_other_pictures_of_the_same_thing_are_all_shown(shelf, fold):
    for seed in range(6):
        scene(seed).save(shelf.pictures / f"{seed}.jpg", exif=taken(seed))
    assert len(fold()) == 6


def test_one_form_filled_in_by_two_people_is_two_hits(shelf, fold):
    for number, words in enumerate(
        ["APPLICATION FORM your name Ann Berg your town Oslo", "APPLICATION FORM your name Wei Li your town Rome"], 1
    ):
        page = scene(1)
        ImageDraw.Draw(page).text((5, 5), words)
        page.save(shelf.pictures / f"{number}.png")
    shelf.index()
    for number, words in enumerate(
        ["APPLICATION FORM your name Ann Berg your town Oslo", "APPLICATION FORM your name Wei Li your town Rome"], 1
    ):
        write(shelf.catalog, Text(number, "ocr", words, "rapidocr"))
    assert len(fold()) == 2


def test_pages_that_were_not_read_are_folded_only_when_their_files_are_equal(shelf, fold):
    for number in range(3):
        page = Image.new("RGB", SIZE, "white")
        ImageDraw.Draw(page).rectangle((20, 20, 300, 120), outline="black", width=6)
        ImageDraw.Draw(page).text((40, 150), f"signed by {number}", "black")
        page.save(shelf.pictures / f"{number}.png")
    (shelf.pictures / "again.png").write_bytes((shelf.pictures / "0.png").read_bytes())
    assert fold("") == {"again.png": ["0.png"], "1.png": [], "2.png": []}


def test_as_many_hits_are_shown_as_were_asked_for_however_many_are_folded(shelf, fold, monkeypatch):
    monkeypatch.setattr("search.searcher.DEPTH", 8)
    for copy in range(12):
        scene(1).save(shelf.pictures / f"a{copy:02}.jpg", quality=40 + 4 * copy)
    for seed in range(2, 6):
        scene(seed, "yellow").save(shelf.pictures / f"other{seed}.png")
    found = fold(limit=4)
    assert len(found) == 4
    assert max(map(len, found.values())) == 11


def test_pictures_not_yet_looked_at_are_shown(shelf):
    scene(1).save(shelf.pictures / "a.png")
    scene(1).save(shelf.pictures / "b.jpg", quality=60)
    shelf.index()
    assert len(Searcher(shelf.store, lambda: shelf.embedder).search(Query("red", fold=True)).hits) == 2


def test_a_query_says_nothing_of_folding():
    assert str(Query("red", fold=True)) == "red"
    assert parse("red") == Query("red", fold=True)
