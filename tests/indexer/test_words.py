"""Searching by words: any text a person may type, in any script."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.filters import Condition
from indexer.records import Text
from tests.conftest import paint
from tests.small import said, write


@pytest.fixture
def worded(shelf):
    texts = [
        "TOTALSALES 12.50 RM",
        "東京都庁の夜景",
        "the quick brown fox",
        "grüße aus Köln",
        "서울특별시 강남구",
        "สวัสดีครับ",
    ]
    for i, _ in enumerate(texts):
        paint(shelf.pictures / f"Beach_Party2024/IMG_{i:04}.png", "red", i)
    shelf.index()
    for i, text in enumerate(texts, 1):
        write(shelf.catalog, Text(i, "ocr", text, "rapidocr"))
    return shelf


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("total", 1), ("東京", 2), ("京都", 2), ("庁", 2), ("夜景", 2), ("foxes", 3), ("FOX", 3), ("koln", 4), ("gruße", 4),
        ("특별", 5), ("강남구", 5), ("สวัส", 6), ("0004", 5), ("quick fox", 3),
    ],
)  # fmt: skip
def test_words_are_found_inside_longer_strings_and_in_any_script(worded, typed, found):
    assert worded.catalog.lexical(typed, 10)[0].id == found


def test_folder_words_and_word_borders_are_found(worded):
    assert len(worded.catalog.lexical("party", 10)) == 6
    assert worded.catalog.lexical("beach", 10)[0].fields == ("folder",)


def test_a_picture_with_more_of_the_words_comes_first(worded):
    write(worded.catalog, Text(6, "note", "fox fox fox fox", "user"))
    assert [m.id for m in worded.catalog.lexical("quick brown fox", 10)][:2] == [3, 6]


def test_a_word_that_is_nowhere_does_not_hide_what_the_others_find(worded):
    (match,) = worded.catalog.lexical("zeppelin total", 10)
    assert (match.id, match.fields) == (1, ("ocr",))


def test_a_word_inside_a_longer_one_counts_half(worded):
    write(worded.catalog, Text(3, "note", "the total", "user"))
    first, second = worded.catalog.lexical("total", 10)
    assert (first.id, second.id) == (3, 1)
    assert first.score >= 1 > second.score


def test_pictures_with_two_of_three_words_come_before_hundreds_with_the_rarest(worded):
    write(worded.catalog, Text(6, "note", "brown fox", "user"))
    for i in range(500):
        paint(worded.pictures / f"zebra/zebra_{i}.png", "green", 1000 + i, size=(8, 8))
    worded.index()
    assert [m.id for m in worded.catalog.lexical("brown fox zebra", 3)][:2] == [6, 3]


def test_only_pictures_that_pass_the_filter_are_ranked(worded):
    among = worded.catalog.filter(Condition("type", "jpeg"))
    assert worded.catalog.lexical("party", 10, among) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    st.one_of(
        st.text(max_size=40),
        st.sampled_from(['"', "'", "a AND", "NEAR(", "*", "name:x", "-", "a\0b", "\ud800", "(((", "^x"]),
    )
)
def test_anything_typed_is_words_and_never_syntax(worded, typed):
    worded.catalog.lexical(typed, 5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(max_size=60))
def test_any_text_can_be_stored(worded, text):
    write(worded.catalog, Text(1, "note", text, "user"))


def test_a_new_reading_replaces_the_old_one_and_leaves_captions_and_notes(shelf):
    paint(shelf.pictures / "a.png", "red")
    shelf.index()
    for kind, text, model in (
        ("caption", "a red wall", "gemma"),
        ("note", "mine", "user"),
        ("ocr", "mine too", "user"),
    ):
        write(shelf.catalog, Text(1, kind, text, model))
    for reading in ("frist", "first"):
        shelf.catalog.texts.annotate(1, "ocr", said(revision=reading, lines=[reading]))
    assert [text.text for text in shelf.catalog.texts.of(1)] == ["a red wall", "mine", "mine too", "first"]
