"""A user says which results answer a query, and measures the library on that."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from imsearch import cli
from tests.conftest import paint


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("judged")
    for i in range(4):
        paint(folder / f"pictures/crimson{i}.png", "red", seed=i)
        paint(folder / f"pictures/ocean{i}.png", "blue", seed=50 + i)
    imsearch(folder / "library", "index", folder / "pictures", "--no-ocr")
    return folder / "library"


def imsearch(library, *arguments, code=0):
    done = CliRunner().invoke(cli, [*map(str, arguments), "--library", str(library)])
    assert done.exit_code == code, done.output
    return done.output


def ids(library, word):
    lines = imsearch(library, "export", word, "--mode", "lexical", "--format", "jsonl").splitlines()
    return [json.loads(line)["id"] for line in lines if word in line]


def test_judged_results_are_kept_listed_measured_on_and_forgotten(library):
    assert "Nothing was judged yet" in imsearch(library, "judge", "--list")
    assert "imsearch judge QUERY" in imsearch(library, "evaluate", code=2)
    red, blue = ids(library, "crimson"), ids(library, "ocean")
    imsearch(library, "judge", "crimson", *red, library.parent / "pictures/ocean0.png", "--good")
    said = imsearch(library, "judge", "  crimson ", library.parent / "pictures/ocean0.png", "--bad")
    assert "1 picture judged bad for 'crimson'" in said
    imsearch(library, "judge", "two words", blue[0], "--bad")
    assert "Nothing was judged for 'sea'" in imsearch(library, "judge", "sea", "--list")
    listed = imsearch(library, "judge", "--list")
    assert (listed.count("good"), listed.count("bad")) == (4, 2)
    rows = json.loads(imsearch(library, "judge", "crimson", "--list", "--json"))
    assert [row["good"] for row in rows] == [True] * 4 + [False]
    figures = json.loads(imsearch(library, "evaluate", "--mode", "lexical", "--json"))
    assert (figures["queries"], figures["recall@5"], figures["ndcg@10"], figures["precision@5"]) == (2, 1.0, 1.0, 0.8)
    assert figures["bad@5"] == 0.0
    assert "1 judgement of 'crimson' forgotten" in imsearch(library, "judge", "crimson", red[0], "--forget")
    imsearch(library, "judge", "crimson", "--forget")
    imsearch(library, "judge", "two words", "--forget")
    assert json.loads(imsearch(library, "judge", "--list", "--json")) == []


def test_bad_results_in_front_are_counted(library):
    red = ids(library, "crimson")
    imsearch(library, "judge", "crimson", *red[:2], "--good")
    imsearch(library, "judge", "crimson", *red[2:], "--bad")
    figures = json.loads(imsearch(library, "evaluate", "--mode", "lexical", "--json"))
    assert (figures["bad@5"], figures["precision@5"]) == (0.4, 0.4)
    imsearch(library, "judge", "crimson", "--forget")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "No query is given"),
        (("red",), "add --good, --bad"),
        (("red", "1"), "add --good, --bad"),
        (("red", "--good"), "No picture is named"),
        (("red", "999", "--good"), "no picture 999"),
        (("red", "nowhere.jpg", "--bad"), "nowhere.jpg is not in the library"),
        (("never judged", "--forget"), "Nothing of that was judged"),
        (("red", "1", "--good", "--list"), "--list only shows"),
    ],
)
def test_what_says_nothing_is_refused_in_one_sentence(library, arguments, said):
    told = imsearch(library, "judge", *arguments, code=2)
    assert said in told
    assert len(told.splitlines()) == 1
