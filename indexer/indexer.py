"""From folders to a library: `Indexer.run` tells the story."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from indexer.ahead import ahead
from indexer.catalog import Known
from indexer.colours import dominant_colours
from indexer.decode import Decoded, decode, read_told
from indexer.errors import LibraryError, PictureError
from indexer.fingerprint import content_hash
from indexer.local import LocalStore
from indexer.paths import to_path, to_text
from indexer.records import Candidate, Choice, Colour, IndexReport, NewPicture, Progress, Skipped, Told
from indexer.thumbnails import write_thumbnail
from indexer.told import with_sidecar
from indexer.walk import walk
from vlm.errors import UsageError
from vlm.protocols import Embedder, Vectors

# A thumbnail is 512 on its longer side, so 384 on the shorter of a 4:3 picture: no need to decode more than that.
THUMBNAIL_SIDE = 384
# Pictures put into the catalog in one transaction: the most that a crash can lose.
BATCH = 32
# A killed run costs the next start a rebuild of the vector index; saving this often keeps that small.
SAVE_SECONDS = 120.0

OnProgress = Callable[[Progress], None]


@dataclass(slots=True)
class Walked:
    """What one root holds against what the catalog knew, all by the path relative to the root."""

    root_id: int
    unchanged: int = 0
    still_failing: int = 0
    fresh: list[Candidate] = field(default_factory=list)
    changed: dict[str, Known] = field(default_factory=dict)
    vanished: dict[str, Known] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    sidecars: list[tuple[int, str]] = field(default_factory=list)
    failures_gone: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A decoded picture whose thumbnail is written."""

    candidate: Candidate
    decoded: Decoded
    told: Told
    colours: tuple[Colour, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that cannot be used."""

    candidate: Candidate
    error: PictureError


@dataclass(slots=True)
class Counts:
    """The report as it grows."""

    added: int = 0
    updated: int = 0
    moved: int = 0
    unchanged: int = 0
    removed: int = 0
    offline: int = 0
    failed: int = 0
    damaged: int = 0

    def report(self, seconds: float) -> IndexReport:
        """The finished report."""
        return IndexReport(**{name: getattr(self, name) for name in self.__slots__}, seconds=round(seconds, 3))


def utc_now() -> str:
    """The time as the catalog writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def check_root(root: Path) -> None:
    """Raises UsageError unless a folder that is to be indexed for the first time is there."""
    # os.path: Path.is_file fails at a name that is too long
    if os.path.isfile(root):  # noqa: PTH113
        raise UsageError(f"{root} is a file, not a folder; name the folder that it lies in: {root.parent}")
    if not os.path.isdir(root):  # noqa: PTH112
        raise UsageError(f"{root} is not a folder that is there; check its name, or plug its disk in.")


def check_roots(roots: Sequence[Path], known: Collection[Path]) -> None:
    """The same of those that lie in no known one: what is known may be away."""
    for root in roots:
        if not any(root.is_relative_to(path) for path in known):
            check_root(root)


class Indexer:
    """Brings a library in line with its roots. Hold the writer lock (`indexer.lock.writing`) around `run`."""

    def __init__(self, store: LocalStore, embedder: Callable[[], Embedder]) -> None:
        self.store = store
        self.catalog = store.catalog
        self._load_embedder = embedder
        self._embedded: set[int] = set()
        self._changing: set[int] = set()
        self._saved_at = time.monotonic()

    def run(
        self,
        roots: Sequence[Path],
        choice: Choice | None = None,
        retry: bool = False,
        on_progress: OnProgress = lambda _: None,
        counts: Counts | None = None,
    ) -> IndexReport:
        """Index what is new or changed below each root, follow what moved, drop what was deleted.

        A root that is missing, unreadable or suddenly empty removes nothing: its pictures are marked offline and
        come back by themselves. `choice` is kept with the root; without one the last is used. Files that failed
        before are left alone until they change, or with `retry`. Raises UsageError for a new root that is not there, and LibraryError for a choice in part of a root.
        `counts` grow meanwhile: they tell what was done by a run that something stopped.
        """
        started = time.monotonic()
        counts = counts or Counts()
        self._embedded = set(self.catalog.ids(self.store.model_id).tolist())
        walked = [
            found
            for root_id, root in self._places(roots, choice)
            if (found := self._look(root_id, root, retry, counts))
        ]
        self._changing = {row.id for found in walked for row in found.changed.values()}
        self._follow_moves(walked, counts)
        self.catalog.told.changed([one for found in walked for one in found.sidecars])
        total = sum(len(found.fresh) for found in walked)
        done = 0
        for found in walked:
            self._note_what_is_skipped(found, counts)
            for candidate in self._take_in(found, counts):
                done += 1
                on_progress(Progress("index", done, total, counts.failed, candidate.relative))
            self._drop_vanished(found, counts)
        self.catalog.told.seek(read_told, on_progress, utc_now())
        self.catalog.places.seek(on_progress)
        self.store.index()
        self.store.save()
        return counts.report(time.monotonic() - started)

    # -- what is there ---------------------------------------------------------------------------------------------

    def _places(self, roots: Sequence[Path], choice: Choice | None) -> list[tuple[int, Path]]:
        """Each root's id and place. A root inside a known one is that one; a root around known ones takes them in."""
        known = {root_id: to_path(path) for root_id, path in self.catalog.roots.paths().items()}
        wanted = [Path(os.path.abspath(asked)) for asked in roots]  # noqa: PTH100 - resolve() would follow a link whose disk is away
        check_roots(wanted, known.values())  # each, before the first is written down
        given: dict[int, Path] = {}
        for root in wanted:
            around = next((i for i, path in known.items() if root != path and root.is_relative_to(path)), None)
            if around is not None:
                if choice is not None:
                    raise LibraryError(
                        f"{root} is part of {known[around]}, whose files are chosen as a whole; index that folder."
                    )
                given[around] = known[around]
                continue
            root_id = self.catalog.roots.add(to_text(root))
            for inner_id, inner in list(known.items()):
                if inner != root and inner.is_relative_to(root):
                    self.catalog.adopt(inner_id, root_id, to_text(inner.relative_to(root)))
                    del known[inner_id]
                    given.pop(inner_id, None)
            known[root_id] = given[root_id] = root
            if choice is not None:
                self.catalog.roots.choose(root_id, choice)
        return list(given.items())

    def _look(self, root_id: int, root: Path, retry: bool, counts: Counts) -> Walked | None:
        """Compare a folder with the catalog by size and time alone; None when the folder is away."""
        known = self.catalog.known(root_id)
        try:
            found = self._compare(root_id, root, retry, known)
        except OSError:
            found = None
        there = found is not None and (found.unchanged or found.fresh or found.skipped or found.still_failing)
        if found is None or (known and not there):
            self.catalog.roots.set_online(root_id, False)
            counts.offline += len(known)
            return None
        self.catalog.roots.set_online(root_id, True)
        return found

    def _compare(self, root_id: int, root: Path, retry: bool, known: dict[str, Known]) -> Walked:
        choice = self.catalog.roots.choice(root_id)
        failed = {} if retry else self.catalog.failures.stamps(root_id, "index")
        found = Walked(root_id)
        missing, noted = dict(known), self.catalog.failures.paths(root_id)
        for entry in walk(root, choice.include, choice.exclude, choice.hidden):
            if isinstance(entry, Skipped):
                found.skipped.append(entry)
                noted.discard(entry.path)
                continue
            noted.discard(entry.relative)
            row = missing.pop(entry.relative, None)
            if row and row.sidecar != entry.sidecar:
                found.sidecars.append((row.id, entry.sidecar))
            stamp = (entry.size, entry.mtime_ns)
            if row and (row.size, row.mtime_ns) == stamp and row.id in self._embedded:
                found.unchanged += 1
            elif failed.get(entry.relative) == stamp:
                found.still_failing += 1
            else:
                found.fresh.append(entry)
                if row:
                    found.changed[entry.relative] = row
        # What lies in a folder that could not be read is not known to be gone.
        unreadable = tuple(f"{entry.path}/" for entry in found.skipped)
        found.vanished = {path: row for path, row in missing.items() if not path.startswith(unreadable)}
        found.failures_gone = [path for path in noted if not path.startswith(unreadable)]
        return found

    # -- what moved ------------------------------------------------------------------------------------------------

    def _follow_moves(self, walked: Sequence[Walked], counts: Counts) -> None:
        """A new file with the content of a vanished one is that picture: it keeps its vector and words."""
        gone: dict[int, list[tuple[Walked, str, Known]]] = defaultdict(list)
        for found in walked:
            for path, row in found.vanished.items():
                gone[row.size].append((found, path, row))
        moves = []
        for found in walked:
            for candidate in list(found.fresh):
                match = None if candidate.relative in found.changed else self._same_content(candidate, gone)
                if match:
                    origin, path, row = match
                    gone[candidate.size].remove(match)
                    del origin.vanished[path]
                    found.fresh.remove(candidate)
                    if row.sidecar != candidate.sidecar:
                        found.sidecars.append((row.id, candidate.sidecar))
                    moves.append((row.id, found.root_id, candidate.relative, candidate.size, candidate.mtime_ns))
        self.catalog.move(moves)
        counts.moved += len(moves)

    @staticmethod
    def _same_content(
        candidate: Candidate, gone: dict[int, list[tuple[Walked, str, Known]]]
    ) -> tuple[Walked, str, Known] | None:
        rows = gone.get(candidate.size)
        if not rows:
            return None
        try:
            found = content_hash(candidate.path)
        except OSError:
            return None
        same = [entry for entry in rows if entry[2].hash == found]
        name = candidate.relative.rpartition("/")[2]
        return next((entry for entry in same if entry[1].rpartition("/")[2] == name), same[0] if same else None)

    # -- what is new -----------------------------------------------------------------------------------------------

    def _take_in(self, found: Walked, counts: Counts) -> Iterator[Candidate]:
        """Decode ahead, embed batch by batch, one transaction a batch; yields each file when it is done."""
        threads = max(2, os.cpu_count() or 2)
        batch: list[Prepared] = []
        for made in ahead(self._prepare, found.fresh, threads, window=2 * BATCH):
            if isinstance(made, Refused):
                self._refuse(found, made, counts)
                yield made.candidate
                continue
            batch.append(made)
            if len(batch) == BATCH:
                self._put(found, batch, counts)
                yield from (prepared.candidate for prepared in batch)
                batch = []
        if batch:
            self._put(found, batch, counts)
            yield from (prepared.candidate for prepared in batch)

    def _prepare(self, candidate: Candidate) -> Prepared | Refused:
        try:
            decoded = decode(candidate.path, max(THUMBNAIL_SIDE, self._load_embedder().picture_side))
            write_thumbnail(self.store.folder / "thumbnails", decoded.hash, decoded.picture)
            told = with_sidecar(decoded.told, candidate.path, candidate.sidecar)
            return Prepared(candidate, decoded, told, dominant_colours(decoded.picture))
        except PictureError as error:
            return Refused(candidate, error)

    def _put(self, found: Walked, batch: Sequence[Prepared], counts: Counts) -> None:
        touched, fresh = [], []
        for prepared in batch:
            row = found.changed.get(prepared.candidate.relative)
            if row and row.hash == prepared.decoded.hash and row.id in self._embedded:
                touched.append((row.id, prepared.candidate.size, prepared.candidate.mtime_ns))
            else:
                fresh.append(prepared)
        self.catalog.touch(touched)
        counts.unchanged += len(touched)
        if not fresh:
            return
        ids = self._put_fresh(found.root_id, fresh)
        updated = sum(prepared.candidate.relative in found.changed for prepared in fresh)
        counts.updated += updated
        counts.added += len(fresh) - updated
        counts.damaged += sum(prepared.decoded.damaged for prepared in fresh)
        self._embedded.update(ids)
        if time.monotonic() - self._saved_at > SAVE_SECONDS:
            self.store.save()
            self._saved_at = time.monotonic()

    def _put_fresh(self, root_id: int, fresh: Sequence[Prepared]) -> list[int]:
        """One transaction: rows, words and vectors; content that is known elsewhere costs no inference."""
        # A picture that is itself changing in this run may be overwritten before it is copied from.
        stable = self._embedded - self._changing
        unseen = [p for p in fresh if stable.isdisjoint(self.catalog.same_content(p.decoded.hash))]
        made: Vectors = self._load_embedder().embed_pictures([p.decoded.picture for p in unseen])
        vectors = dict(zip((id(p) for p in unseen), made, strict=True))
        rows = [(_new_picture(root_id, p), vectors.get(id(p))) for p in fresh]
        return self.store.put(rows, utc_now())

    def _refuse(self, found: Walked, refused: Refused, counts: Counts) -> None:
        candidate, error = refused.candidate, refused.error
        self.catalog.failures.put(
            found.root_id, candidate.relative, "index", error.reason, error.remedy, candidate.size,
            candidate.mtime_ns, utc_now(),
        )  # fmt: skip
        counts.failed += 1
        row = found.changed.get(candidate.relative)
        if row:
            found.vanished[candidate.relative] = row

    def _note_what_is_skipped(self, found: Walked, counts: Counts) -> None:
        self.catalog.failures.forget(found.root_id, found.failures_gone)
        for entry in found.skipped:
            self.catalog.failures.put(found.root_id, entry.path, "index", entry.reason, entry.remedy, 0, 0, utc_now())
        counts.failed += len(found.skipped) + found.still_failing
        counts.unchanged += found.unchanged

    # -- what is gone ----------------------------------------------------------------------------------------------

    def _drop_vanished(self, found: Walked, counts: Counts) -> None:
        ids = [row.id for row in found.vanished.values()]
        if not ids:
            return
        self.store.remove(ids)
        counts.removed += len(ids)


def _new_picture(root_id: int, prepared: Prepared) -> NewPicture:
    candidate, decoded = prepared.candidate, prepared.decoded
    return NewPicture(
        root_id=root_id,
        relative=candidate.relative,
        hash=decoded.hash,
        size=candidate.size,
        mtime_ns=candidate.mtime_ns,
        width=decoded.width,
        height=decoded.height,
        format=decoded.format,
        exif=replace(decoded.exif, rating=prepared.told.rating),
        colours=prepared.colours,
        sidecar=candidate.sidecar,
        told=prepared.told,
        damaged=decoded.damaged,
    )
