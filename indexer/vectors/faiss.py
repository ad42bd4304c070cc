"""FAISS: exact in half precision while that is quick, IVF with half-precision rows above (docs/performance.md)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer.errors import LibraryDamaged
from indexer.vectors.exact import best
from indexer.vectors.files import checked, read_meta, save_beside
from indexer.vectors.protocol import Ids, Scores
from vlm.protocols import Vectors

# An exact search of so many 512-long vectors takes about 15 ms on two cores; the next doubling would be felt.
EXACT_UP_TO = 100_000
# A filter that keeps fewer than one in this many looks into every list of an IVF: exact, and few rows are compared.
FEW_SHARE = 20
# Lists an IVF is asked to look into, as a share: recall@10 0.999 at a million for pictures and for texts alike.
PROBE_SHARE = 32
# Neighbours of every row: above this many rows an IVF is quicker than comparing all with all, its training included.
ALL_WITH_ALL = 20_000
# A copy lies in its original's own list or one of the next few.
CLOSE_LISTS = 8
# A mapped file costs no memory of its own and is read as it is searched. Windows cannot replace a file that is mapped.
MAPPED = 0 if os.name == "nt" else faiss.IO_FLAG_MMAP_IFC


class FaissIndex:
    """Implements VectorIndex. A lock is held for the short time that a batch is added or a search runs in C++."""

    def __init__(self, dim: int, exact_up_to: int = EXACT_UP_TO) -> None:
        self._dim = dim
        self._exact_up_to = exact_up_to
        self._trained_on = 0
        self._mapped = False
        self._lock = threading.RLock()
        flat = faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        self._index: Any = faiss.IndexIDMap(flat)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._dim

    @property
    def count(self) -> int:
        """How many vectors it holds."""
        return int(self._index.ntotal)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Put rows under keys, replacing those there; becomes an IVF when it is big, retrained when it has doubled."""
        checked(ids, vectors, self._dim)
        if not len(ids):
            return
        with self._lock:
            self._own()
            self.remove(ids)
            self._index.add_with_ids(np.ascontiguousarray(vectors, np.float32), np.ascontiguousarray(ids, np.int64))
            if self.count > self._exact_up_to and self.count >= 2 * self._trained_on:
                self._index = self._as_ivf()
                self._trained_on = self.count

    def remove(self, ids: Ids) -> int:
        """Take keys out; how many were there."""
        with self._lock:
            if not len(ids) or not self.count:
                return 0
            self._own()
            return int(self._index.remove_ids(faiss.IDSelectorBatch(np.ascontiguousarray(ids, np.int64))))

    def search(self, vector: NDArray[np.float32], k: int, among: Ids | None = None) -> tuple[Ids, Scores]:
        """The k nearest, best first; exact below `exact_up_to` vectors and whenever `among` keeps few of them."""
        # One query uses one thread whatever is set; waking the others takes six times as long as 50,000 comparisons
        # on a busy machine. The setting is the calling thread's own.
        faiss.omp_set_num_threads(1)
        with self._lock:
            if k <= 0 or not self.count or (among is not None and not len(among)):
                return np.zeros(0, np.int64), np.zeros(0, np.float32)
            query = np.ascontiguousarray(vector[None], np.float32)
            wanted = min(k, self.count)
            if among is None:
                scores, ids = self._index.search(query, wanted, params=self._parameters(None, False))
            else:
                # FAISS keeps bare pointers to the bits and to the selector: they live to the end of this block
                bits = _bits(among)
                selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
                few = len(among) * FEW_SHARE <= self.count
                scores, ids = self._index.search(query, wanted, params=self._parameters(selector, few))
        found = ids[0] >= 0
        return best(ids[0][found], scores[0][found], k)

    def _own(self) -> None:
        """Take a mapped index into memory before it is changed: FAISS would write into the file's pages."""
        if self._mapped:
            self._index = faiss.deserialize_index(faiss.serialize_index(self._index))
            self._mapped = False

    def _parameters(self, selector: Any, everywhere: bool) -> Any:
        """Given per call, never set on the shared index: searches of several threads run side by side."""
        given: Any = faiss  # FAISS's stubs know no keyword arguments
        if isinstance(self._index, faiss.IndexIVF):
            lists = self._index.nlist
            probes = lists if everywhere else max(16, lists // PROBE_SHARE)
            return given.SearchParametersIVF(nprobe=probes, **({"sel": selector} if selector is not None else {}))
        return given.SearchParameters(sel=selector) if selector is not None else None

    def _as_ivf(self) -> Any:
        """The same keys and rows in an IVF whose lists are trained on a sample of them."""
        faiss.omp_set_num_threads(os.cpu_count() or 1)
        keys, rows = self._content()
        lists = max(1, min(int(4 * np.sqrt(len(keys))), len(keys) // 8))
        quantizer = faiss.IndexFlatIP(self._dim)
        ivf = faiss.IndexIVFScalarQuantizer(
            quantizer, self._dim, lists, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT, False
        )
        ivf.cp.min_points_per_centroid = 1
        sample = np.random.default_rng(0).choice(len(keys), min(len(keys), 64 * lists), replace=False)
        ivf.train(rows[np.sort(sample)])
        ivf.add_with_ids(rows, keys)
        return ivf

    def _content(self) -> tuple[Ids, Vectors]:
        if not isinstance(self._index, faiss.IndexIVF):
            keys = faiss.vector_to_array(self._index.id_map).copy()
            return keys, faiss.downcast_index(self._index.index).reconstruct_n(0, len(keys))
        lists: Any = self._index.invlists
        keys = np.concatenate(
            [
                faiss.rev_swig_ptr(lists.get_ids(i), lists.list_size(i)).copy()
                for i in range(lists.nlist)
                if lists.list_size(i)
            ]
        )
        codes = [
            faiss.rev_swig_ptr(lists.get_codes(i), lists.list_size(i) * lists.code_size).copy()
            for i in range(lists.nlist)
            if lists.list_size(i)
        ]
        return keys, np.concatenate(codes).view(np.float16).reshape(len(keys), self._dim).astype(np.float32)

    def save(self, folder: Path, model: str) -> None:
        """Write beside and rename."""
        with self._lock:
            save_beside(
                folder,
                lambda path: faiss.write_index(self._index, str(path)),
                kind="faiss",
                model=model,
                dim=self._dim,
                count=self.count,
            )

    @classmethod
    def load(cls, folder: Path, model: str) -> Self:
        """Read what `save` wrote. Raises LibraryDamaged."""
        meta = read_meta(folder, model)
        made = cls(meta.dim)
        try:
            made._index = faiss.read_index(str(folder / "index"), MAPPED)
            made._mapped = MAPPED != 0
        except RuntimeError as error:
            raise LibraryDamaged(
                f"The vector index {folder} cannot be read ({error}); it is rebuilt from the catalog."
            ) from None
        made._trained_on = meta.count if isinstance(made._index, faiss.IndexIVF) else 0
        if (made._index.d, made._index.ntotal) != (meta.dim, meta.count):
            raise LibraryDamaged(
                f"The vector index {folder} does not hold what it claims; it is rebuilt from the catalog."
            )
        return made


def _bits(keys: Ids) -> NDArray[np.uint8]:
    """One bit a key, as FAISS's bitmap selector wants them."""
    chosen = np.zeros(int(keys.max()) + 1, bool)
    chosen[keys[keys >= 0]] = True
    return np.packbits(chosen, bitorder="little")


def nearest_of_all(
    rows: Vectors, k: int, asking: Vectors | None = None, on_done: Callable[[int], None] = lambda _: None
) -> tuple[Ids, Scores]:
    """The k nearest of `rows` (n, d) to each row of `asking` (m, d; without it, to each of `rows`, itself among them).

    (m, k) positions, best first, -1 where there are fewer, and their cosines. Blocks of queries, so that memory stays
    flat and an interrupt is heard; `on_done` is told how many are answered. Lists are looked into, not all rows, above
    20,000: very near neighbours are found nearly always, far ones less often.
    """
    asking = rows if asking is None else asking
    k = min(k, len(rows))
    places, scores = np.full((len(asking), k), -1, np.int64), np.zeros((len(asking), k), np.float32)
    if not k:
        return places, scores
    # Few rows are compared before a second thread is awake.
    faiss.omp_set_num_threads(1 if len(rows) <= ALL_WITH_ALL // 4 else os.cpu_count() or 1)
    index, given = _for_neighbours(rows)
    for at in range(0, len(asking), 2_048):
        block = np.ascontiguousarray(asking[at : at + 2_048], np.float32)
        scores[at : at + len(block)], places[at : at + len(block)] = index.search(block, k, params=given)
        on_done(at + len(block))
    return places, scores


def _for_neighbours(rows: Vectors) -> tuple[Any, Any]:
    count, dim = rows.shape
    if count <= ALL_WITH_ALL:
        flat: Any = faiss.IndexFlatIP(dim)
        flat.add(np.ascontiguousarray(rows, np.float32))
        return flat, None
    lists = int(2 * np.sqrt(count))
    half = faiss.ScalarQuantizer.QT_fp16
    ivf: Any = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dim), dim, lists, half, faiss.METRIC_INNER_PRODUCT, False
    )
    ivf.cp.min_points_per_centroid = 1
    sample = np.random.default_rng(0).choice(count, min(count, 40 * lists), replace=False)
    ivf.train(np.ascontiguousarray(rows[np.sort(sample)], np.float32))
    for at in range(0, count, 50_000):
        ivf.add(np.ascontiguousarray(rows[at : at + 50_000], np.float32))
    made: Any = faiss
    return ivf, made.SearchParametersIVF(nprobe=CLOSE_LISTS)
