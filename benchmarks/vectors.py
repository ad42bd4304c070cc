"""How good and how fast the vector index is beside other kinds of FAISS index, on vectors spread round real ones.

    python -m benchmarks.vectors REAL.npy --count 1000000 --kinds ours,exact-fp16
    python -m benchmarks.vectors PAIRS.npz:PICTURES --ask PAIRS.npz:TEXTS

Held-out real vectors are the queries, or other ones with --ask (vectors of texts lie further from all pictures than
pictures do from each other, and are harder on an index that looks into some lists only). Recall@10 is against a plain float32 product. Each search is timed alone, as a
person's query comes; every kind answers the same queries in turn, so that a noisy machine is noisy to all.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from benchmarks.spread import Rows, real_vectors, spread
from indexer.vectors.faiss import FaissIndex

BATCH = 50_000


@dataclass
class Kind:
    """An index under test: its name, what builds it, and one search (query, k, allowed keys) -> keys."""

    name: str
    build: Callable[[Rows], Any]
    search: Callable[[Any, Rows, int, Any], Any]
    save: Callable[[Any, Path], None]


def ours(rows: Rows) -> FaissIndex:
    index = FaissIndex(rows.shape[1])
    for at in range(0, len(rows), BATCH):
        index.add(np.arange(at, min(at + BATCH, len(rows)), dtype=np.int64), rows[at : at + BATCH])
    return index


def _trained(make: Callable[[int, int], Any]) -> Callable[[Rows], Any]:
    def build(rows: Rows) -> Any:
        lists = int(4 * np.sqrt(len(rows)))
        index = make(rows.shape[1], lists)
        if not index.is_trained:
            some = np.random.default_rng(0).choice(len(rows), min(len(rows), 40 * lists), replace=False)
            index.train(rows[np.sort(some)])
        for at in range(0, len(rows), BATCH):
            index.add(rows[at : at + BATCH])
        return index

    return build


def _flat(kind: int) -> Callable[[int, int], Any]:
    return lambda dim, _: faiss.IndexScalarQuantizer(dim, kind, faiss.METRIC_INNER_PRODUCT)


def _ivf(kind: int) -> Callable[[int, int], Any]:
    return lambda dim, lists: faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dim), dim, lists, kind, faiss.METRIC_INNER_PRODUCT, False
    )


def _rabitq(dim: int, lists: int) -> Any:
    coarse = faiss.IndexIVFRaBitQFastScan(faiss.IndexFlatIP(dim), dim, lists, faiss.METRIC_INNER_PRODUCT)
    fine = faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    return faiss.IndexRefine(coarse, fine)


def _hnsw(dim: int, _: int) -> Any:
    return faiss.IndexHNSWSQ(dim, faiss.ScalarQuantizer.QT_8bit, 32, faiss.METRIC_INNER_PRODUCT)


def _search(parameters: Callable[[Any, Any], Any]) -> Callable[[Any, Rows, int, Any], Any]:
    def search(index: Any, query: Rows, k: int, among: Any) -> Any:
        selector = None if among is None else faiss.IDSelectorBatch(among)
        return index.search(query[None], k, params=parameters(index, selector))[1][0]

    return search


def _sel(selector: Any) -> dict[str, Any]:
    return {} if selector is None else {"sel": selector}


def _probing(share: int) -> Callable[[Any, Any], Any]:
    return lambda index, sel: faiss.SearchParametersIVF(
        nprobe=index.nlist if sel is not None else max(16, index.nlist // share), **_sel(sel)
    )


def _refining(share: int, factor: int) -> Callable[[Any, Any], Any]:
    def parameters(index: Any, sel: Any) -> Any:
        coarse = faiss.downcast_index(index.base_index)
        inner = faiss.IVFRaBitQSearchParameters()
        inner.nprobe = coarse.nlist if sel is not None else max(16, coarse.nlist // share)
        inner.qb = 8
        if sel is not None:
            inner.sel = sel
        return faiss.IndexRefineSearchParameters(k_factor=factor, base_index_params=inner)

    return parameters


def _write(index: Any, path: Path) -> None:
    faiss.write_index(index, str(path))


SQ = faiss.ScalarQuantizer
KINDS = {
    kind.name: kind
    for kind in (
        Kind("ours", ours, lambda i, q, k, a: i.search(q, k, a)[0], lambda i, path: i.save(path, "m@1")),
        Kind("exact-fp16", _trained(_flat(SQ.QT_fp16)), _search(lambda _, s: faiss.SearchParameters(**_sel(s))), _write),
        Kind("exact-sq8", _trained(_flat(SQ.QT_8bit)), _search(lambda _, s: faiss.SearchParameters(**_sel(s))), _write),
        Kind("ivf-fp16 1/64", _trained(_ivf(SQ.QT_fp16)), _search(_probing(64)), _write),
        Kind("ivf-fp16 1/32", _trained(_ivf(SQ.QT_fp16)), _search(_probing(32)), _write),
        Kind("ivf-fp16 1/16", _trained(_ivf(SQ.QT_fp16)), _search(_probing(16)), _write),
        Kind("ivf-sq8 1/32", _trained(_ivf(SQ.QT_8bit)), _search(_probing(32)), _write),
        Kind("ivf-rabitq 1/16 x20", _trained(_rabitq), _search(_refining(16, 20)), _write),
        Kind("ivf-rabitq 1/16 x50", _trained(_rabitq), _search(_refining(16, 50)), _write),
        Kind(
            "hnsw-sq8",
            _trained(_hnsw),
            _search(lambda _, s: faiss.SearchParametersHNSW(efSearch=128, **_sel(s))),
            _write,
        ),
    )
}  # fmt: skip


def measure(kinds: list[Kind], rows: Rows, queries: Rows, kept: int) -> list[dict[str, object]]:
    """Build every kind, then ask all of them each query, unfiltered and among `kept` random keys."""
    built: dict[str, tuple[Any, float, int]] = {}
    shared: dict[tuple[str, ...], Any] = {}
    for kind in kinds:
        family = kind.name.split(" ")[0]
        if (family,) not in shared:
            started = time.perf_counter()
            index = kind.build(rows)
            seconds = time.perf_counter() - started
            with tempfile.TemporaryDirectory() as folder:
                kind.save(index, Path(folder) / "v")
                size = sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file())
            shared[family,] = (index, seconds, size)
            print(f"{family}: built in {seconds:.0f} s", file=sys.stderr)
        built[kind.name] = shared[family,]
    among = np.sort(np.random.default_rng(1).choice(len(rows), kept, replace=False)).astype(np.int64)
    right = {(kind.name, way): 0 for kind in kinds for way in ("all", "among")}
    took: dict[tuple[str, str], list[float]] = {key: [] for key in right}
    for query in queries:
        scores = rows @ query
        true = {"all": _top(scores), "among": {int(among[i]) for i in _top(scores[among])}}
        for kind in kinds:
            for way, keys in (("all", None), ("among", among)):
                started = time.perf_counter()
                found = kind.search(built[kind.name][0], query, 10, keys)
                took[kind.name, way].append(1000 * (time.perf_counter() - started))
                right[kind.name, way] += len(true[way] & set(found.tolist()))
    return [
        {
            "kind": kind.name,
            "build_s": round(built[kind.name][1], 1),
            "bytes_a_vector": round(built[kind.name][2] / len(rows), 1),
            **{
                f"{figure}_{way}": round(value, 3 if figure == "recall@10" else 2)
                for way in ("all", "among")
                for figure, value in (
                    ("recall@10", right[kind.name, way] / (10 * len(queries))),
                    ("p50_ms", float(np.percentile(took[kind.name, way], 50))),
                    ("p95_ms", float(np.percentile(took[kind.name, way], 95))),
                )
            },
        }
        for kind in kinds
    ]


def _top(scores: Any) -> set[int]:
    return {int(i) for i in np.argpartition(-scores, 10)[:10]}


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("real", help="an .npy file of float16 unit rows")
    ask.add_argument("--ask", help="vectors that are asked for, in place of held-out ones")
    ask.add_argument("--count", type=int, default=1_000_000)
    ask.add_argument("--queries", type=int, default=200)
    ask.add_argument("--keep", type=int, default=1000, help="the filter keeps one in this many")
    ask.add_argument("--kinds", default="ours", help=f"comma-separated, of: {', '.join(KINDS)}")
    given = ask.parse_args()
    real = real_vectors(given.real)
    if given.ask:
        queries = real_vectors(given.ask)[: given.queries]
    else:
        queries, real = real[: given.queries], real[given.queries :]
    rows = spread(real, given.count)
    figures = measure([KINDS[name] for name in given.kinds.split(",")], rows, queries, given.count // given.keep)
    for row in figures:
        print(json.dumps(row))
    print(
        f"{given.count:,} x {rows.shape[1]}, {len(os.sched_getaffinity(0))} cores, faiss {faiss.__version__}",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
