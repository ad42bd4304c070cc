"""Where a query's words stand in what was found."""

from __future__ import annotations

import pytest

from indexer.records import Edit, Picture, Text
from search.query import Query
from search.reasons import matches, spans
from search.searcher import Searcher
from tests.conftest import paint
from tests.small import said
from vlm import DetectedObject
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


def test_what_a_detector_found_is_called_an_object_and_shown_where_it_is(shelf):
    paint(shelf.pictures / "one.png", "red", seed=1)
    paint(shelf.pictures / "two.png", "red", seed=2)
    shelf.index()
    cow = DetectedObject("cow", 0.9, (1.0, 2.0, 30.0, 40.0))
    shelf.catalog.texts.annotate(1, "object", said("yolox", objects=(cow, cow)))
    shelf.catalog.edits.make([2], Edit(tags=("cows",)), "2024-05-01T00:00:00+00:00")
    searcher = Searcher(shelf.store, lambda: shelf.embedder)

    def signals():
        hits = searcher.search(Query("cows", mode="lexical")).hits
        return {hit.picture.id: {signal.name: signal.share for signal in hit.signals} for hit in hits}

    assert signals() == {1: {"object": 1.0}, 2: {"tag": 1.0}}
    shelf.catalog.edits.make([1], Edit(tags=("cow",)), "2024-05-01T00:00:00+00:00")
    assert signals()[1] == {"tag": 0.5, "object": 0.5}
    (picture,) = shelf.store.get([1])
    found = matches("cows", picture, [], shelf.store.objects(1))
    assert [(match.kind, match.text, match.box_xyxy) for match in found] == [("object", "cow", (1, 2, 30, 40))] * 2


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
