"""Moving spare pictures aside and back, whatever happens in between."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.duplicates import find_duplicates, moving
from indexer.duplicates.journal import Journal
from indexer.duplicates.moving import bring_back, move_aside
from indexer.errors import LibraryError
from tests.indexer.test_duplicates import save, scene

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copies(shelf):
    """Four pictures, each with a copy of the same name in another folder."""
    for number in range(4):
        one = save(scene(number), shelf.pictures / f"one/{number}.png")
        (shelf.pictures / "two").mkdir(exist_ok=True)
        shutil.copy(one, shelf.pictures / "two")
        (shelf.pictures / "third").mkdir(exist_ok=True)
        shutil.copy(one, shelf.pictures / "third")
    shelf.index()
    return shelf


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def spare(shelf):
    return find_duplicates(shelf.store, ["identical"]).spare()


def test_spare_pictures_are_moved_names_kept_apart_and_all_come_back(copies, tmp_path):
    before = content(copies.pictures)
    aside = tmp_path / "aside"
    moved = move_aside(copies.store, spare(copies), aside)
    assert (len(moved.done), moved.left) == (8, ())
    assert len(content(copies.pictures)) == 4
    assert sorted(content(aside)) == sorted(
        [f"{n}.png" for n in range(4)] + [f"{n} (2).png" for n in range(4)]
    )  # fmt: skip
    assert spare(copies) == []  # not offered again before the next indexing run
    back = bring_back(copies.store)
    assert (len(back.done), back.left) == (8, ())
    assert content(copies.pictures) == before
    assert content(aside) == {}
    assert bring_back(copies.store).done == ()


def test_a_file_that_lies_in_the_folder_already_is_never_overwritten(copies, tmp_path):
    aside = tmp_path / "aside"
    aside.mkdir()
    (aside / "0.png").write_text("mine")
    move_aside(copies.store, spare(copies), aside)
    assert (aside / "0.png").read_text() == "mine"
    assert len(content(aside)) == 9
    bring_back(copies.store)
    assert content(aside) == {"0.png": b"mine"}


def test_what_changed_since_indexing_stays_with_its_reason(copies, tmp_path):
    going = [picture.path for picture, _ in spare(copies)]
    kept = {kept.path for _, kept in spare(copies)}
    listed = spare(copies)
    Path(going[0]).write_bytes(b"edited meanwhile")
    Path(sorted(kept)[-1]).unlink()
    moved = move_aside(copies.store, listed, tmp_path / "aside")
    assert len(moved.left) == 3
    assert Path(going[0]).read_bytes() == b"edited meanwhile"
    assert any("has changed" in one.reason for one in moved.left)
    assert any("is not there" in one.reason for one in moved.left)


def test_a_link_to_the_picture_that_stays_is_left_alone(shelf, tmp_path):
    one = save(scene(1), shelf.pictures / "a.png")
    shutil.copy(one, shelf.pictures / "b.png")
    shelf.index()
    listed = spare(shelf)
    going = Path(listed[0][0].path)
    going.unlink()
    going.symlink_to(listed[0][1].path)
    moved = move_aside(shelf.store, listed, tmp_path / "aside")
    assert (moved.done, moved.left[0].reason) == ((), "It is a link.")
    assert going.is_symlink()


def test_a_folder_that_is_indexed_is_refused(copies):
    with pytest.raises(LibraryError, match="choose a folder outside"):
        move_aside(copies.store, spare(copies), copies.pictures / "aside")
    assert len(content(copies.pictures)) == 12


def test_another_file_at_the_old_place_is_not_overwritten_by_coming_back(copies, tmp_path):
    aside = tmp_path / "aside"
    origin, target = move_aside(copies.store, spare(copies), aside).done[0]
    Path(origin).write_text("something new")
    back = bring_back(copies.store)
    assert len(back.done) == 7
    assert "Another file lies at" in back.left[0].reason
    assert Path(origin).read_text() == "something new"
    Path(origin).unlink()
    assert len(bring_back(copies.store).done) == 1
    assert not Path(target).exists()


def test_to_another_disk_files_are_copied_checked_and_come_back(copies, tmp_path):
    other = Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("/dev/shm is no other file system than the temporary folder")
    before = content(copies.pictures)
    aside = other / f"imsearch-test-{os.getpid()}"
    try:
        assert len(move_aside(copies.store, spare(copies), aside).done) == 8
        assert len(content(aside)) == 8
        assert len(bring_back(copies.store).done) == 8
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    assert content(copies.pictures) == before


KILLED = """
import json, os, signal, sys
from pathlib import Path
from indexer.catalog import Catalog
from indexer.duplicates import find_duplicates, moving
from indexer.local import LocalStore
from indexer.manifest import Manifest
def run(library, aside, step, undoing):
    store = LocalStore(Path(library), Catalog.open(Path(library) / "catalog.sqlite"), Manifest("colour", "1", 4))
    spare = find_duplicates(store, ["identical"]).spare()
    seen = 0
    def watch(event, about):
        nonlocal seen
        # every moment at which the disk is about to change: a journal's line, a new name, the end of an old one
        if event in ("os.link", "os.remove") or (event == "open" and "moves.jsonl" in str(about[0])):
            seen += 1
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(watch)
    moving.bring_back(store) if undoing else moving.move_aside(store, spare, Path(aside))
for line in sys.stdin:
    child = os.fork()
    if not child:
        run(*json.loads(line))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def killed():
    """Moves aside, or brings back, in a process that kills itself at a step: a fork of one, which has imported all."""
    command = [sys.executable, "-c", KILLED]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as forking:

        def at(step, library, aside, undoing):
            print(json.dumps([str(library), str(aside), step, undoing]), file=forking.stdin, flush=True)
            assert int(forking.stdout.readline()) in (0, -signal.SIGKILL)

        yield at


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5, 6, 9, 11, 14])
def test_killed_at_any_step_every_file_comes_back(copies, tmp_path, killed, step):
    before = content(copies.pictures)
    aside = tmp_path / "aside"
    killed(step, copies.library, aside, undoing=False)
    assert set(content(copies.pictures).values()) == set(before.values())
    killed(step, copies.library, aside, undoing=True)
    bring_back(copies.store)
    assert content(copies.pictures) == before
    assert content(aside) == {}


def test_a_journal_line_cut_short_by_a_crash_is_passed_over(copies, tmp_path):
    move_aside(copies.store, spare(copies)[:1], tmp_path / "aside")
    journal = Journal(copies.library)
    with journal.path.open("ab") as file:
        file.write(b'{"number": 2, "origin": "/half')
    assert len(Journal(copies.library).open_moves()) == 1
    assert len(bring_back(copies.store).done) == 1
    assert Journal(copies.library).open_moves() == []


def test_without_hard_links_nothing_is_overwritten_either(tmp_path, monkeypatch):
    """A disk without them (exFAT) cannot be had in a test: the system call says what such a disk says."""

    def refused(*_, **__):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    one, two = tmp_path / "a", tmp_path / "b"
    one.write_text("1"), two.write_text("2")
    with pytest.raises(FileExistsError):
        moving.relocate(one, two)
    moving.relocate(one, tmp_path / "c")
    assert ((tmp_path / "c").read_text(), two.read_text(), one.exists()) == ("1", "2", False)
