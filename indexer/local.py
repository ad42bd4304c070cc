"""A library on this disk: the catalog, which is the truth, and a vector index that is a cache of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.catalog import Catalog
from indexer.errors import LibraryDamaged
from indexer.filters import Filter
from indexer.manifest import Manifest
from indexer.places import Place
from indexer.records import Counts, LexicalMatch, NewPicture, Picture, Text
from indexer.sketch import NEVER_SEEN, Sketches, unpack
from indexer.thumbnails import thumbnail_path
from indexer.vectors import VectorIndex, load_index, new_index
from indexer.vectors.protocol import Ids, Scores
from vlm.protocols import DetectedObject, Vectors

# How long a reader may answer from the vectors it holds before it looks whether another process added some.
FRESH_SECONDS = 2.0


class LocalStore:
    """Implements `indexer.store.Store`. Readers from many threads; writes come through `Indexer`, one at a time."""

    def __init__(self, folder: Path, catalog: Catalog, manifest: Manifest) -> None:
        self.folder = folder
        self.catalog = catalog
        self.manifest = manifest
        self.model_id = catalog.add_model(manifest.model, manifest.revision, manifest.dim)
        self._lock = threading.RLock()
        self._index: VectorIndex | None = None
        self._generation = -1
        self._looked_at = 0.0

    # -- what search asks ------------------------------------------------------------------------------------------

    def count(self) -> int:
        """How many pictures can be found."""
        return self.catalog.count()

    def dense(self, vector: NDArray[np.float32], k: int, among: Ids | None = None) -> tuple[Ids, Scores]:
        """The k nearest pictures with their cosines."""
        hidden = self._unasked(among)
        found, cosines = self.index().search(vector, k + len(hidden), among)
        seen = ~np.isin(found, hidden)
        return found[seen][:k], cosines[seen][:k]

    def lexical(self, words: str, k: int, among: Ids | None = None, places: bool = True) -> list[LexicalMatch]:
        """The k pictures whose words match best."""
        hidden = set(self._unasked(among).tolist())
        found = self.catalog.lexical(words, k + len(hidden), among, places)
        return [match for match in found if match.id not in hidden][:k]

    def holding(self, words: str, among: Ids | None = None, places: bool = True) -> Ids:
        """Ids of the pictures that hold all of these words."""
        found = self.catalog.holding(words, among, places)
        return np.setdiff1d(found, self._unasked(among), assume_unique=True)

    def filter(self, kept: Filter) -> Ids | None:
        """Sorted ids that the filter keeps; None means every picture that is not hidden."""
        return self.catalog.filter(kept)

    def is_folder(self, name: str) -> bool:
        """Whether pictures lie below a folder of this name."""
        return self.catalog.is_folder(name)

    def cameras(self) -> list[str]:
        """The names of all cameras."""
        return self.catalog.cameras()

    def counts(self, among: Ids | None, of: Iterable[str]) -> dict[str, Counts]:
        """How many of these pictures have each value."""
        return self.catalog.counting.counts(among, of)

    def places(self, among: Ids | None) -> list[Place]:
        """Where pictures were taken."""
        return self.catalog.counting.places(among)

    def called(self, name: str, begun: bool = False) -> list[str]:
        """The places that have this name."""
        return self.catalog.places.called(name, begun)

    def ordered(self, among: Ids | None, newest_first: bool, limit: int) -> Ids:
        """Ids by time taken."""
        return self.catalog.ordered(among, newest_first, limit)

    def get(self, ids: Sequence[int]) -> list[Picture]:
        """Pictures in the order asked."""
        return self.catalog.get(ids)

    def vectors(self, ids: Sequence[int], zeros: bool = False) -> Vectors:
        """Stored vectors in the order asked."""
        if not len(ids):
            return np.zeros((0, self.manifest.dim), np.float32)
        return self.catalog.vectors(self.model_id, ids, self.manifest.dim if zeros else None)

    def sketches(self, ids: Sequence[int]) -> Sketches:
        """Stored sketches in the order asked."""
        known = self.catalog.marks.sketches(ids)
        return unpack([known.get(int(i), NEVER_SEEN) for i in ids])

    def texts(self, picture_id: int) -> list[Text]:
        """Every text of one picture."""
        return self.catalog.texts.of(picture_id)

    def objects(self, picture_id: int) -> list[DetectedObject]:
        """Everything detected in one picture, surest first."""
        return self.catalog.texts.objects(picture_id)

    def thumbnail(self, picture: Picture) -> Path:
        """Where the thumbnail lies."""
        return thumbnail_path(self.folder / "thumbnails", picture.hash)

    def _unasked(self, among: Ids | None) -> Ids:
        """Hidden pictures, where nothing was said of which to look at."""
        return self.catalog.hidden() if among is None else np.zeros(0, np.int64)

    # -- the index as a cache --------------------------------------------------------------------------------------

    @property
    def index_folder(self) -> Path:
        """Where this model's index lies; a model's name may hold characters that a folder's name may not."""
        safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in self.manifest.model)
        return self.folder / "vectors" / safe

    @property
    def calibration_file(self) -> Path:
        """Where it is kept what everyday texts score over this model's vectors; not in the folder, which is replaced."""
        return self.index_folder.with_name(f"{self.index_folder.name}.everyday.json")

    def index(self) -> VectorIndex:
        """The index, brought up to date with the catalog when another process has written meanwhile."""
        with self._lock:
            now = time.monotonic()
            if self._index is None or now - self._looked_at > FRESH_SECONDS:
                self._looked_at = now
                generation = self.catalog.generation(self.model_id)
                if self._index is None or generation != self._generation:
                    self._index = self._load(generation)
                    self._generation = generation
            return self._index

    # One step each: between the catalog's change and the index's, whoever searches (or the next batch of a slow model)
    # would find the index behind the catalog, and make all of it anew.

    def put(self, rows: Sequence[tuple[NewPicture, NDArray[np.float32] | None]], now: str) -> list[int]:
        """The writer's: pictures with their vectors into catalog and index; returns their ids."""
        with self._lock:
            index = self.index()
            ids = self.catalog.put(self.model_id, rows, now)
            index.add(np.array(ids, dtype=np.int64), self.vectors(ids))
            self._generation = self.catalog.generation(self.model_id)
            return ids

    def remove(self, ids: Sequence[int]) -> None:
        """The writer's: pictures out of catalog and index."""
        with self._lock:
            index = self.index()
            self.catalog.remove(ids)
            index.remove(np.array(ids, dtype=np.int64))
            self._generation = self.catalog.generation(self.model_id)

    def save(self) -> None:
        """Put the index beside the catalog, so that the next start need not rebuild it."""
        self.index_folder.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            if self._index is not None:
                self._index.save(self.index_folder, self._label(self._generation))

    def verify(self) -> str | None:
        """What is wrong with the saved index, or None. A missing one is no fault of an empty library."""
        if not self.index_folder.exists() and not len(self.catalog.ids(self.model_id)):
            return None
        try:
            load_index(self.index_folder, self._label(self.catalog.generation(self.model_id)), self.manifest.dim)
        except (LibraryDamaged, OSError) as error:
            return str(error)
        return None

    def rebuild(self) -> None:
        """Make the index anew from the catalog and save it."""
        with self._lock:
            self._generation = self.catalog.generation(self.model_id)
            self._index = self._from_catalog()
            self.save()

    def _label(self, generation: int) -> str:
        # The generation is part of the name that the file is verified against: a file older than the catalog is
        # rebuilt even when the number of its vectors happens to agree.
        return f"{self.manifest.model}@{self.manifest.revision}#{generation}"

    def _load(self, generation: int) -> VectorIndex:
        try:
            return load_index(self.index_folder, self._label(generation), self.manifest.dim)
        except (LibraryDamaged, OSError):
            return self._from_catalog()

    def _from_catalog(self) -> VectorIndex:
        index = new_index(self.manifest.dim)
        for ids, vectors in self.catalog.embeddings(self.model_id):
            index.add(ids, vectors)
        return index

    def close(self) -> None:
        """Let go of files."""
        self.catalog.close()
