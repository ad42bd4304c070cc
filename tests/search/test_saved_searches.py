"""Saving a search, coming back to it, and seeing what is new."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import imsearch
from indexer.decode import decode  # noqa: F401 - loaded before the runner swaps the streams
from search import Library
from tests.conftest import paint


@pytest.fixture
def run(tmp_path, installed):
    def run(*args):
        made = CliRunner().invoke(imsearch.cli, ["--library", str(tmp_path / "library"), *map(str, args)])
        return made.exit_code, made.output

    (tmp_path / "pictures").mkdir()
    paint(tmp_path / "pictures" / "barn one.png", "red", seed=1)
    with Library.open(tmp_path / "library", create=True, model="colour") as library:
        library.index([tmp_path / "pictures"], ocr=False)
    run.pictures = tmp_path / "pictures"
    return run


def test_what_was_indexed_since_is_new_until_it_is_looked_at(run, tmp_path):
    assert run("save", "barns", '"barn"', "-boat", "sort:newest") == (0, 'barns: -boat "barn" sort:newest\n')
    assert json.loads(run("saved", "--json")[1]) == [{"name": "barns", "query": '-boat "barn" sort:newest', "new": 0}]
    paint(run.pictures / "barn two.png", "blue", seed=2)
    with Library.open(tmp_path / "library") as library:
        library.index([run.pictures], ocr=False)
    assert "(1 new)" in run("saved")[1]
    found = json.loads(run("saved", "barns", "--new", "--json")[1])["hits"]
    assert [hit["path"].rpartition("/")[2] for hit in found] == ["barn two.png"]
    assert len(json.loads(run("saved", "barns", "--json")[1])["hits"]) == 2
    assert json.loads(run("saved", "barns", "--new", "--json")[1])["hits"] == []


def test_what_was_not_shown_stays_new(run, tmp_path):
    run("save", "all barns", '"barn"')
    for i in range(3):
        paint(run.pictures / f"barn {i}.png", "blue", seed=10 + i)
    with Library.open(tmp_path / "library") as library:
        library.index([run.pictures], ocr=False)
    some = json.loads(run("saved", "all barns", "--new", "--limit", "2", "--json")[1])
    assert (len(some["hits"]), some["total"]) == (2, 3)
    for options in (("--new", "--limit", 2), ("--limit", 1)):
        told = run("saved", "all barns", *options)[1]
        assert "more new" in told and "imsearch saved 'all barns' --new --limit 3" in told
    assert "(3 new)" in run("saved")[1]
    assert "more new" not in run("saved", "all barns", "--new", "--limit", 3)[1]
    assert "new" not in run("saved")[1]


def test_a_saved_search_is_replaced_and_forgotten(run):
    run("save", "barns", "barn")
    assert run("save", "barns", "boat")[1] == "barns: boat\n"
    assert run("saved", "barns", "--forget") == (0, "barns is forgotten.\n")
    assert "Nothing is saved yet" in run("saved")[1]


def test_what_cannot_be_saved_or_found_is_told(run):
    run("save", "barns", "barn")
    code, told = run("saved", "barn")
    assert (code, "did you mean barns?" in told) == (2, True)
    code, told = run("save", "x", "colr:red")
    assert (code, "colr:red" in told) == (2, True)
    assert run("saved", "--new")[0] == 2
