"""A query as chips: what the page shows of it, takes away and puts back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indexer.filters import both, condition
from search.chips import chips
from search.parser import parse, parse_parts
from search.query import Example


def chipped(text):
    query, parts = parse_parts(text)
    return chips(query, query, parts)


@pytest.mark.parametrize(
    "typed",
    [
        "", "red", "+sunset", "+1*sunset cat", "+2*(two words) red -night", "a beach without people or dogs at dusk",
        "red in:rome car", "(in:a or in:b) -(type:gif has:ocr)", "(in:a in:b) or in:c type:gif", "dog not", "(not)",
        'no:caption "grand hotel"', "like:12@1,2,3,4 -0.5*like:9 sort:newest sort:oldest", "“curled” rating:>=4",
    ],
)  # fmt: skip
def test_the_texts_of_all_chips_are_the_query_again(typed):
    assert parse(" ".join(chip.text for chip in chipped(typed))) == parse(typed)


def test_each_chip_says_what_it_is_and_where_it_was_typed():
    typed = "beach without people in:rome  -0.5*(parked cars) like:12@1,2,3,4 type:jpeg or type:png sort:newest"
    found = [(c.kind, c.what, c.weight, typed[c.start : c.end]) for c in chipped(typed)]
    assert found == [
        ("words", "beach", 1, "beach"),
        ("words", "parked cars", -0.5, "-0.5*(parked cars)"),
        ("example", "12", 1, "like:12@1,2,3,4"),
        ("words", "people", -1, "people"),
        ("filter", "in:rome", 1, "in:rome"),
        ("filter", "type:jpeg or type:png", 1, "type:jpeg or type:png"),
        ("order", "newest", 1, "sort:newest"),
    ]
    assert chipped(typed)[2].box_xywh == (1, 2, 3, 4)


def test_what_was_given_beside_the_words_is_a_chip_without_a_place():
    typed, parts = parse_parts("red in:rome")
    whole = replace(typed, terms=(Example(id=3),), filters=both(typed.filters, condition("type", "gif")))
    assert [(c.text, c.start) for c in chips(whole, typed, parts)] == [
        ("red", 0), ("like:3", None), ("in:rome", 4), ("type:gif", None),
    ]  # fmt: skip
