"""What a user does to a folder between two runs, and what the second run makes of it."""

from __future__ import annotations

import shutil

import pytest

from indexer.beside import Beside
from indexer.errors import LibraryError
from indexer.filters import condition
from indexer.indexer import Indexer
from indexer.local import LocalStore
from indexer.manifest import Manifest
from indexer.records import Choice, NewPicture, Text
from tests.conftest import paint
from tests.small import said, write
from vlm.errors import UsageError
from vlm.protocols import DetectedObject


def fill(shelf, count=6):
    for i in range(count):
        paint(shelf.pictures / f"holiday/{i}.png", ("red", "green", "blue")[i % 3], seed=i)


def test_new_pictures_are_added_and_unchanged_ones_left_alone(shelf):
    fill(shelf)
    assert shelf.index().added == 6
    again = shelf.index()
    assert (again.added, again.unchanged, again.updated) == (0, 6, 0)
    assert shelf.embedder.seen == 6


def test_renamed_and_moved_pictures_cost_no_inference_and_keep_their_notes(shelf):
    fill(shelf)
    shelf.index()
    first = shelf.catalog.find(f"{shelf.pictures}/holiday/0.png")
    write(shelf.catalog, Text(first.id, "note", "grandmother's garden", "user"))
    (shelf.pictures / "holiday").rename(shelf.pictures / "2023")
    (shelf.pictures / "2023/0.png").rename(shelf.pictures / "garden.png")
    report = shelf.index()
    assert (report.moved, report.added, report.removed) == (6, 0, 0)
    assert shelf.embedder.seen == 6
    assert shelf.catalog.find(f"{shelf.pictures}/garden.png").id == first.id
    assert [match.id for match in shelf.catalog.lexical("grandmother", 5)] == [first.id]


def test_two_files_that_swap_names_keep_their_own_content(shelf):
    fill(shelf, 2)
    shelf.index()
    a, b, aside = (shelf.pictures / f"holiday/{name}" for name in ("0.png", "1.png", "x"))
    hashes = {p.path: p.hash for p in shelf.catalog.get([1, 2])}
    a.rename(aside), b.rename(a), aside.rename(b)
    shelf.index()
    after = {p.path: p.hash for p in shelf.catalog.get(shelf.catalog.ids(shelf.store.model_id).tolist())}
    assert after == {str(a): hashes[str(b)], str(b): hashes[str(a)]}


def test_a_copy_that_lacks_only_a_models_vector_has_its_words_once(shelf):
    original = paint(shelf.pictures / "original.png", "red")
    shelf.index()
    other = LocalStore(shelf.library, shelf.catalog, Manifest("colour", "2", 4))
    Beside(other, shelf.embedder).run()
    seen = DetectedObject("sign", 0.9, (0, 0, 5, 5))
    shelf.catalog.texts.annotate(1, "ocr", said(lines=["EXIT"]))
    shelf.catalog.texts.annotate(1, "object", said("yolox", objects=(seen,)))
    shutil.copy(original, shelf.pictures / "copy.png")
    shelf.index()
    Indexer(other, lambda: shelf.embedder).run([shelf.pictures])
    copy = shelf.catalog.find(f"{shelf.pictures}/copy.png")
    assert [text.text for text in shelf.catalog.texts.of(copy.id)] == ["EXIT"]
    assert shelf.catalog.filter(condition("object", "sign=1")).tolist() == [1, copy.id]
    assert (other.vectors([copy.id]) == other.vectors([1])).all()


def test_a_broken_file_that_was_deleted_is_no_longer_listed(shelf):
    fill(shelf, 1)
    for name in ("broken.png", "kept.png"):
        (shelf.pictures / name).write_bytes(b"no picture")
    shelf.index()
    shelf.catalog.failures.put_picture(1, "ocr", "rapidocr", "Too big.", "Make it smaller.", "now")
    (shelf.pictures / "broken.png").unlink()
    (shelf.pictures / "holiday/0.png").unlink()
    assert shelf.index().failed == 1
    assert [failure.path.rpartition("/")[2] for failure in shelf.catalog.failures.all()] == ["kept.png"]


def test_a_copy_is_found_under_both_names_without_inference(shelf):
    fill(shelf, 1)
    shelf.index()
    shutil.copy(shelf.pictures / "holiday/0.png", shelf.pictures / "copy.png")
    assert shelf.index().added == 1
    assert shelf.embedder.seen == 1
    assert shelf.paths() == {"0.png", "copy.png"}


def test_a_changed_picture_is_redone_under_the_same_id_and_keeps_its_note(shelf):
    path = paint(shelf.pictures / "a.png", "red")
    shelf.index()
    write(shelf.catalog, Text(1, "note", "mine", "user"))
    write(shelf.catalog, Text(1, "caption", "something red", "blip"))
    paint(path, "blue", seed=9, size=(80, 48))
    assert shelf.index().updated == 1
    assert [text.text for text in shelf.catalog.texts.of(1)] == ["mine"]
    ids, _ = shelf.store.dense(shelf.embedder.embed_texts(["blue"])[0], 1)
    assert ids.tolist() == [1]
    assert shelf.store.get([1])[0].width == 80


