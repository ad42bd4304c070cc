"""Many pictures, many threads, several processes: the catalog stays quick, whole and within its open files."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from indexer.catalog import Catalog
from indexer.errors import LibraryDamaged, LibraryError
from indexer.filters import Condition
from indexer.records import Exif, NewPicture, Text
from tests.small import write

VECTOR = np.array([1, 0, 0, 0], np.float32)


def new(relative: str, content: str, mtime_ns: int = 10**18) -> NewPicture:
    return NewPicture(1, relative, content, 10, mtime_ns, 40, 30, "jpeg", Exif(), ())


@pytest.fixture
def catalog(tmp_path):
    with_root = Catalog.open(tmp_path / "catalog.sqlite")
    with_root.roots.add("/pictures")
    with_root.add_model("colour", "1", 4)
    yield with_root
    with_root.close()


def test_a_filter_that_most_pictures_pass_does_not_slow_words_down(catalog):
    """Counted in SQLite's own steps, as a clock would say more about the machine."""

    def steps(among) -> int:
        taken = 0

        def step() -> int:
            nonlocal taken
            taken += 1
            return 0

        catalog.connections.mine().set_progress_handler(step, 100)
        catalog.lexical("red car", 10, among)
        catalog.connections.mine().set_progress_handler(None, 0)
        return taken

    ids = catalog.put(1, [(new(f"red/car/{i}.jpg", f"h{i}"), VECTOR) for i in range(2000)], "now")
    assert steps(np.array(ids, np.int64)) < 4 * steps(None)


@pytest.mark.parametrize("typed", ["Фото", "фото", "ФОТО/Été", "фото/e\u0301te\u0301"])
def test_folders_of_any_script_are_found_in_any_case(catalog, typed):
    (picture,) = catalog.put(1, [(new("Фото/Été/a.jpg", "h"), VECTOR)], "now")
    assert catalog.filter(Condition("in", typed)).tolist() == [picture]


def test_a_folder_that_cannot_be_a_name_matches_nothing(catalog):
    assert catalog.filter(Condition("in", "\ud800")).tolist() == []


def test_several_openers_of_a_new_library_all_get_in(tmp_path):
    path, together, errors = tmp_path / "catalog.sqlite", threading.Barrier(4), []

    def enter() -> None:
        together.wait()
        try:
            Catalog.open(path).close()
        except LibraryError as error:
            errors.append(error)

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_place_that_is_not_there_is_not_called_damaged():
    with pytest.raises(LibraryError, match="cannot be opened") as caught:
        Catalog.open(Path("/nowhere/catalog.sqlite"))
    assert not isinstance(caught.value, LibraryDamaged)


def test_connections_go_with_their_threads(catalog):
    for _ in range(20):
        thread = threading.Thread(target=catalog.count)
        thread.start()
        thread.join()
    assert len(catalog.connections._opened) == 1


def test_a_touched_file_is_ordered_by_its_new_time(catalog):
    older, newer = catalog.put(1, [(new("a", "h", 10**17), VECTOR), (new("b", "g", 2 * 10**17), VECTOR)], "now")
    catalog.touch([(older, 10, 3 * 10**17)])
    assert catalog.ordered(None, True, 2).tolist() == [older, newer]


def test_putting_the_same_content_again_doubles_no_words(catalog):
    first, _ = catalog.put(1, [(new("a", "h"), VECTOR), (new("b", "g"), VECTOR)], "now")
    write(catalog, Text(first, "caption", "a cat", "blip"))
    for _ in range(2):
        (twin,) = catalog.put(1, [(new("b", "h"), None)], "now")
    assert [text.text for text in catalog.texts.of(twin)] == ["a cat"]


def test_two_threads_read_whole_batches_while_one_writes(catalog):
    done, seen, errors = threading.Event(), set(), []

    def read() -> None:
        try:
            while not done.is_set():
                seen.add(catalog.count())
                catalog.lexical("red", 5)
        except Exception as error:  # noqa: BLE001  a thread's error is a test's failure
            errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for batch in range(20):
        catalog.put(1, [(new(f"red/{batch}_{i}.jpg", f"h{batch}_{i}"), VECTOR) for i in range(10)], "now")
    done.set()
    for reader in readers:
        reader.join()
    assert errors == []
    assert all(count % 10 == 0 for count in seen)
