"""A model's vectors, made beside those of the model in use: `Beside.run` tells the story."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import islice

from indexer.ahead import ahead
from indexer.decode import Decoded, decode
from indexer.errors import PictureError
from indexer.indexer import BATCH, THUMBNAIL_SIDE, OnProgress
from indexer.local import LocalStore
from indexer.paths import to_path
from indexer.records import Picture, Progress, Skipped
from vlm.protocols import Embedder

# Read anew so often, so that copies of what was just embedded are not decoded.
CHUNK = 256

Made = tuple[Picture, Decoded | PictureError]


class Beside:
    """Embeds what `store`'s model lacks. Needs no writer lock: others may index, move and remove meanwhile."""

    def __init__(self, store: LocalStore, embedder: Embedder) -> None:
        self.store = store
        self._embedder = embedder
        self._catalog = store.catalog
        self._vectors = store.catalog.model_vectors
        self._failed: dict[tuple[int, str, str], PictureError] = {}
        self.embedded = 0

    def run(self, on_progress: OnProgress = lambda _: None) -> None:
        """Every picture without a vector whose folder is there, in batches of a transaction each; goes on where it was.

        What failed in this run is not tried again unless it has moved or changed.
        """
        done, failed = 0, 0
        covered = self._vectors.counts().get(self.store.model_id, 0)
        total = self._vectors.pictures() - covered
        begun = ahead(self._decode, self._lacking(), max(2, os.cpu_count() or 2), window=2 * BATCH)
        while batch := list(islice(begun, BATCH)):
            self._put(batch)
            done += len(batch)
            failed += sum(isinstance(made, PictureError) for _, made in batch)
            on_progress(Progress("embed", done, max(done, total), failed, batch[-1][0].path))

    def save(self) -> None:
        """Put the model's index on disk, so that whoever moves to this model need not build it."""
        if self.store.verify() is not None:
            self.store.rebuild()

    def lacking(self) -> tuple[int, int, tuple[Skipped, ...]]:
        """How many pictures have no vector; how many of them are in folders that are away; why others could not be read."""
        count = away = 0
        unreadable = []
        gone = self._absent()
        for picture in self._all_lacking():
            count += 1
            error = self._failed.get(_key(picture))
            if picture.offline or picture.path.startswith(gone):
                away += 1
            elif error:
                unreadable.append(Skipped(picture.path, error.reason, error.remedy))
        return count, away, tuple(unreadable)

    def _lacking(self) -> Iterator[Picture]:
        gone = self._absent()
        for picture in self._all_lacking():
            if not picture.path.startswith(gone) and _key(picture) not in self._failed:
                yield picture

    def _all_lacking(self) -> Iterator[Picture]:
        last = 0
        while ids := self._vectors.lacking(self.store.model_id, last, CHUNK):
            last = ids[-1]
            yield from self._catalog.get(ids)

    def _absent(self) -> tuple[str, ...]:
        """Roots that are not there now, whatever the last indexing run saw."""
        roots = self._catalog.roots.paths().values()
        return tuple(f"{root.rstrip('/')}/" for root in roots if not to_path(root).is_dir())

    def _decode(self, picture: Picture) -> Made:
        try:
            # as big as the indexer asks for: a picture has one vector of a model, whoever makes it
            decoded = decode(to_path(picture.path), max(THUMBNAIL_SIDE, self._embedder.picture_side))
        except PictureError as error:
            return picture, error
        if decoded.hash != picture.hash:
            return picture, PictureError("The file has changed since it was indexed.", "Run: imsearch index")
        return picture, decoded

    def _put(self, batch: Sequence[Made]) -> None:
        self._failed |= {_key(picture): made for picture, made in batch if isinstance(made, PictureError)}
        pictures = {made.hash: made.picture for _, made in batch if isinstance(made, Decoded)}
        if pictures:
            vectors = self._embedder.embed_pictures(list(pictures.values()))
            self.embedded += self._vectors.put(self.store.model_id, dict(zip(pictures, vectors, strict=True)))


def _key(picture: Picture) -> tuple[int, str, str]:
    return picture.id, picture.path, picture.hash
