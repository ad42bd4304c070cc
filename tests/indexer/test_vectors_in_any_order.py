"""Whatever is added, removed, saved and loaded in whatever order, FAISS and the oracle agree."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from indexer.vectors.exact import ExactIndex
from indexer.vectors.faiss import FaissIndex
from tests.contracts.vector_index import unit

DIM = 8
SOME_KEYS = st.lists(st.integers(0, 60), unique=True, max_size=30).map(lambda keys: np.array(keys, np.int64))


class TwoIndexes(RuleBasedStateMachine):
    exact_up_to = 10_000

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.oracle, self.index = ExactIndex(DIM), FaissIndex(DIM, self.exact_up_to)

    def teardown(self):
        shutil.rmtree(self.folder)

    @rule(keys=SOME_KEYS, seed=st.integers(0, 99))
    def add(self, keys, seed):
        rows = unit(len(keys), seed, DIM)
        self.oracle.add(keys, rows)
        self.index.add(keys, rows)

    @rule(keys=SOME_KEYS)
    def remove(self, keys):
        assert self.index.remove(keys) == self.oracle.remove(keys)

    @precondition(lambda self: self.oracle.count)
    @rule()
    def save_and_load(self):
        self.index.save(self.folder / "v", "m@1")
        loaded = FaissIndex.load(self.folder / "v", "m@1")
        loaded._exact_up_to = self.exact_up_to
        self.index = loaded

    @rule(seed=st.integers(100, 199), k=st.integers(0, 70), among=st.none() | SOME_KEYS)
    def search(self, seed, k, among):
        query = unit(1, seed, DIM)[0]
        (keys, scores), (true_keys, true_scores) = (i.search(query, k, among) for i in (self.index, self.oracle))
        self.agree(query, keys, scores, true_keys, true_scores)

    def agree(self, query, keys, scores, true_keys, true_scores):
        # rows are stored in half precision: two cosines closer than its rounding may change places
        np.testing.assert_allclose(scores, true_scores, atol=2e-3)
        assert len(set(keys.tolist())) == len(keys)

    @invariant()
    def they_count_the_same(self):
        assert self.index.count == self.oracle.count


class TwoIndexesOnceBig(TwoIndexes):
    """With so few vectors as "big" the index becomes an IVF and is retrained while the test runs."""

    exact_up_to = 12

    def agree(self, query, keys, scores, true_keys, true_scores):
        # an IVF may miss some: what it finds must be there, with its true cosine, best first
        _, all_scores = self.oracle.search(query, 100, keys)
        np.testing.assert_allclose(scores, all_scores, atol=2e-3)
        assert set(keys.tolist()) <= set(self.oracle.search(query, 100)[0].tolist())
        assert len(keys) <= len(true_keys)


TestSmall = TwoIndexes.TestCase
TestSmall.settings = settings(max_examples=30, stateful_step_count=15)
TestBig = TwoIndexesOnceBig.TestCase
TestBig.settings = settings(max_examples=30, stateful_step_count=15)
