from __future__ import annotations

import numpy as np
import pytest

from indexer.vectors.exact import ExactIndex
from indexer.vectors.faiss import FaissIndex
from tests.conftest import shared
from tests.contracts.vector_index import DIM, VectorIndexContract


class TestExact(VectorIndexContract):
    def make(self):
        return ExactIndex(DIM)


class TestFaissExact(VectorIndexContract):
    def make(self):
        return FaissIndex(DIM)


def spread(real, count, seed=0):
    """Vectors round real ones: a mix of two, and noise, so that nearest neighbours stay as near as real ones are."""
    rng = np.random.default_rng(seed)
    a, b = real[rng.integers(len(real), size=count)], real[rng.integers(len(real), size=count)]
    share = rng.uniform(0.6, 1, (count, 1)).astype(np.float32)
    rows = share * a + (1 - share) * b + rng.normal(0, 0.3 / np.sqrt(real.shape[1]), a.shape).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def known():
    """Forty thousand vectors round real ones, and of a hundred real queries the cosine with each."""
    real = np.load(shared("data/vectors") / "images_cnclip_vitb16_8k_f16.npy").astype(np.float32)
    real /= np.linalg.norm(real, axis=1, keepdims=True)
    queries, real = real[:100], real[100:]
    rows = spread(real, 40_000).astype(np.float16).astype(np.float32)
    return rows, queries, queries @ rows.T


@pytest.mark.parametrize("exact_up_to", [1_000_000, 15_000], ids=["exact", "ivf"])
def test_recall_against_the_oracle_on_vectors_round_real_ones(known, exact_up_to):
    """An IVF made at 20,000 and trained anew at 40,000; docs/performance.md tells of millions."""
    rows, queries, cosines = known
    ids = np.arange(len(rows))
    index = FaissIndex(rows.shape[1], exact_up_to)
    for at in range(0, len(rows), 20_000):
        index.add(ids[at : at + 20_000], rows[at : at + 20_000])
    some = np.sort(np.random.default_rng(1).choice(ids, 200, replace=False))
    right = 0
    for query, scores in zip(queries, cosines, strict=True):
        right += len(set(np.argpartition(-scores, 10)[:10].tolist()) & set(index.search(query, 10)[0].tolist()))
        best = some[np.argsort(-scores[some])[:10]]
        assert set(index.search(query, 10, some)[0].tolist()) == set(best.tolist())
    assert right / 1000 >= 0.98
