"""Where pictures were taken, in what people ask: plain words, words left out, filters that are offered, answers, `imsearch show`."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner

import imsearch
from indexer.gazetteer import Part
from indexer.manifest import write_manifest
from search.ask import Conversation
from search.parser import parse
from search.reasons import matches
from search.searcher import Searcher
from tests.conftest import paint
from tests.pictures.written import put_gps

ROME = (Part("Trastevere"), Part("Rome", ("Roma", "Rom")), Part("Italy"))
NEW_YORK = (Part("New York City", ("New York",)), Part("New York"), Part("United States", ("USA",)))


@pytest.fixture
def searcher(shelf):
    """Two red pictures of Rome, two of New York, one of nobody knows where."""
    for at in range(5):
        paint(shelf.pictures / f"{at}.png", "red", at)
    shelf.index()
    shelf.catalog.places.put([1, 2, 3, 4], [ROME, ROME, NEW_YORK, NEW_YORK])
    return Searcher(shelf.store, lambda: shelf.embedder)


def found(searcher, query, **asked):
    return [hit.picture.id for hit in searcher.search(replace(parse(query), **asked)).hits]


def test_a_picture_of_the_place_comes_first_and_says_why(searcher):
    first, second, *rest = searcher.search(parse("red rome")).hits
    assert {first.picture.id, second.picture.id} == {1, 2}
    assert {signal.name for signal in first.signals} == {"dense", "place"}
    assert not any(signal.name == "place" for hit in rest for signal in hit.signals)
    (match,) = matches("red rome", first.picture, [])
    assert (match.kind, match.text, match.spans) == ("place", "Trastevere, Rome, Italy", ((12, 16),))
    assert matches("ital", first.picture, []) == []  # by which it was not found


def test_what_is_left_out_is_left_out_by_place_too(searcher):
    assert set(found(searcher, "red -roma")) == {3, 4, 5}
    assert set(found(searcher, "red without new york")) == {1, 2, 5}


def test_where_places_are_nobodys_business_plain_words_know_none(searcher):
    assert len(found(searcher, "red -rome", places=False)) == 5
    assert found(searcher, "rome", places=False, mode="lexical") == []
    assert not searcher.search(replace(parse("rome"), places=False)).offers
    assert set(found(searcher, "place:rome", places=False)) == {1, 2}


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("beach rom", ('place:"Rome, Italy"',)),
        ("new york at night", ('place:"New York City, New York, United States"', 'place:"New York, United States"')),
        ("usa", ('place:"United States"',)),
        ("beach in paris", ()),
    ],
)
def test_words_that_name_a_place_where_pictures_were_taken_are_offered_as_filters(searcher, typed, offered):
    assert searcher.search(parse(typed)).offers == offered
    for one in offered:
        assert len(found(searcher, one)) == 2


def test_places_are_told_by_name_with_their_coordinates(shelf):
    put_gps(paint(shelf.pictures / "a.jpg", "red"), 41.8846, 12.4692)
    shelf.index()
    picture = shelf.catalog.find(f"{shelf.pictures}/a.jpg")
    told = Conversation(shelf.store, None, [picture]).ask("Where was this?").text
    assert "[1] was taken in Trastevere, Rome, Italy (41.8846, 12.4692)." in told
    write_manifest(shelf.library, shelf.store.manifest)
    shown = CliRunner().invoke(imsearch.cli, ["show", "1", "--library", str(shelf.library)]).output
    assert "place  Trastevere, Rome, Italy (41.8846, 12.4692)" in shown


def test_an_everyday_word_that_is_a_town_too_is_no_place_to_leave_out(searcher):
    searcher._store.catalog.places.put([5], [(Part("Bath"), Part("England"), Part("United Kingdom"))])
    assert 5 in found(searcher, "red -bath")
    assert 5 not in found(searcher, "red -england")
    assert searcher.search(parse("bath")).offers == ()


def test_a_place_where_no_picture_was_taken_is_told_with_those_that_may_be_meant(searcher):
    for typed, said in {
        "place:romme": "No picture is known to be taken in romme; did you mean place:Rome?",
        'place:"Rome, France"': "No picture is known to be taken in Rome, France; did you mean place:Rome?",
        "red place:paris": "No picture is known to be taken in paris.",
    }.items():
        results = searcher.search(parse(typed))
        assert (results.total, results.note) == (0, said)
        assert searcher.search(replace(parse(typed), places=False)).note == "", "who is told no places learns none"
