"""`Library`: what users of the Python API hold."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from indexer.catalog import Catalog
from indexer.errors import LibraryError
from indexer.local import LocalStore
from indexer.lock import writing
from indexer.manifest import Manifest, is_library, read_manifest, write_manifest
from indexer.paths import to_text
from indexer.records import Choice, IndexReport, Picture
from search.parser import parse
from search.query import Example, Mode, Query, Results
from search.searcher import Searcher
from vlm import Embedder, load_annotator, load_embedder
from vlm.choices import choose

if TYPE_CHECKING:
    from PIL.Image import Image

    from indexer.indexer import OnProgress


class Library:
    """A folder with a catalog, vectors and thumbnails of the pictures below some roots.

    with Library.open("my-library", create=True) as library:
        library.index(["Pictures"])
        for hit in library.search("a dog on the beach").hits:
            print(hit.rank, hit.picture.path)
    """

    def __init__(self, folder: Path, manifest: Manifest, embedder: Embedder | None = None) -> None:
        self.folder = folder
        self.manifest = manifest
        self.store = LocalStore(folder, Catalog.open(folder / "catalog.sqlite"), manifest)
        self.searcher = Searcher(self.store, self.embedder)
        self._embedder = embedder
        self._loading = threading.Lock()

    @classmethod
    def open(cls, folder: Path | str, create: bool = False, model: str = "auto") -> Self:
        """Open a library; with `create`, make it when there is none, for `model` (or the best one on this machine).

        Raises LibraryMissing, LibraryTooNew, LibraryDamaged, or LibraryError when the library uses another model.
        """
        place = Path(folder).expanduser()
        if create and not is_library(place):
            return cls._create(place, model)
        manifest = read_manifest(place)
        if model not in ("auto", manifest.model):
            asked = load_embedder(model)
            if asked.spec != manifest.model:
                raise LibraryError(
                    f"The library {place} uses {manifest.model}, not {model}; index into another folder with --library."
                )
        return cls(place, manifest)

    @classmethod
    def _create(cls, place: Path, model: str) -> Self:
        embedder = load_embedder(choose().spec if model == "auto" else model)
        try:
            place.mkdir(parents=True, exist_ok=True)
            write_manifest(place, Manifest(embedder.spec, embedder.revision, embedder.dim))
        except OSError as error:
            raise LibraryError(
                f"A library cannot be made at {place} ({error.strerror}); choose another folder."
            ) from None
        return cls(place, read_manifest(place), embedder)

    def embedder(self) -> Embedder:
        """The library's model, loaded on first use. Raises LibraryError when its weights have changed since."""
        with self._loading:
            if self._embedder is None:
                made = load_embedder(self.manifest.model)
                if made.revision != self.manifest.revision:
                    raise LibraryError(
                        f"{self.manifest.model} has changed since this library was indexed; bring it up to date with: "
                        f"imsearch index --library {self.folder} FOLDER"
                    )
                self._embedder = made
            return self._embedder

    def index(
        self,
        roots: Sequence[Path | str],
        ocr: bool = True,
        choice: Choice | None = None,
        retry: bool = False,
        on_progress: OnProgress = lambda _: None,
    ) -> IndexReport:
        """Index what is new below the roots, then (with `ocr`) read the words in new pictures.

        `choice` is kept for later runs; `retry` looks again at files that failed. Raises LibraryBusy, LibraryError.
        """
        # What only indexing needs is loaded here: a search from a cold shell does without.
        from indexer.enrich import Enricher
        from indexer.indexer import Indexer
        from indexer.tagging import tag_pictures
        from search.concepts import Concepts

        started = time.monotonic()
        with writing(self.folder):
            self._follow_the_model()
            report = Indexer(self.store, self.embedder).run(
                [Path(root).expanduser() for root in roots], choice, retry, on_progress
            )
            tag_pictures(self.store, self.embedder())
            Concepts(self.store).keep_up()
            if ocr:
                Enricher(self.store, load_annotator("rapidocr")).run(on_progress)
            return replace(report, seconds=round(time.monotonic() - started, 3))

    def _follow_the_model(self) -> None:
        """A library of an earlier revision of its model is brought to this one: its pictures are embedded anew."""
        made = load_embedder(self.manifest.model)
        if made.revision != self.manifest.revision:
            self.manifest = Manifest(made.spec, made.revision, made.dim)
            write_manifest(self.folder, self.manifest)
            self.store = LocalStore(self.folder, self.store.catalog, self.manifest)
            self.searcher = Searcher(self.store, self.embedder)
        self._embedder = made

    def search(
        self,
        query: str | Query = "",
        *,
        picture: Path | Image | None = None,
        mode: Mode = "hybrid",
        limit: int = 20,
    ) -> Results:
        """Pictures found by a query (docs/query-language.md), by an example, or both. Raises QueryError."""
        asked = parse(query) if isinstance(query, str) else query
        if picture is not None:
            example = Example(path=str(picture)) if isinstance(picture, Path) else Example(picture=picture)
            asked = replace(asked, terms=(*asked.terms, example))
        return self.searcher.search(replace(asked, mode=mode, limit=limit))

    def find(self, path: Path) -> Picture | None:
        """The indexed picture at this path."""
        return self.store.catalog.find(to_text(path.expanduser().absolute()))

    def warm(self) -> None:
        """Load what the first search would wait for."""
        self.embedder().embed_texts(["warm"])
        self.store.index()

    def status(self) -> dict[str, object]:
        """Counts, roots and model."""
        return {
            "library": str(self.folder),
            "model": self.manifest.model,
            **self.store.catalog.status(),
            "roots": list(self.store.catalog.roots().values()),
        }

    def close(self) -> None:
        """Let go of files."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
