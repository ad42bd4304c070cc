"""What a user sees as matches and as weaker matches."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from search.blurring import DEFAULT
from search.calibrating import calibrate, calibration
from search.cutoff import Calibration, alike, threshold
from search.query import Query
from search.searcher import Searcher
from search.terminal import print_results
from tests.conftest import paint
from tests.web.gallery import gallery

TYPICAL = Calibration(np.array([0.2, 0], np.float32), scatter=0.05, middle=0.2, spread=0.02, top=3.0, between=0.1)
WORDS = np.array([1, 0], np.float32)


def test_what_stands_out_no_more_than_for_any_text_is_weak_altogether():
    found = np.linspace(0.34, 0.1, 60)  # the best lies 2.8 scatters above the mean, an everyday text's 3.0
    assert threshold(found, WORDS, TYPICAL) > found[0]


def test_what_stands_out_is_a_match_and_so_is_what_is_nearly_as_good():
    found = [0.4, 0.385, *np.linspace(0.33, 0.1, 60)]
    assert 0.33 < threshold(found, WORDS, TYPICAL) < 0.385


def test_the_same_scores_moved_or_stretched_by_another_model_are_cut_at_the_same_place():
    found = np.array([0.4, 0.385, *np.linspace(0.33, 0.1, 60)])
    other = Calibration(TYPICAL.mean * 2 + np.array([0.1, 0], np.float32), 0.1, 0.5, 0.04, 3.0, 0.2)
    kept = sum(found >= threshold(found, WORDS, TYPICAL))
    assert sum(found * 2 + 0.1 >= threshold(found * 2 + 0.1, WORDS, other)) == kept == 2


def test_pictures_are_like_an_example_from_half_the_way_between_any_two_and_the_same():
    assert alike(WORDS, TYPICAL, 100) == pytest.approx(0.6)  # any two have 0.2, the same have 1
    assert alike(WORDS, TYPICAL, 5) == -1


def test_an_example_beside_words_is_judged_by_its_own_scores():
    found = [0.9, *np.linspace(0.6, 0.5, 100)]
    assert 0.6 < threshold(found) < 0.9


def test_nothing_is_weak_among_a_handful_of_pictures():
    assert threshold([0.5] * 3, WORDS, TYPICAL) == -1


@pytest.fixture
def many(shelf):
    for i in range(40):
        paint(shelf.pictures / f"{i}.png", ("red", "blue", "green", "yellow")[i % 4], seed=i)
    shelf.index()
    return shelf


def test_everyday_texts_are_measured_once_and_again_when_the_library_has_grown(many):
    assert calibration(many.store) is None
    calibrate(many.store, many.embedder)
    first = calibration(many.store)
    assert first is not None and first.mean.shape == (4,)
    for count, renewed in ((5, False), (10, True)):
        for i in range(count):
            paint(many.pictures / f"{count}-{i}.png", "red", seed=100 * count + i)
        many.index()
        calibrate(many.store, many.embedder)
        assert (calibration(many.store) is not first) == renewed


def test_a_damaged_or_foreign_calibration_is_as_none_and_is_measured_anew(many):
    calibrate(many.store, many.embedder)
    (kept,) = (many.library / "vectors").glob("*.everyday.json")
    right = json.loads(kept.read_text())
    searcher = Searcher(many.store, lambda: many.embedder, lambda: calibration(many.store))
    for damaged in ("", "{}", "[]", json.dumps({**right, "model": "another@1"})):
        kept.write_text(damaged)
        assert calibration(many.store) is None
        assert searcher.search(Query("red")).hits
        calibrate(many.store, many.embedder)
        assert json.loads(kept.read_text())["top"] == right["top"]


def test_a_folder_of_few_pictures_is_not_measured(shelf):
    paint(shelf.pictures / "one.png", "red")
    shelf.index()
    calibrate(shelf.store, shelf.embedder)
    assert calibration(shelf.store) is None


def test_the_terminal_shows_what_matches_before_what_only_holds_some_of_the_words(tmp_path, capsys):
    with gallery(tmp_path) as made:
        results = made.library.search("red", limit=3)
        first, second, third = (hit.picture.path.rpartition("/")[2] for hit in results.hits)
        for weak, said in (
            ((True, False, True), (second, "weaker matches", first, third)),
            ((True, True, True), ("no good match", first, second, third)),
            ((False, False, False), (first, second, third)),
        ):
            hits = tuple(replace(hit, weak=is_weak) for hit, is_weak in zip(results.hits, weak, strict=True))
            print_results(made.library, replace(results, hits=hits), False, DEFAULT)
            told = capsys.readouterr().out
            places = [told.index(one) for one in said]
            assert places == sorted(places)
            assert ("weaker" in told, "no good" in told) == ("weaker matches" in said, "no good match" in said)
