"""Pictures with coordinates are found by where they were taken: by town, by what it lies in, in many languages; no network is asked."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from indexer.filters import condition
from indexer.gazetteer import Gazetteer
from tests.conftest import Shelf, paint
from tests.pictures.written import put_gps

TREVI, TRASTEVERE, MUNICH, HOBOKEN, AT_SEA = (
    (41.9009, 12.4833), (41.8846, 12.4692), (48.1374, 11.5755), (40.744, -74.0324), (0.0, -30.0),
)  # fmt: skip


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer()


@pytest.fixture(scope="module")
def travels(tmp_path_factory):
    """A picture of each of these places, and one of nobody knows where."""
    shelf = Shelf(tmp_path_factory.mktemp("travels"))
    taken = {
        "trastevere": TRASTEVERE, "munich": MUNICH, "hoboken": HOBOKEN, "sea": AT_SEA, "tbilisi": (41.6934, 44.8015),
        "atlanta": (33.7537, -84.3863), "manhattan": (40.7829, -73.9654), "barcelona": (41.3874, 2.1686),
    }  # fmt: skip
    for at, (name, where) in enumerate(taken.items()):
        put_gps(paint(shelf.pictures / f"{at}-{name[:2]}.jpg", "red", at), *where)
    paint(shelf.pictures / "home.jpg", "blue", 99)
    shelf.index()
    yield shelf
    shelf.store.close()


def kept(shelf, place):
    ids = shelf.catalog.filter(condition("place", place))
    return {picture.path.rpartition("/")[2][2:].partition(".")[0] for picture in shelf.catalog.get(ids.tolist())}


def place(shelf, name):
    return shelf.catalog.find(f"{shelf.pictures}/{name}").place


@pytest.mark.parametrize(
    ("where", "named"),
    [
        ((41.8902, 12.4922), "Celio, Rome, Italy"),  # the Colosseum
        ((48.8584, 2.2945), "Paris 16 Passy, Paris, France"),
        ((48.8049, 2.1204), "Versailles, France"),  # 17 km from Paris is a town of its own
        (MUNICH, "Munich, Germany"),
        ((47.5576, 10.7498), "Schwangau, Germany"),  # Neuschwanstein, a village
        ((40.7829, -73.9654), "Manhattan, New York City, New York, United States"),
        (HOBOKEN, "Hoboken, New Jersey, United States"),  # across the river and the border of a state
        ((52.4009, 13.0591), "Potsdam, Germany"),  # not Berlin
        ((35.4437, 139.638), "Yokohama, Japan"),  # a city beside a bigger one
        ((36.0544, -112.1401), "Grand Canyon, Arizona, United States"),
        ((57.3229, -4.4244), "Drumnadrochit, Scotland, United Kingdom"),  # Loch Ness
        ((-33.8915, 151.2767), "Bondi Beach, Sydney, Australia"),
        ((43.7384, 7.4246), "Monte-Carlo, Monaco"),
        ((1.2930, 103.8520), "Singapore"),  # a town and its country are one
        ((36.4618, 25.3753), "Oía, Greece"),
        ((-13.1631, -72.545), "Machupicchu, Peru"),
        ((-16.8, 179.99), "Fiji"),  # the nearest town is 60 km away, across the date line
        ((64.5, -145.5), "Alaska, United States"),
        (AT_SEA, ""),
        ((90.0, 0.0), ""),
        ((-90.0, 0.0), ""),
    ],
)
def test_places_are_named_from_the_nearest_town_outwards(gazetteer, where, named):
    (found,) = gazetteer.names(np.array([where[0]]), np.array([where[1]]))
    assert ", ".join(part.name for part in found) == named


def test_many_are_named_as_each_alone(gazetteer):
    chance = np.random.default_rng(0)
    latitudes, longitudes = chance.uniform(-89, 89, 300), chance.uniform(-180, 180, 300)
    together = gazetteer.names(latitudes, longitudes)
    assert any(together)
    for at in range(0, 300, 7):
        assert gazetteer.names(latitudes[at : at + 1], longitudes[at : at + 1]) == [together[at]]


def test_each_picture_with_coordinates_is_told_its_place(travels):
    assert place(travels, "0-tr.jpg") == "Trastevere, Rome, Italy"
    assert place(travels, "3-se.jpg") == place(travels, "home.jpg") == ""
    assert travels.catalog.check(1) == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("trastevere", {"tr"}), ("rome", {"tr"}), ("Roma", {"tr"}), ("Rom, Italy", {"tr"}), ("rome, italy", {"tr"}),
        ("münchen", {"mu"}), ("MUENCHEN", {"mu"}), ("ミュンヘン", {"mu"}), ("Мюнхен", {"mu"}), ("Munich, Germany", {"mu"}),
        ("new york", {"ma"}), ("new york, usa", {"ma"}), ("new jersey", {"ho"}), ("USA", {"at", "ho", "ma"}),
        ("georgia", {"tb"}), ("georgia, united states", {"at"}),  # the country is meant, where somebody was there
        ("munich, italy", set()), ("york", set()), ("rom, nowhere", set()), ("...", set()),
    ],
)  # fmt: skip
def test_the_filter_keeps_what_was_taken_there_in_any_language(travels, typed, found):
    assert kept(travels, typed) == found


def test_a_word_finds_the_place_and_is_told_apart_from_other_words(travels):
    (match,) = travels.catalog.lexical("italy", 9)
    assert (match.fields, match.score >= 1) == (("place",), True)
    assert travels.catalog.holding("rome italy").tolist() == [match.id]
    # where places are nobody's business, no word finds them; nor does a part of one
    assert travels.catalog.lexical("italy", 9, places=False) == travels.catalog.lexical("barcel", 9) == []
    assert len(travels.catalog.holding("italy", places=False)) == 0


def test_places_are_known_by_how_their_names_begin_in_other_languages(travels):
    assert travels.catalog.places.called("münch", begun=True) == ["Munich, Germany"]
    assert travels.catalog.places.called("münch") == []
    assert travels.catalog.places.called("Roma") == ["Rome, Italy"]
    assert travels.catalog.places.called("東", begun=True) == travels.catalog.places.called("!") == []


def test_every_town_and_what_it_lies_in_is_counted(travels):
    told = {one.name: one.count for one in travels.store.places(None)}
    assert told["United States"] == 3
    assert told["Italy"] == told["Rome, Italy"] == told["Trastevere, Rome, Italy"] == 1
    for name, count in told.items():
        assert (name, len(travels.catalog.filter(condition("place", name)))) == (name, count)


def test_what_moves_or_changes_or_is_there_twice_has_its_own_place(shelf):
    (shelf.pictures / "old").mkdir()
    for at, name in enumerate(("a.jpg", "b.jpg")):
        put_gps(paint(shelf.pictures / "old" / name, "red", at), *TREVI)
    shelf.index()
    (shelf.pictures / "old").rename(shelf.pictures / "new")
    put_gps(shelf.pictures / "new" / "b.jpg", *MUNICH)
    shutil.copy(shelf.pictures / "new" / "a.jpg", shelf.pictures / "copy.jpg")
    shelf.index()
    assert place(shelf, "new/a.jpg") == place(shelf, "copy.jpg") != ""
    assert place(shelf, "new/b.jpg") == "Munich, Germany"
    assert len(shelf.catalog.lexical("rome", 9)) == 2
    shelf.catalog.remove(shelf.catalog.filter(condition("place", "munich")).tolist())
    assert shelf.catalog.places.called("munich") == []  # nobody is led to what is no longer there


def test_a_library_of_before_is_named_at_the_next_run_and_no_picture_twice(travels):
    catalog = travels.catalog
    with catalog.connections.writing() as db:
        db.execute("UPDATE pictures SET place_id = NULL")
        db.execute("UPDATE words SET place = ''")
    assert kept(travels, "italy") == set()
    runs = []
    for _ in range(2):
        catalog.places.seek(runs.append)
    assert [(run.stage, run.done, run.total) for run in runs] == [("place", 8, 8)]
    assert kept(travels, "italy") == {"tr"}
    assert len(catalog.lexical("rome", 9)) == 1
