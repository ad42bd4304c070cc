"""`Library`: what users of the Python API hold."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from indexer.catalog import Catalog
from indexer.errors import LibraryBusy, LibraryError
from indexer.local import LocalStore
from indexer.lock import writing
from indexer.manifest import Manifest, is_library, read_manifest, write_manifest
from indexer.paths import to_text
from indexer.records import Choice, Edit, Edited, Enriched, IndexReport, Picture
from search.errors import QueryError
from search.in_use import Following, InUse
from search.parser import parse
from search.query import Example, Mode, Query, Results
from search.searcher import Searcher
from vlm import Annotator, Embedder, Tagger, load_embedder, load_model
from vlm.choices import choose
from vlm.tasks.ocr import Ocr

if TYPE_CHECKING:
    from PIL.Image import Image

    from indexer.indexer import Counts, OnProgress
    from indexer.switching import Models
    from search.completing import Completion
    from search.facets import Facets, Value
    from search.relevance import Relevance

READER = "rapidocr"
"""Reads the words in pictures when they are indexed."""


class Library:
    """A folder with a catalog, vectors and thumbnails of the pictures below some roots.

    with Library.open("my-library", create=True) as library:
        library.index(["Pictures"])
        for hit in library.search("a dog on the beach").hits:
            print(hit.rank, hit.picture.path)
    """

    def __init__(self, folder: Path, manifest: Manifest, embedder: Embedder | None = None) -> None:
        self.folder = folder
        self._catalog = Catalog.open(folder / "catalog.sqlite")
        self._following = Following(folder, self._catalog, manifest, embedder)

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
                    f"The library {place} uses {manifest.model}, not {model}; switch it with: imsearch models use {model}"
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

    def in_use(self) -> InUse:
        """The model in use with its store and searcher. Hold it where several steps must not mix two models."""
        return self._following.now()

    @property
    def manifest(self) -> Manifest:
        """The model in use."""
        return self.in_use().manifest

    @property
    def store(self) -> LocalStore:
        """What is known of the pictures, and the vectors of the model in use."""
        return self.in_use().store

    @property
    def searcher(self) -> Searcher:
        """Searches by the model in use."""
        return self.in_use().searcher

    @property
    def models(self) -> Models:
        """The models of this library: add, use, go back, drop."""
        from indexer.switching import Models

        return Models(self.folder, self._catalog, self._following.take)

    def embedder(self) -> Embedder:
        """The library's model, loaded on first use. Raises LibraryError when its weights have changed since."""
        return self.in_use().embedder()

    def by_model(self, spec: str) -> InUse:
        """A model that the library holds, to be searched by without switching to it. Raises UsageError, ModelError."""
        embedder = load_embedder(spec)
        row = self.models.row(embedder)
        return InUse(self.folder, self._catalog, Manifest(row.spec, row.revision, row.dim), embedder)

    def index(
        self,
        roots: Sequence[Path | str],
        ocr: bool = True,
        choice: Choice | None = None,
        retry: bool = False,
        on_progress: OnProgress = lambda _: None,
        counts: Counts | None = None,
    ) -> IndexReport:
        """Index what is new below the roots, then (with `ocr`) read the words in new pictures.

        `choice` is kept for later runs; `retry` looks again at files that failed. `counts` grow meanwhile. Raises LibraryBusy, LibraryError.
        """
        # What only indexing needs is loaded here: a search from a cold shell does without.
        from indexer.duplicates.looks import look_at_new
        from indexer.enrich import Enricher
        from indexer.indexer import Indexer

        started = time.monotonic()
        with writing(self.folder):
            now = self._of_these_weights(on_progress)
            report = Indexer(now.store, now.embedder).run(
                [Path(root).expanduser() for root in roots], choice, retry, on_progress, counts
            )
            look_at_new(now.store)
            _tell_from_vectors(now)
            if retry:
                self._catalog.failures.try_again("ocr", READER)
            if ocr:
                # what a better reader was asked for (imsearch annotate --ocr) stays
                Enricher(now.store, Ocr(load_model(READER))).run(on_progress, keep_others=True)
            return replace(report, seconds=round(time.monotonic() - started, 3))

    def annotate(
        self,
        annotators: Sequence[Annotator],
        query: str | Query | None = None,
        anew: bool = False,
        retry: bool = False,
        on_progress: OnProgress = lambda _: None,
        tags: bool = False,
    ) -> list[Enriched]:
        """Put models to their tasks, one after another, on every picture that has not been seen so.

        What a person looked at comes first, then the newest; with a `query` only what matches it, best first. `anew` asks again of what was seen, `retry` of what failed;
        `tags` has the library's own model name what it sees. Raises LibraryBusy, ModelUnavailable, QueryError, UsageError.
        """
        from indexer.enrich import Enricher
        from indexer.tagging import tag_pictures

        with writing(self.folder):
            now = self._following.settled()
            asked = parse(query) if isinstance(query, str) else query
            among = None if asked is None else now.searcher.matching(asked)
            for one in annotators if retry else ():
                self._catalog.failures.try_again(one.task, one.spec)
            done = [tag_pictures(now.store, now.embedder(), on_progress, among, anew)] if tags else []
            return done + [Enricher(now.store, one).run(on_progress, among, anew) for one in annotators]

    def follow_the_model(self) -> None:
        """Bring up to the model in use what is told from vectors: tags, concepts, where matches end.

        Does nothing while another process writes: an indexing run ends with the same.
        """
        with contextlib.suppress(LibraryBusy), writing(self.folder):
            _tell_from_vectors(self.in_use())

    def _of_these_weights(self, on_progress: OnProgress) -> InUse:
        """The model in use. Where its weights have changed, its pictures are embedded anew first, then it is swapped."""
        now = self._following.settled()
        made = load_embedder(now.manifest.model)
        if made.revision != now.manifest.revision:
            self.models.follow(made, on_progress)
            return self._following.settled()
        now.give(made)
        return now

    def search(
        self,
        query: str | Query = "",
        *,
        picture: Path | Image | None = None,
        mode: Mode = "hybrid",
        limit: int = 20,
        fold: bool = False,
        cursor: str = "",
    ) -> Results:
        """Pictures found by a query (docs/query-language.md), by an example, or both. Raises QueryError.

        With `fold`, copies and bursts come under the best of them, and do not count against the limit. `cursor` is the
        `next` of a page before: no hit comes twice, and none is left out, while pictures come and go.
        """
        asked = parse(query) if isinstance(query, str) else query
        if picture is not None:
            example = Example(path=str(picture)) if isinstance(picture, Path) else Example(views=(picture,))
            asked = replace(asked, terms=(*asked.terms, example))
        return self.in_use().searcher.search(replace(asked, mode=mode, limit=limit, fold=fold, cursor=cursor))

    def facets(self, query: str | Query = "", most: int = 50) -> Facets:
        """What the matches of a query could be narrowed by, at most so many values of each thing; weak ones are not counted."""
        from search.facets import facets

        now = self.in_use()
        found = now.searcher.found(parse(query) if isinstance(query, str) else query)
        return facets(now.store, found, self._catalog.roots.paths().values(), most)

    def timeline(self, query: str | Query = "") -> list[Value]:
        """How many matches of a query were taken on each day: the oldest day first where that is its order, else the newest."""
        from search.facets import timeline

        now = self.in_use()
        asked = parse(query) if isinstance(query, str) else query
        return timeline(now.store, now.searcher.found(asked), asked.order != "oldest")

    def completions(self, typed: str, at: int, most: int = 10) -> tuple[int, list[Completion]]:
        """How the word that ends at character `at` of a query may go on, and where it begins."""
        from search.completing import completions

        return completions(self.store, self._catalog.roots.paths().values(), typed, at, most)

    def edit(self, ids: Sequence[int], edit: Edit) -> int | None:
        """Say something of pictures: all of them, or none. No model overwrites it or brings back what it takes away.

        library.edit([12, 40], Edit(state="approved", tags=("our boat",), note="Oslo, with Ada"))

        Searches know of it at once. Returns the number that `undo` knows the change by, None where all was so before.
        Raises UsageError naming every id that there is not, or what cannot be said.
        """
        return self._catalog.edits.make(ids, edit, datetime.now(UTC).isoformat(timespec="seconds"))

    def undo(self, ids: Sequence[int] = (), change: int | None = None) -> list[int]:
        """Take back a change, of these pictures or of all that it was made to; without one, the last of each picture.

        Returns the ids of the pictures. Raises UsageError where there is none, or something else was said since.
        """
        return self._catalog.edits.undo(ids, change, datetime.now(UTC).isoformat(timespec="seconds"))

    def history(self, picture_id: int) -> list[Edited]:
        """What people changed of a picture, oldest first; also what was taken back."""
        return self._catalog.edits.of(picture_id)

    def note_opened(self, picture_id: int) -> None:
        """A person has opened this picture: models write about it before others. Never waits, never fails."""
        self._catalog.opened.note(picture_id, datetime.now(UTC).isoformat(timespec="seconds"))

    def where(self, picture_id: int, query: str | Query) -> Relevance:
        """How near each part of a picture lies to what a query means. Takes about a second with `mini`.

        Raises QueryError for a query that means nothing to the model, UsageError, PictureError.
        """
        from search.relevance import SIDES, parts
        from search.seen import seen

        now = self.in_use()
        asked = parse(query) if isinstance(query, str) else query
        vector, unknown = now.searcher.vector(asked)
        if vector is None:
            if unknown:
                raise QueryError(
                    f"{now.manifest.model} does not know {', '.join(unknown)}, so it cannot say where that is seen."
                )
            raise QueryError(f"{asked}: only words or pictures that mean something can be seen somewhere.")
        embedder = now.embedder()
        return parts(seen(now.store, picture_id, round(embedder.picture_side / SIDES[-1])), embedder).near(vector)

    def find(self, path: Path) -> Picture | None:
        """The indexed picture at this path."""
        return self._catalog.find(to_text(path.expanduser().absolute()))

    def warm(self) -> None:
        """Load what the first search would wait for."""
        self.in_use().warm()

    def status(self) -> dict[str, object]:
        """Counts, roots and model."""
        return {
            "library": str(self.folder),
            "model": self.manifest.model,
            **self._catalog.status(),
            "annotated": [asdict(one) for one in self._catalog.texts.covered()],
            "roots": list(self._catalog.roots.paths().values()),
        }

    def close(self) -> None:
        """Let go of files."""
        self._following.close()
        self._catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _tell_from_vectors(now: InUse) -> None:
    from indexer.tagging import tag_pictures
    from search.calibrating import calibrate
    from search.concepts import Concepts

    embedder = now.embedder()
    if isinstance(embedder, Tagger):
        tag_pictures(now.store, embedder)
    if now.store.catalog.texts.judged_by("moderate", embedder.spec):
        # who had the library's own model judge the pictures wants the new ones judged too; their vectors are there
        from indexer.enrich import Enricher
        from vlm.tasks.moderate import Moderate

        Enricher(now.store, Moderate(embedder)).run(keep_others=True)
    Concepts(now.store).keep_up()
    calibrate(now.store, embedder)
