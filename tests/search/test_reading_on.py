"""Results are read on page by page: every picture once, also while pictures come and go."""

from __future__ import annotations

from dataclasses import replace

import pytest

from search import searcher as module
from search.errors import QueryError
from search.parser import parse
from search.searcher import Searcher
from tests.conftest import paint


@pytest.fixture
def shades(shelf):
    for at, colour in enumerate(["red", "green", "blue"] * 10):
        paint(shelf.pictures / f"{at:02}.png", colour, at)
    shelf.index()
    return shelf


def anew(shelf):
    """What a server knows after a restart: no ranking is kept."""
    return Searcher(shelf.store, lambda: shelf.embedder)


def names(results):
    return [hit.picture.path.rpartition("/")[2] for hit in results.hits]


def joined(pages):
    return [name for page in pages for name in page]


def read_on(searcher, query, between=lambda: None, restarted=None):
    """The names on all pages, one list a page."""
    pages, cursor = [], ""
    while True:
        results = searcher.search(replace(query, cursor=cursor))
        pages.append(names(results))
        if not results.next:
            return pages
        cursor = results.next
        between()
        searcher = restarted() if restarted else searcher


@pytest.mark.parametrize(
    "typed", ["red", "", "red sort:newest", "sort:oldest", "red sort:diverse", "-red", "in:pictures"]
)
@pytest.mark.parametrize("restarts", [False, True])
def test_the_pages_are_one_list(shades, typed, restarts):
    query = replace(parse(typed), limit=7)
    pages = read_on(anew(shades), query, restarted=(lambda: anew(shades)) if restarts else None)
    assert [len(page) for page in pages] == [7, 7, 7, 7, 2]
    assert joined(pages) == names(anew(shades).search(replace(query, limit=100)))


def test_ranks_go_on(shades):
    searcher = anew(shades)
    first = searcher.search(replace(parse("red"), limit=4))
    second = searcher.search(replace(parse("red"), limit=4, cursor=first.next))
    assert [hit.rank for hit in second.hits] == [5, 6, 7, 8]
    assert second.total == first.total == 30


@pytest.mark.parametrize("typed", ["red", "sort:newest"])
@pytest.mark.parametrize("restarts", [False, True])
def test_what_comes_and_goes_meanwhile_shifts_nothing(shades, typed, restarts):
    before = {path.name for path in shades.pictures.iterdir()}
    made = iter(range(100, 200))
    gone = set()

    def between():
        for _ in range(5):  # red ones come first in every order asked for here
            paint(shades.pictures / f"{next(made)}.png", "red", next(made))
        leaving = max(path.name for path in shades.pictures.iterdir() if path.name in before - gone)
        gone.add(leaving)
        (shades.pictures / leaving).unlink()
        shades.index()

    pages = read_on(
        anew(shades), replace(parse(typed), limit=7), between, restarted=(lambda: anew(shades)) if restarts else None
    )
    shown = joined(pages)
    assert len(set(shown)) == len(shown)
    assert set(shown) >= before - gone


def test_reading_on_goes_deeper_than_the_first_ranking(shades, monkeypatch):
    whole = names(anew(shades).search(replace(parse("red"), limit=100)))
    monkeypatch.setattr(module, "DEPTH", 8)
    pages = read_on(anew(shades), replace(parse("red"), limit=4))
    assert sorted(joined(pages)) == sorted(whole)
    assert pages[0] == whole[:4]


def test_the_newest_match_is_first_however_deep_it_lies(shades, monkeypatch):
    monkeypatch.setattr(module, "DEPTH", 5)
    shown = names(anew(shades).search(replace(parse("png sort:newest"), mode="lexical", limit=3)))
    assert shown == ["29.png", "28.png", "27.png"]


def test_copies_come_once_over_all_pages(shades):
    for at in (0, 6, 12, 18):
        (shades.pictures / f"copy of {at}.png").write_bytes((shades.pictures / f"{at:02}.png").read_bytes())
    shades.index()
    pages = read_on(anew(shades), replace(parse("red"), limit=4, fold=True))
    shown = joined(pages)
    assert len(shown) == len(set(shown))
    for at in (0, 6, 12, 18):
        assert len({f"{at:02}.png", f"copy of {at}.png"} & set(shown)) == 1


@pytest.mark.parametrize("cursor", ["x", "ä", "W10", "bnVsbA", "WyJhIiwiYiIsMSwiYyJd"])
def test_a_cursor_that_is_none_is_refused(shades, cursor):
    with pytest.raises(QueryError, match="cursor"):
        anew(shades).search(replace(parse("red"), cursor=cursor))


def test_a_cursor_belongs_to_its_query(shades):
    searcher = anew(shades)
    cursor = searcher.search(replace(parse("red"), limit=2)).next
    with pytest.raises(QueryError, match="another query"):
        searcher.search(replace(parse("green"), limit=2, cursor=cursor))
