from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.records import LexicalMatch
from search.cutoff import threshold
from search.evaluate import ndcg, recall
from search.ranking import fuse

ids = st.lists(st.integers(1, 50), unique=True, max_size=20)


@given(ids, ids)
def test_fusing_loses_nothing_and_invents_nothing(dense, lexical):
    fused = fuse([(i, 0.5) for i in dense], [LexicalMatch(i, 1.0, ("ocr",)) for i in lexical])
    assert {row.id for row in fused} == {*dense, *lexical}
    assert [row.score for row in fused] == sorted((row.score for row in fused), reverse=True)


DENSE = [(1, 0.4), (2, 0.38), (3, 0.2), (4, 0.1)]


def test_a_rare_word_that_was_printed_is_what_was_meant_and_a_common_one_in_a_name_is_not():
    assert fuse(DENSE, [LexicalMatch(4, 1.05, ("ocr",), 1.0, 1.0)], 0.1, 0.25)[0].id == 4
    assert fuse(DENSE, [LexicalMatch(4, 1.05, ("name",), 1.0, 0.05)], 0.1, 0.25)[0].id == 1


def test_of_pictures_in_the_folder_that_was_named_the_one_that_shows_the_rest_comes_first():
    rome = [LexicalMatch(i, 0.55, ("folder",), 0.8, 0.5) for i in (2, 3)]
    assert [row.id for row in fuse(DENSE, rome, 0.1, 0.25)][:2] == [2, 3]


def test_few_of_many_words_do_not_lift_a_picture():
    assert fuse(DENSE, [LexicalMatch(9, 0.2, ("name",), 0.15, 0.5)], 0.1, 0.25)[0].id == 1


def test_words_alone_rank_as_words_do():
    assert [row.id for row in fuse([], [LexicalMatch(7, 1.1, ("note",)), LexicalMatch(3, 0.5, ("name",))])] == [7, 3]


def test_without_a_calibration_the_query_is_its_own_measure():
    assert [row.id for row in fuse(DENSE, [LexicalMatch(3, 1.0, ("ocr",))])] == [3, 1, 2, 4]


@given(
    ids,
    ids,
    st.floats(-1, 1),
    st.sampled_from([("ocr",), ("name", "folder"), ("note", "tag", "caption", "ocr", "name")]),
)
def test_the_shares_of_a_hit_make_up_the_whole(dense, lexical, middle, fields):
    """Also where meaning speaks against a picture, and where words say nothing."""
    found = [LexicalMatch(i, i % 3 / 2, fields, 0.5, i % 4 / 3) for i in lexical]
    for row in fuse([(i, 0.5 - 0.02 * rank) for rank, i in enumerate(dense)], found, middle, 0.2):
        assert sum(signal.share for signal in row.signals) == pytest.approx(1)
        assert all(0 <= signal.share <= 1 for signal in row.signals)


def test_a_share_says_what_a_hit_is_there_for():
    by_meaning, by_both, by_words, below_the_middle = (
        {signal.name: round(signal.share, 3) for signal in row.signals}
        for row in sorted(
            fuse(
                [(1, 0.5), (2, 0.3), (4, 0.05)],
                [
                    LexicalMatch(2, 1, ("note", "name", "folder"), 1.0, 0.5),
                    *(LexicalMatch(i, 1, ("ocr",)) for i in (3, 4)),
                ],
                0.1,
                0.2,
            ),
            key=lambda row: row.id,
        )
    )
    assert by_meaning == {"dense": 1}
    # (0.3 - 0.1) / 0.2 against 2.6 x 0.5, which the note and the name (with its folder) share
    assert by_both == {"dense": 0.435, "note": 0.283, "name": 0.283}
    assert by_words == {"text": 1}
    assert below_the_middle == {"dense": 0, "text": 1}


def test_the_cut_off_follows_the_scatter_of_the_query_itself():
    background = [0.2 + 0.001 * (i % 20) for i in range(200)]
    assert 0.21 < threshold([0.35, *background]) < 0.35
    assert threshold([0.5] * 3) == -1


def test_metrics_agree_with_figures_worked_by_hand():
    assert recall([1, 7], 2, 5) == 0.5
    assert ndcg([1], 1, 10) == 1
    assert round(ndcg([3], 1, 10), 4) == 0.5
