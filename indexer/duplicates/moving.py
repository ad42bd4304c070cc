"""Moving spare pictures into a folder, and back. Nothing is ever overwritten or deleted; every move is journalled first."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.duplicates.journal import Journal, Move
from indexer.errors import LibraryError
from indexer.fingerprint import content_hash
from indexer.indexer import utc_now
from indexer.local import LocalStore
from indexer.lock import writing
from indexer.paths import printable, to_path, to_text
from indexer.records import Picture, Skipped

# What a file system says that has no hard links: then a name is looked up first and renamed to.
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES, errno.EINVAL}


@dataclass(frozen=True, slots=True)
class Moved:
    """(from, to) as text of every file that was moved, those that were left with the reason, and of how many that were
    moved a person's words are now said of the picture that stays."""

    done: tuple[tuple[str, str], ...]
    left: tuple[Skipped, ...]
    carried: int = 0


def move_aside(store: LocalStore, spare: Sequence[tuple[Picture, Picture]], folder: Path) -> Moved:
    """Move each first picture into `folder`; its second stays, and what a person said of the first is said of it. Looked at once more before: what changed since it was
    indexed is left alone, and so is whatever has nothing to stay in its place.

    Raises LibraryError for a folder below an indexed root (what lies there would be found again), LibraryBusy.
    """
    folder = Path(os.path.abspath(folder.expanduser()))  # noqa: PTH100 - links stay as they were named
    for root in store.catalog.roots.paths().values():
        if folder.resolve().is_relative_to(to_path(root).resolve()):
            raise LibraryError(f"{folder} lies in {printable(root)}, which is indexed; choose a folder outside of it.")
    done, left = [], []
    carried = 0
    with writing(store.folder):
        folder.mkdir(parents=True, exist_ok=True)
        journal = Journal(store.folder)
        for picture, kept in spare:
            try:
                why = _in_the_way(picture, kept)
                # before it goes: whatever happens then, a person's words are not lost
                said = not why and store.catalog.edits.carry(picture.id, kept.id, utc_now())
                target = None if why else _move_in(journal, to_path(picture.path), folder, picture.hash)
            except OSError as error:
                why, target = f"It cannot be moved ({error.strerror or error}).", None
            if target is None:
                left.append(Skipped(picture.path, why or "", "It was left where it is."))
            else:
                done.append((picture.path, to_text(target)))
                carried += said
    return Moved(tuple(done), tuple(left), carried)


def bring_back(store: LocalStore) -> Moved:
    """Undo every move that was not undone, the last first. May be killed and run again. Raises LibraryBusy."""
    done, left = [], []
    with writing(store.folder):
        journal = Journal(store.folder)
        for move in journal.open_moves():
            try:
                why = _return(move)
            except OSError as error:
                why = f"It cannot be moved back ({error.strerror or error})."
            if why:
                left.append(Skipped(move.target, why, "Run this again when it can be."))
            else:
                journal.undone(move)
                done.append((move.target, move.origin))
    return Moved(tuple(done), tuple(left))


def _in_the_way(picture: Picture, kept: Picture) -> str:
    """Why a picture must stay after all; empty when it may go."""
    origin, stays = to_path(picture.path), to_path(kept.path)
    if origin.is_symlink() or origin.resolve() == stays.resolve():
        return "It is a link."
    try:
        if content_hash(stays) != kept.hash:
            return f"{printable(kept.path)}, which would stay, has changed since it was indexed."
    except OSError:
        return f"{printable(kept.path)}, which would stay, is not there."
    if content_hash(origin) != picture.hash:
        return "It has changed since it was indexed."
    return ""


def _move_in(journal: Journal, origin: Path, folder: Path, content: str) -> Path:
    """Into the folder under its own name, or with a number where that is taken."""
    number = 1
    while True:
        target = folder / (origin.name if number == 1 else f"{origin.stem} ({number}){origin.suffix}")
        if not os.path.lexists(target):
            move = journal.begin(to_text(origin), to_text(target), content, utc_now())
            try:
                relocate(origin, target)
            except FileExistsError:
                journal.undone(move)  # another program took the name in this moment
            else:
                return target
        number += 1


def _return(move: Move) -> str:
    """Bring one file back to where it was; why not, or nothing. Knows what a kill at any moment leaves behind."""
    origin, target = to_path(move.origin), to_path(move.target)
    if not os.path.lexists(target):
        if os.path.lexists(origin):
            return ""  # killed before it was moved, or after it was brought back
        return "It is not there any more."
    if content_hash(target) != move.hash:
        return "Another file lies there by now."
    if os.path.lexists(origin):
        if origin.is_file() and content_hash(origin) == move.hash:
            # killed between the new name and the end of the old one: the file has both
            target.unlink()
            return ""
        return f"Another file lies at {printable(move.origin)} by now."
    origin.parent.mkdir(parents=True, exist_ok=True)
    relocate(target, origin)
    return ""


def relocate(origin: Path, target: Path) -> None:
    """Move a file, also to another disk. Raises FileExistsError and leaves both as they are when the name is taken."""
    try:
        _rename(origin, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        handle, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        os.close(handle)
        try:
            shutil.copy2(origin, beside)
            with open(beside, "rb+") as file:  # noqa: PTH123
                os.fsync(file.fileno())
            if content_hash(Path(beside)) != content_hash(origin):
                raise OSError(errno.EIO, "the copy is not equal") from None
            _rename(Path(beside), target)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
        origin.unlink()


def _rename(origin: Path, target: Path) -> None:
    """Without overwriting: a second name, then the end of the first. Raises FileExistsError."""
    try:
        os.link(origin, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # No hard links here (exFAT, some network disks): rename, which overwrites on POSIX, after a look.
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        origin.rename(target)
        return
    origin.unlink()
