"""The model in use with all that belongs to it, as one object; and a reader that follows when it is switched."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from indexer.catalog import Catalog
from indexer.errors import LibraryError
from indexer.local import LocalStore
from indexer.manifest import Manifest, read_manifest
from search.calibrating import calibration
from search.searcher import Searcher
from vlm import Embedder, ImsearchError, load_embedder

# A reader that could not load the new model (its weights are not on this machine yet) tries again after so long.
AGAIN_SECONDS = 60.0

log = logging.getLogger("imsearch.search")

Stamp = tuple[int, int, int] | None


class InUse:
    """One model of a library: manifest, store, embedder and searcher. Replaced as a whole, so no search mixes two models."""

    def __init__(self, folder: Path, catalog: Catalog, manifest: Manifest, embedder: Embedder | None = None) -> None:
        self.manifest = manifest
        self.store = LocalStore(folder, catalog, manifest)
        self.searcher = Searcher(self.store, self.embedder, lambda: calibration(self.store))
        self._embedder = embedder
        self._loading = threading.Lock()

    @property
    def loaded(self) -> bool:
        """Whether it has answered a search by meaning, or could do so at once."""
        return self._embedder is not None

    def embedder(self) -> Embedder:
        """The model, loaded on first use. Raises LibraryError when its weights have changed since."""
        with self._loading:
            if self._embedder is None:
                made = load_embedder(self.manifest.model)
                if made.revision != self.manifest.revision:
                    raise LibraryError(
                        f"{self.manifest.model} has changed since this library was indexed; bring it up to date with: "
                        f"imsearch index --library {self.store.folder} FOLDER"
                    )
                self._embedder = made
            return self._embedder

    def give(self, embedder: Embedder) -> None:
        """Use this embedder, which is the same model: one that was loaded for another reason."""
        with self._loading:
            self._embedder = embedder

    def warm(self) -> None:
        """Load what the first search would wait for."""
        self.embedder().embed_texts(["warm"])
        self.store.index()


class Following:
    """Which model a library has in use. The manifest says so; a change of it is seen by the next who asks.

    What is loaded goes on answering until the new model is loaded too, in a thread of its own: no search waits or fails.
    """

    def __init__(self, folder: Path, catalog: Catalog, manifest: Manifest, embedder: Embedder | None) -> None:
        self._folder = folder
        self._catalog = catalog
        self._now = InUse(folder, catalog, manifest, embedder)
        # not the stamp of now: the manifest may have changed since it was read
        self._seen: Stamp = None
        self._again_at = float("inf")
        self._coming: InUse | None = None
        self._movers: list[threading.Thread] = []
        self._lock = threading.Lock()

    def now(self) -> InUse:
        """What a search that begins now uses, from its first step to its last."""
        stamp = _stamp(self._folder)
        if stamp != self._seen or time.monotonic() > self._again_at:
            with self._lock:
                if stamp != self._seen or time.monotonic() > self._again_at:
                    self._seen, self._again_at = stamp, float("inf")
                    self._look()
        return self._now

    def settled(self) -> InUse:
        """What the manifest says now, loaded or not: for who is about to write. Raises LibraryError."""
        with self._lock:
            self._seen, manifest = _stamp(self._folder), read_manifest(self._folder)
            if not manifest.same_model(self._now.manifest):
                self._now = InUse(self._folder, self._catalog, manifest)
            self._coming = None
            return self._now

    def take(self, manifest: Manifest, embedder: Embedder) -> None:
        """This process has itself switched."""
        with self._lock:
            self._seen, self._coming = _stamp(self._folder), None
            self._now = InUse(self._folder, self._catalog, manifest, embedder)

    def close(self) -> None:
        """Wait for a model that is being loaded: it reads files that are about to be let go."""
        with self._lock:
            movers, self._coming = self._movers, None
        for mover in movers:
            mover.join()

    def _look(self) -> None:
        try:
            manifest = read_manifest(self._folder)
        except ImsearchError as error:
            self._stay(error)
            return
        self._coming = None
        if manifest.same_model(self._now.manifest):
            return
        coming = InUse(self._folder, self._catalog, manifest)
        if not self._now.loaded:
            self._now = coming
            return
        self._coming = coming
        mover = threading.Thread(target=self._move, args=(coming,), name="moving", daemon=True)
        self._movers = [*(one for one in self._movers if one.is_alive()), mover]
        mover.start()

    def _move(self, coming: InUse) -> None:
        try:
            coming.warm()
        except Exception as error:  # noqa: BLE001 - whatever a model raises while it is loaded, searches go on
            with self._lock:
                if self._coming is coming:
                    self._stay(error)
            return
        with self._lock:
            if self._coming is coming:
                self._now, self._coming = coming, None

    def _stay(self, error: Exception) -> None:
        self._coming = None
        self._again_at = time.monotonic() + AGAIN_SECONDS
        log.warning(
            "Searches go on with %s, for the library's new model cannot be used: %s", self._now.manifest.model, error
        )


def _stamp(folder: Path) -> Stamp:
    try:
        found = (folder / "manifest.json").stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
