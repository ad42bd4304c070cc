from __future__ import annotations

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


def test_a_match_of_all_words_competes_with_meaning_and_one_of_few_does_not():
    dense = [(1, 0.4), (2, 0.3)]
    assert fuse(dense, [LexicalMatch(2, 1.05, ("name",))])[0].id == 2
    assert fuse(dense, [LexicalMatch(9, 0.3, ("name",))])[0].id == 1


def test_the_cut_off_follows_the_scatter_of_the_query_itself():
    background = [0.2 + 0.001 * (i % 20) for i in range(200)]
    assert 0.21 < threshold([0.35, *background]) < 0.35
    assert threshold([0.5] * 3) == -1


def test_metrics_agree_with_figures_worked_by_hand():
    assert recall([1, 7], 2, 5) == 0.5
    assert ndcg([1], 1, 10) == 1
    assert round(ndcg([3], 1, 10), 4) == 0.5
