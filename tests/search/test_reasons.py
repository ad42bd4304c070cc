"""Where a query's words stand in what was found."""

from __future__ import annotations

import pytest

from indexer.records import Picture, Text
from search.reasons import matches, spans
from tests.conftest import paint
from vlm.protocols import TextLine


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("The Grand Hotel", ["grand", "hotel"], ["Grand", "Hotel"]),
        ("red barns and a barn", ["barn"], ["barns", "barn"]),
        ("he was running home", ["run"], ["running"]),
        ("CAFÉ de Flore", ["cafe"], ["CAFÉ"]),
        ("our beachparty", ["party"], ["party"]),
        ("東京都庁の夜景", ["夜景"], ["夜景"]),
        ("IMG_2044", ["2044"], ["2044"]),
        ("nothing here", ["cat"], []),
        ("a cat", ["a"], ["a"]),
        ("", ["x"], []),
    ],
)
def test_words_are_marked_as_they_stand(text, words, marked):
    assert [text[start:end] for start, end in spans(text, words)] == marked


def test_each_kind_of_text_tells_its_own_matches():
    picture = Picture(1, "/home/rome trip/hotel.jpg", "", 1, 1, 9, 9, "jpeg")
    texts = [
        Text(1, "ocr", "GRAND HOTEL\nbill", "rapidocr", lines=(TextLine("GRAND HOTEL", 0.9, (1, 2, 30, 9)), TextLine("bill", 0.9, (1, 12, 9, 19)))),
        Text(1, "caption", "a hotel in Rome", "blip"),
        Text(1, "note", "nothing of it", "user"),
    ]  # fmt: skip
    found = {(match.kind, match.text): match for match in matches("hotel rome", picture, texts)}
    assert list(found) == [
        ("name", "hotel.jpg"), ("folder", "/home/rome trip"), ("ocr", "GRAND HOTEL"), ("caption", "a hotel in Rome"),
    ]  # fmt: skip
    assert found["ocr", "GRAND HOTEL"].box_xyxy == (1, 2, 30, 9)
    assert found["caption", "a hotel in Rome"].spans == ((2, 7), (11, 15))


def test_explain_tells_terms_filters_signals_and_matches(shelf):
    import json

    from click.testing import CliRunner

    import imsearch
    from search import Library

    paint(shelf.pictures / "barn.png", "red", seed=1)
    place = shelf.pictures.parent / "explained"
    with Library.open(place, create=True, model="mini") as library:
        library.index([shelf.pictures], ocr=False)
    told = json.loads(
        CliRunner().invoke(imsearch.cli, ["--library", str(place), "explain", "barn -boat type:png"]).output
    )
    assert (told["query"], told["kept"]) == ("barn -boat type:png", 1)
    assert told["terms"] == [{"text": "barn", "weight": 1.0}, {"text": "boat", "weight": -1.0}]
    assert told["hits"][0]["signals"].keys() == {"dense", "name"}
    assert {"kind": "name", "text": "barn.png", "spans": [[0, 4]], "box_xyxy": None} in told["hits"][0]["matches"]
