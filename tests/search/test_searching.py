"""What a user asks and what comes back, on a real library with the small colour embedder."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from indexer.records import Text
from search.errors import QueryError
from search.languages import told
from search.parser import parse
from search.query import Example, Query, Words
from search.searcher import Searcher
from tests.conftest import paint
from tests.small import write


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
    write(shelf.catalog, Text(6, "ocr", "grand hotel bill", "rapidocr"))
    made = Searcher(shelf.store, lambda: shelf.embedder)
    made.names = {p.path.rpartition("/")[2]: p.id for p in shelf.catalog.get(range(1, 10))}
    return made


def found(results):
    return [hit.picture.path.rpartition("/")[2] for hit in results.hits]


def test_pictures_are_found_by_meaning(searcher):
    assert set(found(searcher.search(Query("something red", limit=2)))) == {"0.png", "1.png"}


def test_pictures_are_found_by_example_and_by_an_indexed_picture(searcher):
    blue = Image.new("RGB", (9, 9), (30, 60, 220))
    assert set(found(searcher.search(Query(terms=(Example(views=(blue,)),), limit=2)))) == {"3.png", "4.png"}
    assert found(searcher.search(Query(terms=(Example(id=searcher.names["3.png"]),), limit=1))) == ["4.png"]


def test_printed_words_lead_to_the_picture_in_hybrid_mode_and_say_so(searcher, shelf):
    first = searcher.search(Query("grand hotel")).hits[0]
    assert {signal.name for signal in first.signals} >= {"text"}
    assert not first.weak
    assert first.picture.id == 6


def test_words_that_the_model_does_not_know_are_looked_for_as_words_alone_and_it_says_so(searcher, shelf):
    write(shelf.catalog, Text(2, "note", "狗和猫", "user"))
    results = searcher.search(Query("狗"))
    assert [hit.picture.id for hit in results.hits] == [2]
    assert "does not know" in results.note
    nothing = searcher.search(Query("кот"))
    assert (nothing.hits, bool(nothing.note)) == ((), True)
    assert searcher.search(Query("red")).note == ""


def test_which_model_would_know_a_language_is_told_with_the_commands_to_use_it(searcher):
    results = searcher.search(Query("красный кот", terms=(Words("狗"),)))
    assert results.note.count("does not know красный кот, 狗:") == 1
    assert "109 languages" in results.advice
    assert results.advice.endswith("imsearch models use ViT-B-32-SigLIP2-256")
    assert searcher.search(Query("red")).advice == ""
    assert searcher.search(Query("кот", mode="lexical")).advice == ""


def test_a_clip_trained_on_english_says_so_and_one_of_many_languages_does_not():
    english, many = "openclip:ViT-B-32-256/datacomp_s34b_b86k", "openclip:ViT-B-32-SigLIP2-256/webli"
    note, advice = told(english, ["a red 自転車", "кот"], [])
    assert "кот may have been misunderstood" in note
    assert "models use" in advice
    assert told(many, ["кот"], []) == ("", "")
    assert told(english, ["un chien"], []) == ("", "")
    assert told("mini", ["?!"], ["?!"])[1] == ""


def test_by_date_what_matches_comes_first_and_the_weak_ones_after(tmp_path, shelf):
    import os

    for i in range(40):
        made = paint(shelf.pictures / f"{i}.png", "red" if i < 3 else "blue", seed=i)
        os.utime(made, (10**9 + 1000 * i, 10**9 + 1000 * i))
    shelf.index()
    results = Searcher(shelf.store, lambda: shelf.embedder).search(Query("red", order="newest", limit=5))
    assert found(results)[:3] == ["2.png", "1.png", "0.png"]
    assert [hit.weak for hit in results.hits] == [False] * 3 + [True] * 2


def test_diverse_shows_the_best_then_what_differs_and_the_weak_ones_last(shelf):
    for i in range(30):
        paint(shelf.pictures / f"{i:02}.png", "blue" if i > 5 else "red", seed=i)
    paint(shelf.pictures / "30.png", "red").write_bytes((shelf.pictures / "00.png").read_bytes())
    shelf.index()
    searcher = Searcher(shelf.store, lambda: shelf.embedder)
    ranked, diverse = (searcher.search(replace(parse("red"), order=order)).hits for order in ("relevance", "diverse"))
    assert diverse[0].picture == ranked[0].picture
    strong = [hit.picture.id for hit in ranked if not hit.weak]
    assert sorted(hit.picture.id for hit in diverse[: len(strong)]) == sorted(strong)
    assert [hit.picture.id for hit in diverse[len(strong) :]] == [hit.picture.id for hit in ranked if hit.weak]
    places = {hit.picture.path.rpartition("/")[2]: hit.rank for hit in diverse}
    assert abs(places["00.png"] - places["30.png"]) > 1  # the same picture twice is no variety


def test_a_varied_look_at_a_whole_library_needs_no_words(searcher):
    assert len(found(searcher.search(parse("sort:diverse")))) == 6


def test_filters_come_before_ranking(searcher):
    only = searcher.search(parse("red in:rome"))
    assert set(found(only)) == {"1.png", "3.png", "5.png"}
    assert set(found(searcher.search(parse("orientation:portrait")))) == {"4.png", "5.png"}
    assert found(searcher.search(parse("red before:1990"))) == []


@pytest.mark.parametrize("typed", ["in:*/rome", 'in:"**/rome/**"', "in:rome/", "folder:*/rome/*"])
def test_a_folder_may_be_written_with_stars_for_what_lies_around_it(searcher, typed):
    assert set(found(searcher.search(parse(typed)))) == {"1.png", "3.png", "5.png"}


def test_a_folder_that_is_not_there_is_told_with_those_that_may_be_meant(searcher, shelf):
    paint(shelf.pictures / "2019-07 Bergen" / "a.png", "green", seed=9)
    shelf.index()
    for typed, said in {
        "in:roma": "No folder named roma has pictures; did you mean in:rome?",
        "red folder:2019": 'No folder named 2019 has pictures; did you mean in:"2019-07 Bergen" or year:2019?',
        "in:rome in:atlantis": "No folder named atlantis has pictures.",
        "in:trip/berge": 'No folder named trip/berge has pictures; did you mean in:"2019-07 Bergen"?',
    }.items():
        results = searcher.search(parse(typed))
        assert (results.total, results.note) == (0, said)
        assert searcher.search(parse(said.partition("mean ")[2].split(" or ")[0].rstrip("?"))).note == ""
    assert searcher.search(parse("in:rome before:1990")).note == ""


def test_an_empty_query_shows_everything_newest_first(searcher):
    assert len(searcher.search(Query()).hits) == 6


def test_what_cannot_be_answered_is_refused_with_the_reason(searcher):
    with pytest.raises(QueryError, match="like:99"):
        searcher.search(parse("like:99"))
    with pytest.raises(QueryError, match="limit"):
        searcher.search(Query("x", limit=0))


def test_lexical_search_needs_no_model(shelf, searcher):
    def none():
        raise AssertionError("the model was loaded")

    assert searcher.search(Query("hotel", mode="lexical")).total == 1
    assert Searcher(shelf.store, none).search(Query("hotel", mode="lexical")).total == 1


def test_a_part_of_an_indexed_picture_is_looked_for(searcher, shelf):
    half = Image.new("RGB", (80, 40), (30, 60, 220))
    half.paste((220, 30, 30), (40, 0, 80, 40))
    half.save(shelf.pictures / "both.png")
    shelf.index()
    both = shelf.catalog.find(str(shelf.pictures / "both.png")).id
    assert set(found(searcher.search(parse(f"like:{both}@0,0,40,40")))[:2]) == {"3.png", "4.png"}
    assert set(found(searcher.search(parse(f"like:{both}@45,0,30,40")))[:2]) == {"0.png", "1.png"}
    with pytest.raises(QueryError, match="80 x 40"):
        searcher.search(parse(f"like:{both}@90,0,10,10"))


def test_a_file_is_looked_for_and_one_that_is_missing_is_named(searcher, shelf):
    found_by_file = searcher.search(parse(f'picture:"{shelf.pictures / "rome/3.png"}"'))
    assert set(found(found_by_file)[:2]) == {"3.png", "4.png"}
    with pytest.raises(QueryError, match=r"no-such\.png is not a file"):
        searcher.search(parse("picture:no-such.png"))


def test_what_is_left_out_is_left_out_by_meaning_and_by_words(searcher, shelf):
    write(shelf.catalog, Text(searcher.names["0.png"], "note", "the old barn", "user"))
    assert found(searcher.search(parse("red")))[:2] in (["0.png", "1.png"], ["1.png", "0.png"])
    without = found(searcher.search(parse("red without barn")))
    assert "0.png" not in without
    assert without[0] == "1.png"
    assert set(found(searcher.search(parse("-0.5*red yellow")))[:1]) == {"5.png"}


def test_terms_are_mixed_by_their_weights(searcher):
    assert found(searcher.search(parse("+3*red +blue")))[0] in ("0.png", "1.png")
    assert found(searcher.search(parse("+red +3*blue")))[0] in ("3.png", "4.png")
    assert found(searcher.search(Query(terms=(Words("red"), Words("red", -1.0)))))


def test_exact_words_find_only_what_holds_them_best_first(searcher, shelf):
    write(shelf.catalog, Text(2, "note", "hotel grand", "user"))
    assert [hit.picture.id for hit in searcher.search(parse('"grand hotel"')).hits] == [6]
    assert {hit.picture.id for hit in searcher.search(parse('"grand hotel" or "hotel grand"')).hits} == {2, 6}
    assert 6 not in {hit.picture.id for hit in searcher.search(parse('-"grand hotel"')).hits}
