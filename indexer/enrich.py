"""The second pass: what models write about pictures that are searchable by meaning already.

What a person looked at comes first, the last look first, then the newest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar, cast

from indexer.ahead import ahead
from indexer.decode import Decoded
from indexer.errors import PictureError
from indexer.indexer import OnProgress, utc_now
from indexer.local import LocalStore
from indexer.looking import decode_for, in_full
from indexer.paths import to_path
from indexer.records import Enriched, Picture, Progress
from vlm import Annotation, Annotator, ModelError, ModelUnavailable, VectorAnnotator
from vlm.protocols import Task

Item = TypeVar("Item")

BATCH = 8
# vectors judged at once; no picture is opened for them
VECTORS = 1000
# a reader reads one picture at a time: nothing is gained by waiting for eight long receipts before the first is kept
_BATCHES: Mapping[Task, int] = {"ocr": 1}
# decoded pictures that wait for the model: two batches
_AHEAD = 2 * BATCH


class Enricher:
    """Puts one model to one task. May be interrupted anywhere: each picture is a transaction."""

    def __init__(self, store: LocalStore, annotator: Annotator) -> None:
        self._store = store
        self._catalog = store.catalog
        self._annotator = annotator

    def run(
        self,
        on_progress: OnProgress = lambda _: None,
        among: Sequence[int] | None = None,
        anew: bool = False,
        keep_others: bool = False,
    ) -> Enriched:
        """Every picture that this annotator, asked like this, has not seen; with `among` these alone, in this order.

        With `anew` also those that it has seen; with `keep_others` not those that another model has. A picture that cannot
        be read or answered for is kept as a failure. Raises ModelUnavailable when there is no model to ask.
        """
        ids = self._wanted(among, anew, keep_others)
        done = failed = 0
        try:
            for path, well in self._told(ids):
                done += 1
                failed += not well
                on_progress(Progress(self._annotator.task, done, len(ids), failed, path))
        finally:
            self._annotator.close()
        return Enriched(self._annotator.task, self._annotator.spec, done - failed, failed)

    def _wanted(self, among: Sequence[int] | None, anew: bool, keep_others: bool) -> Sequence[int]:
        by = self._annotator
        wanted = self._catalog.texts.to_annotate(by.task, by.spec, by.revision, by.prompt_version, keep_others, anew)
        if among is None:
            return wanted
        those = set(wanted)
        return [picture for picture in among if picture in those]

    def _told(self, ids: Sequence[int]) -> Iterator[tuple[str, bool]]:
        """The path of each picture, "" where it was not opened, and whether something was said of it."""
        held = self._with_vectors()
        for some in _batches((i for i in ids if i in held), VECTORS):
            made = cast(VectorAnnotator, self._annotator).annotate_vectors(self._store.vectors(some))
            for picture_id, one in zip(some, made, strict=True):
                self._catalog.texts.annotate(picture_id, self._annotator.task, one)
                yield "", True
        others = self._pictures([i for i in ids if i not in held])
        for batch in _batches(ahead(self._read, others, 2, _AHEAD), _BATCHES.get(self._annotator.task, BATCH)):
            yield from ((picture.path, well) for picture, well in self._enrich(batch))

    def _with_vectors(self) -> frozenset[int]:
        """Pictures that the annotator need not see: it judges by vectors, and the library holds those of its model."""
        by, own = self._annotator, self._store.manifest
        if not hasattr(type(by), "annotate_vectors") or (by.spec, by.revision) != (own.model, own.revision):
            return frozenset()
        return frozenset(self._catalog.ids(self._store.model_id).tolist())

    def _pictures(self, ids: Sequence[int]) -> Iterator[Picture]:
        """In their order, but what a person looks at meanwhile comes next."""
        began, order, wanted = utc_now(), iter(ids), set(ids)
        while wanted:
            some = [i for i in self._catalog.opened.since(began) if i in wanted][:BATCH]
            wanted.difference_update(some)
            some += islice((i for i in order if i in wanted), BATCH - len(some))
            wanted.difference_update(some)
            yield from self._catalog.get(some)

    def _read(self, picture: Picture) -> tuple[Picture, Decoded | PictureError]:
        try:
            return picture, decode_for(to_path(picture.path), self._annotator)
        except PictureError as error:
            return picture, error

    def _enrich(self, batch: Sequence[tuple[Picture, Decoded | PictureError]]) -> Iterator[tuple[Picture, bool]]:
        readable = [(picture, found) for picture, found in batch if isinstance(found, Decoded)]
        for picture, found in batch:
            if isinstance(found, PictureError):
                self._fail(picture, found.reason, found.remedy)
                yield picture, False
        for (picture, seen), made in zip(readable, self._asked([found for _, found in readable]), strict=True):
            problem = made.problem if isinstance(made, Annotation) else str(made)
            if isinstance(made, Annotation) and not problem:
                self._catalog.texts.annotate(picture.id, self._annotator.task, in_full(made, seen))
            else:
                self._fail(picture, problem, "Search by meaning still finds it.")
            yield picture, not problem

    def _asked(self, found: Sequence[Decoded]) -> list[Annotation | ModelError]:
        """A batch that fails is asked picture by picture, so that one bad picture costs itself alone."""
        try:
            return [*self._annotator.annotate([one.picture for one in found])] if found else []
        except ModelUnavailable:
            raise
        except ModelError as error:
            if len(found) == 1:
                return [error]
            return [made for one in found for made in self._asked([one])]

    def _fail(self, picture: Picture, reason: str, remedy: str) -> None:
        self._catalog.failures.put_picture(
            picture.id, self._annotator.task, self._annotator.spec, reason, remedy, utc_now()
        )


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    # itertools.batched comes with Python 3.12
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
