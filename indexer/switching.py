"""The models of a library: adding one, using one, going back, dropping one. `Models.use` tells the story."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from indexer.beside import Beside
from indexer.catalog import Catalog, ModelRow
from indexer.errors import LibraryBusy, LibraryError
from indexer.indexer import OnProgress
from indexer.local import LocalStore
from indexer.lock import changing_models, writing
from indexer.manifest import Manifest, Previous, read_manifest, write_manifest
from indexer.records import HeldModel, Switched
from vlm import Embedder, ModelError, UsageError, load_embedder
from vlm.choices import spec_of
from vlm.wording import many

# While another process writes, this is how often what it added is embedded too, so that little is left for the end.
PATIENCE_SECONDS = 5.0

OnSwap = Callable[[Manifest, Embedder], None]
OnWait = Callable[[str], None]


def _quiet(_: object) -> None:
    pass


class Models:
    """What may be done with the models of one library. `on_swap` hears of a switch made here, before it is returned."""

    def __init__(self, folder: Path, catalog: Catalog, on_swap: OnSwap = lambda *_: None) -> None:
        self._folder = folder
        self._catalog = catalog
        self._vectors = catalog.model_vectors
        self._on_swap = on_swap

    def held(self) -> list[HeldModel]:
        """Every model with vectors here, and the one in use."""
        manifest = read_manifest(self._folder)
        counts = self._vectors.counts()
        return [
            self._held(row, counts.get(row.id, 0), manifest)
            for row in self._catalog.models()
            if row.id in counts or _is(row, manifest)
        ]

    def row(self, embedder: Embedder) -> ModelRow:
        """The model whose vectors lie here. Raises UsageError when there are none."""
        found = self._row(embedder)
        if found is None or not self._vectors.counts().get(found.id):
            raise UsageError(
                f"The library {self._folder} has no vectors of {embedder.spec}; make them with: imsearch models add "
                f"{embedder.spec}"
            )
        return found

    def add(self, embedder: Embedder, on_progress: OnProgress = _quiet) -> Switched:
        """Make the vectors of a model beside those in use, and leave it at that. Resumes. Raises LibraryBusy."""
        with changing_models(self._folder):
            beside = self._beside(embedder)
            beside.run(on_progress)
            beside.save()
            return self._told(beside, read_manifest(self._folder))

    def use(self, embedder: Embedder, on_progress: OnProgress = _quiet, on_wait: OnWait = _quiet) -> Switched:
        """Make what a model lacks while searches go on with the one in use, then swap at once. Resumes where it was.

        An indexing run that is under way is waited for (`on_wait` hears who that is), so that what it found is covered.
        Raises LibraryBusy while another process changes models, LibraryError when no picture could be embedded.
        """
        with changing_models(self._folder):
            beside = self._beside(embedder)
            beside.run(on_progress)
            beside.save()
            with self._no_other_writer(lambda: beside.run(on_progress), on_wait):
                beside.run(on_progress)
                manifest = read_manifest(self._folder)
                told = self._told(beside, manifest)
                if told.pictures and told.lacking == told.pictures:
                    raise LibraryError(
                        f"None of {many(told.pictures, 'picture')} can be read now, so {manifest.model} stays in use; "
                        f"connect their disk, then try again: imsearch models use {embedder.spec}"
                    )
                beside.save()
                self._swap(manifest, embedder)
                return self._told(beside, read_manifest(self._folder))

    def follow(self, embedder: Embedder, on_progress: OnProgress = _quiet) -> None:
        """Move to other weights of the model in use: the old ones are gone. Hold the writer lock. Raises LibraryBusy."""
        with changing_models(self._folder):
            beside = self._beside(embedder)
            beside.run(on_progress)
            beside.save()
            self._swap(read_manifest(self._folder), embedder)

    def roll_back(self) -> Switched:
        """Use the model that was in use before, with the vectors it has. Doing it again comes back. Raises LibraryError."""
        with changing_models(self._folder):
            manifest = read_manifest(self._folder)
            before = manifest.previous
            if before is None:
                raise UsageError(
                    f"The library {self._folder} holds no model to go back to from {manifest.model}; use another with: "
                    "imsearch models use SPEC"
                )
            embedder = load_embedder(before.model)
            if not before.same(embedder.spec, embedder.revision):
                raise LibraryError(
                    f"The weights of {before.model} have changed since it was in use; embed with the new ones: imsearch "
                    f"models use {before.model}"
                )
            beside = self._beside(embedder)
            beside.save()
            self._swap(manifest, embedder)
            return self._told(beside, read_manifest(self._folder))

    def drop(self, spec: str) -> tuple[list[HeldModel], bool]:
        """Forget the vectors of a model that is not in use. What was dropped, and whether the disk has its room back.

        Raises UsageError for the model in use and for one that is not here, LibraryBusy while another process writes.
        """
        with changing_models(self._folder), writing(self._folder):
            manifest = read_manifest(self._folder)
            rows = self._to_drop(spec, manifest)
            counts = self._vectors.counts()
            dropped = [self._held(row, counts.get(row.id, 0), manifest) for row in rows]
            if any(one.previous for one in dropped):
                write_manifest(self._folder, replace(manifest, previous=None))
            kept = self._store(manifest).index_folder
            for row in rows:
                self._vectors.drop(row.id)
                store = self._store(Manifest(row.spec, row.revision, row.dim))
                if store.index_folder != kept:
                    shutil.rmtree(store.index_folder, ignore_errors=True)
                    store.calibration_file.unlink(missing_ok=True)
            return dropped, self._vectors.shrink()

    # -- parts -----------------------------------------------------------------------------------------------------

    def _swap(self, manifest: Manifest, embedder: Embedder) -> None:
        after = Manifest(embedder.spec, embedder.revision, embedder.dim)
        if after.same_model(manifest):
            return
        # Other weights under one name: the old ones are gone, so what was before them stays what one can go back to.
        before = Previous(manifest.model, manifest.revision, manifest.dim)
        after = replace(after, previous=manifest.previous if embedder.spec == manifest.model else before)
        write_manifest(self._folder, after)
        self._on_swap(after, embedder)

    def _no_other_writer(self, meanwhile: Callable[[], None], on_wait: OnWait) -> ExitStack:
        """The writer lock; until it is free, `meanwhile` is done again and again."""
        told = False
        while True:
            held = ExitStack()
            try:
                held.enter_context(writing(self._folder, PATIENCE_SECONDS))
                return held
            except LibraryBusy as busy:
                if not told:
                    on_wait(str(busy))
                told = True
                meanwhile()

    def _store(self, manifest: Manifest) -> LocalStore:
        return LocalStore(self._folder, self._catalog, manifest)

    def _beside(self, embedder: Embedder) -> Beside:
        return Beside(self._store(Manifest(embedder.spec, embedder.revision, embedder.dim)), embedder)

    def _told(self, beside: Beside, manifest: Manifest) -> Switched:
        lacking, away, unreadable = beside.lacking()
        model, before = beside.store.manifest, manifest.previous
        return Switched(
            model.model, model.revision, before.model if before else "", self._vectors.pictures(), beside.embedded,
            lacking, away, unreadable,
        )  # fmt: skip

    def _held(self, row: ModelRow, pictures: int, manifest: Manifest) -> HeldModel:
        folder = self._store(Manifest(row.spec, row.revision, row.dim)).index_folder
        index = sum(file.stat().st_size for file in folder.glob("*")) if folder.is_dir() else 0
        before = manifest.previous
        return HeldModel(
            row.spec, row.revision, row.dim, pictures, 2 * row.dim * pictures + index, _is(row, manifest),
            before is not None and before.same(row.spec, row.revision),
        )  # fmt: skip

    def _row(self, embedder: Embedder) -> ModelRow | None:
        named = (embedder.spec, embedder.revision)
        return next((row for row in self._catalog.models() if (row.spec, row.revision) == named), None)

    def _to_drop(self, spec: str, manifest: Manifest) -> list[ModelRow]:
        counts = self._vectors.counts()
        here = [row for row in self._catalog.models() if row.id in counts]
        names = {spec, spec_of(spec), *_loaded(spec)}
        named = [row for row in here if row.spec in names]
        rows = [row for row in named if not _is(row, manifest)]
        if rows:
            return rows
        if named or manifest.model in names:
            raise UsageError(f"{manifest.model} is in use; use another first with: imsearch models use SPEC")
        others = ", ".join(dict.fromkeys(row.spec for row in here if not _is(row, manifest)))
        known = f"it could drop: {others}." if others else f"it has only those in use, of {manifest.model}."
        raise UsageError(f"The library {self._folder} has no vectors of {spec}; {known}")


def _is(row: ModelRow, manifest: Manifest) -> bool:
    return (row.spec, row.revision) == (manifest.model, manifest.revision)


def _loaded(spec: str) -> tuple[str, ...]:
    """The full spec of a model given by a relative folder; a model may be dropped though it is no longer here."""
    try:
        return (load_embedder(spec).spec,)
    except ModelError:
        return ()