def test_deleted_pictures_leave(shelf):
    fill(shelf)
    shelf.index()
    (shelf.pictures / "holiday/3.png").unlink()
    assert shelf.index().removed == 1
    assert shelf.store.count() == 5
    assert 4 not in shelf.store.dense(shelf.embedder.embed_texts(["red"])[0], 10)[0]


def test_a_missing_root_removes_nothing_and_comes_back_by_itself(shelf):
    fill(shelf)
    shelf.index()
    away = shelf.pictures.with_name("away")
    shelf.pictures.rename(away)
    report = shelf.index()
    assert (report.removed, report.offline) == (0, 6)
    assert shelf.store.count() == 0
    shelf.pictures.mkdir()  # an empty mount point is no deletion either
    assert shelf.index().offline == 6
    shelf.pictures.rmdir()
    away.rename(shelf.pictures)
    back = shelf.index()
    assert (back.unchanged, back.added, shelf.store.count()) == (6, 0, 6)
    assert shelf.embedder.seen == 6


def test_a_root_inside_a_known_one_adds_nothing_twice(shelf):
    from indexer.indexer import Indexer

    fill(shelf)
    run = Indexer(shelf.store, lambda: shelf.embedder).run
    run([shelf.pictures / "holiday"])
    report = run([shelf.pictures])
    assert (report.added, report.unchanged, shelf.store.count()) == (0, 6, 6)
    assert run([shelf.pictures / "holiday"]).unchanged == 6
    assert len(shelf.catalog.roots.paths()) == 1


def test_globs_and_hidden_files_choose_what_is_looked_at(shelf):
    fill(shelf, 2)
    paint(shelf.pictures / ".secret/a.png", "red", 7)
    paint(shelf.pictures / "drafts/b.png", "red", 8)
    assert shelf.index(exclude=("drafts",)).added == 2
    assert shelf.index(hidden=True).added == 2


def test_a_bad_picture_is_listed_with_its_reason_and_retried_only_when_asked(shelf):
    fill(shelf, 2)
    bad = shelf.pictures / "bad.jpg"
    bad.write_bytes(b"this is no picture at all")
    assert shelf.index().failed == 1
    failure = shelf.catalog.failures.all()[0]
    assert failure.path == str(bad)
    assert failure.reason
    assert failure.remedy
    assert shelf.index().failed == 1
    paint(shelf.pictures / "good.png", "green", 5).rename(bad)
    report = shelf.index()
    assert (report.added, report.failed, shelf.catalog.failures.all()) == (1, 0, [])


def test_a_picture_that_becomes_unreadable_leaves_and_is_listed(shelf):
    path = paint(shelf.pictures / "a.png", "red")
    shelf.index()
    path.write_bytes(b"garbage over it")
    report = shelf.index()
    assert (report.removed, report.failed, shelf.store.count()) == (1, 1, 0)


def test_which_files_were_asked_for_is_remembered_until_others_are(shelf):
    paint(shelf.pictures / "a.png", "red")
    paint(shelf.pictures / "private/b.png", "green")
    shelf.index(exclude=("private",))
    assert shelf.paths() == {"a.png"}
    shelf.index(retry=True)
    assert shelf.paths() == {"a.png"}
    shelf.index(hidden=True)
    assert shelf.paths() == {"a.png", "b.png"}


def test_a_misspelt_folder_beside_a_right_one_adds_neither(shelf):
    fill(shelf)
    other = shelf.pictures.parent / "other"
    with pytest.raises(UsageError, match="othr is not a folder that is there"):
        Indexer(shelf.store, lambda: shelf.embedder).run([shelf.pictures, other.with_name("othr")])
    assert shelf.catalog.roots.paths() == {}


def test_choosing_files_in_part_of_a_root_is_refused_and_loses_nothing(shelf):
    paint(shelf.pictures / "a.png", "red")
    paint(shelf.pictures / "part/b.png", "green")
    shelf.index()
    with pytest.raises(LibraryError, match="is part of"):
        Indexer(shelf.store, lambda: shelf.embedder).run([shelf.pictures / "part"], Choice(include=("*.jpg",)))
    assert shelf.paths() == {"a.png", "b.png"}


def test_a_root_taken_in_by_the_one_around_it_keeps_notes_even_where_both_knew_a_file(shelf):
    paint(shelf.pictures / "part/a.png", "red")
    paint(shelf.pictures / "part/b.png", "green", 1)
    inner = Indexer(shelf.store, lambda: shelf.embedder)
    inner.run([shelf.pictures / "part"])
    write(shelf.catalog, Text(2, "note", "keep me", "user"))
    # as a crash between making the outer root and taking the inner one in would leave it
    outer = shelf.catalog.roots.add(str(shelf.pictures))
    shelf.catalog.put(1, [(_same_file(shelf.catalog.get([1])[0], outer, "part/a.png"), None)], "now")
    report = shelf.index()
    assert (report.added, report.removed) == (0, 0)
    assert sorted(shelf.paths()) == ["a.png", "b.png"]
    assert shelf.catalog.lexical("keep", 5)[0].id == 2
    assert list(shelf.catalog.roots.paths().values()) == [str(shelf.pictures)]


def _same_file(picture, root_id, relative):
    return NewPicture(
        root_id, relative, picture.hash, picture.size, picture.mtime_ns, picture.width, picture.height, picture.format,
        picture.exif, picture.colours,
    )  # fmt: skip
