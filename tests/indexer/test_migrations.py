"""A library of any earlier version opens; one of a later version is refused and left as it is."""

from __future__ import annotations

import sqlite3

import pytest
from sqlite_utils import Database

from indexer.catalog import LATEST, Catalog
from indexer.errors import LibraryDamaged, LibraryTooNew
from indexer.migrations import migrations
from tests.indexer.older import older

NAMES = [migration.name for migration in migrations.pending(Database(memory=True))]


def test_the_version_counts_the_migrations():
    assert len(NAMES) == LATEST


@pytest.mark.parametrize("known", range(LATEST + 1))
def test_every_earlier_version_opens(tmp_path, known):
    path = tmp_path / "catalog.sqlite"
    connection = sqlite3.connect(path, isolation_level=None)
    migrations.apply(Database(connection), stop_before=NAMES[known:] or None)
    connection.execute(f"PRAGMA user_version = {known}")
    connection.close()
    catalog = Catalog.open(path)
    assert catalog.roots.add("/pictures") == 1
    assert catalog.lexical("anything", 3) == []
    catalog.close()


def test_words_of_an_earlier_library_are_found_without_their_accents(tmp_path):
    path = tmp_path / "catalog.sqlite"
    connection = sqlite3.connect(path, isolation_level=None)
    migrations.apply(Database(connection), stop_before=NAMES[6])
    connection.execute("INSERT INTO roots (path) VALUES ('/pictures')")
    connection.execute(
        "INSERT INTO pictures (root_id, path, folder, name, hash, size, mtime_ns, width, height, format, moment, "
        "orientation, colours, added_at) VALUES (1, 'Łódź/हिन्दी.png', 'Łódź', 'हिन्दी.png', 'x', 1, 1, 1, 1, 'png', '2020', 1, '[]', '')"
    )
    connection.execute("INSERT INTO words (rowid, name, folder) VALUES (1, 'हिन्दी.png', 'Łódź')")
    connection.execute("INSERT INTO grams (rowid, body) VALUES (1, 'हिन्दी.png\nŁódź')")
    connection.execute("PRAGMA user_version = 6")
    connection.close()
    catalog = Catalog.open(path)
    assert [match.fields for match in catalog.lexical("lodz", 3)] == [("folder",)]
    assert [match.fields for match in catalog.lexical("हिन्दी", 3)] == [("name",)]
    assert not any("full-text" in problem for problem in catalog.check(1))
    catalog.close()


def test_a_newer_catalog_is_refused_and_not_touched(tmp_path):
    path = tmp_path / "catalog.sqlite"
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {LATEST + 1}")
    connection.execute("CREATE TABLE future (x)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(LibraryTooNew, match="newer imsearch"):
        Catalog.open(path)
    assert path.read_bytes() == before


def test_a_damaged_catalog_is_refused_with_a_sentence(tmp_path):
    path = tmp_path / "catalog.sqlite"
    path.write_bytes(b"not a database at all, but long enough to look like one" * 40)
    with pytest.raises(LibraryDamaged, match="cannot be opened"):
        Catalog.open(path)


def test_what_was_seen_and_rated_before_ids_and_edits_were_kept_stays_so(tmp_path):
    path = tmp_path / "catalog.sqlite"
    with older(path, 6) as connection:
        row = "INSERT INTO pictures VALUES (?, 1, ?, '', ?, 'h', 1, 1, 1, 1, 'png', '', '', '', '', 0, 0, 1, '[]', ?, ?, 'hidden')"
        for i, (added, rating) in enumerate((("2024-01-01", 4), ("2024-01-02", None), ("2024-01-03", None)), 1):
            connection.execute(row, (i, f"{i}.png", f"{i}.png", added, rating))
        connection.execute(
            "INSERT INTO saved_searches (name, query, created_at, seen_at) VALUES ('a', '', '2023', '2024-01-02')"
        )
    catalog = Catalog.open(path)
    assert [one.seen_id for one in catalog.saved.all()] == [2]
    looked_for = []
    catalog.told.seek(looked_for.append, lambda progress: looked_for.append(progress.total), "now")
    assert looked_for == [3]
    assert catalog.hidden().tolist() == [1, 2, 3]
    catalog.close()


def test_what_failed_before_models_were_named_is_kept_of_files_and_asked_again_of_models(tmp_path):
    path = tmp_path / "catalog.sqlite"
    with older(path, 10) as connection:
        for stage in ("index", "caption"):
            connection.execute(
                "INSERT INTO failures VALUES (1, 'a.png', ?, 'Why.', 'Do this.', 7, 8, '2024')", (stage,)
            )
    catalog = Catalog.open(path)
    (left,) = catalog.failures.all()
    assert (left.path, left.stage, left.model, left.reason) == ("/pictures/a.png", "index", "", "Why.")
    assert catalog.failures.stamps(1, "index") == {"a.png": (7, 8)}
    catalog.close()


def test_words_of_a_library_without_places_are_kept_and_its_pictures_wait_for_theirs(tmp_path):
    path = tmp_path / "catalog.sqlite"
    with older(path, 15) as connection:
        connection.execute(
            "INSERT INTO pictures (root_id, path, folder, name, hash, size, mtime_ns, width, height, format, moment, latitude, "
            "longitude, orientation, colours, added_at) VALUES (1, 'a.png', '', 'a.png', 'x', 1, 1, 1, 1, 'png', '2020', 48.1, 11.6, 1, '[]', '')"
        )
        connection.execute("INSERT INTO texts VALUES (1, 1, 'note', 'Grandmother', 'user', '', '', '', '[]')")
        connection.execute("INSERT INTO words (rowid, name, note) VALUES (1, 'a png', 'grandmother')")
        connection.execute("INSERT INTO grams (rowid, body) VALUES (1, 'a.png\n\n\n\n\ngrandmother')")
    catalog = Catalog.open(path)
    assert [match.fields for match in catalog.lexical("grandmother", 3)] == [("note",)]
    assert catalog.get([1])[0].place == ""
    seen = []
    catalog.places.seek(seen.append)
    assert seen and catalog.get([1])[0].place.endswith("Munich, Germany")
    catalog.close()
