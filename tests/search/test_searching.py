"""What a user asks and what comes back, on a real library with the small colour embedder."""

from __future__ import annotations

from datetime import date

import pytest
from PIL import Image

from indexer.records import Filters, Text
from search.commands import parse_day, parse_size
from search.errors import QueryError
from search.query import Query
from search.searcher import Searcher
from tests.conftest import paint
from vlm import UsageError


@pytest.fixture
def searcher(shelf):
    for i, colour in enumerate(["red", "red", "green", "blue", "blue", "yellow"]):
        paint(
            shelf.pictures / f"{'rome' if i % 2 else 'oslo'}/{i}.png",
            colour,
            seed=i,
            size=(64, 48) if i < 4 else (40, 60),
        )
    shelf.index()
    shelf.catalog.add_text(Text(6, "ocr", "grand hotel bill", "rapidocr"))
    made = Searcher(shelf.store, lambda: shelf.embedder)
    made.names = {p.path.rpartition("/")[2]: p.id for p in shelf.catalog.get(range(1, 10))}
    return made


def found(results):
    return [hit.picture.path.rpartition("/")[2] for hit in results.hits]


def test_pictures_are_found_by_meaning(searcher):
    assert set(found(searcher.search(Query("something red", limit=2)))) == {"0.png", "1.png"}


def test_pictures_are_found_by_example_and_by_an_indexed_picture(searcher):
    blue = Image.new("RGB", (9, 9), (30, 60, 220))
    assert set(found(searcher.search(Query(picture=blue, limit=2)))) == {"3.png", "4.png"}
    assert found(searcher.search(Query(like=searcher.names["3.png"], limit=1))) == ["4.png"]


def test_printed_words_lead_to_the_picture_in_hybrid_mode_and_say_so(searcher, shelf):
    first = searcher.search(Query("grand hotel")).hits[0]
    assert {signal.name for signal in first.signals} >= {"text"}
    assert not first.weak
    assert first.picture.id == 6


def test_words_that_the_model_does_not_know_are_looked_for_as_words_alone_and_it_says_so(searcher, shelf):
    shelf.catalog.add_text(Text(2, "note", "狗和猫", "user"))
    results = searcher.search(Query("狗"))
    assert [hit.picture.id for hit in results.hits] == [2]
    assert "knows none of these words" in results.note
    nothing = searcher.search(Query("кот"))
    assert (nothing.hits, bool(nothing.note)) == ((), True)
    assert searcher.search(Query("red")).note == ""


def test_by_date_what_matches_comes_first_and_the_weak_ones_after(tmp_path, shelf):
    import os

    for i in range(40):
        made = paint(shelf.pictures / f"{i}.png", "red" if i < 3 else "blue", seed=i)
        os.utime(made, (10**9 + 1000 * i, 10**9 + 1000 * i))
    shelf.index()
    results = Searcher(shelf.store, lambda: shelf.embedder).search(Query("red", order="newest", limit=5))
    assert found(results)[:3] == ["2.png", "1.png", "0.png"]
    assert [hit.weak for hit in results.hits] == [False] * 3 + [True] * 2


def test_filters_come_before_ranking(searcher):
    only = searcher.search(Query("red", filters=Filters(folders=("rome",))))
    assert set(found(only)) == {"1.png", "3.png", "5.png"}
    assert set(found(searcher.search(Query(filters=Filters(orientation="portrait"))))) == {"4.png", "5.png"}
    assert found(searcher.search(Query("red", filters=Filters(before=date(1990, 1, 1))))) == []


def test_an_empty_query_shows_everything_newest_first(searcher):
    assert len(searcher.search(Query()).hits) == 6


def test_what_cannot_be_answered_is_refused_with_the_reason(searcher):
    with pytest.raises(QueryError, match="like:99"):
        searcher.search(Query(like=99))
    with pytest.raises(QueryError, match="limit"):
        searcher.search(Query("x", limit=0))


def test_lexical_search_needs_no_model(shelf, searcher):
    def none():
        raise AssertionError("the model was loaded")

    assert searcher.search(Query("hotel", mode="lexical")).total == 1
    assert Searcher(shelf.store, none).search(Query("hotel", mode="lexical")).total == 1


@pytest.mark.parametrize("typed", ["yesterday", "2020-13", "2020-1-1-1-1", "99999999999-01", "-5", "0000", ""])
def test_what_is_no_date_is_refused(typed):
    with pytest.raises(UsageError, match="is not a date"):
        parse_day(typed)


@pytest.mark.parametrize("typed", ["big", "9" * 40, "1tb", "-3", "1e9"])
def test_what_is_no_size_is_refused(typed):
    with pytest.raises(UsageError, match="is not a size"):
        parse_size(typed)


def test_dates_and_sizes_as_people_write_them():
    assert (parse_day("2023"), parse_day("2023-07"), parse_day("2023-7-4")) == (
        date(2023, 1, 1),
        date(2023, 7, 1),
        date(2023, 7, 4),
    )
    assert [parse_size(text) for text in ("1000", "500kb", "2.5MB", "1 gb")] == [1000, 500_000, 2_500_000, 10**9]
