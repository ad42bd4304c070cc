"""What a person looks at is done first by models that annotate; where they looked stays in the library, and costs nobody a wait."""

from __future__ import annotations

import os
import sqlite3

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

import imsearch
from indexer.decode import decode  # noqa: F401 - loaded before the runner swaps the streams
from indexer.indexer import Indexer
from indexer.manifest import Manifest, write_manifest
from search import Library
from tests.conftest import paint
from tests.indexer.test_second_pass import Colours
from tests.small import ColourEmbedder
from web.app import create_app

MANIFEST = Manifest("colour", "1", 4)
MANY = 40


@pytest.fixture
def library(tmp_path):
    """A red picture, older than a blue one, older than many green ones."""
    for n, colour in enumerate(["red", "blue", *["green"] * MANY]):
        path = paint(tmp_path / "pictures" / f"{n:02}.png", colour, n)
        os.utime(path, (10**9 + n, 10**9 + n))
    (tmp_path / "library").mkdir()
    write_manifest(tmp_path / "library", MANIFEST)
    with Library(tmp_path / "library", MANIFEST, ColourEmbedder()) as made:
        Indexer(made.store, made.embedder).run([tmp_path / "pictures"])
        yield made


RED, BLUE = 1, 2
DETAIL = f"/api/v1/pictures/{RED}"


def run(library, *arguments):
    done = CliRunner().invoke(imsearch.cli, [*arguments, "--library", str(library.folder)])
    assert done.exit_code == 0, done.output
    return done.output


def opened(library):
    return library.store.catalog.status()["opened"]


class Interrupted(Colours):
    """Reads one picture after another until it is stopped."""

    def __init__(self, after: int) -> None:
        super().__init__(task="ocr")
        self.left = after

    def annotate(self, pictures):
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return super().annotate(pictures)


def begun(library, pictures=2):
    """The first pictures that are read by a run that is stopped then."""
    reader = Interrupted(pictures)
    with pytest.raises(KeyboardInterrupt):
        library.annotate([reader])
    return reader.seen


def test_without_a_look_the_newest_are_done_first(library):
    assert begun(library) == ["green", "green"]


def test_an_old_picture_that_was_looked_at_is_done_first(library):
    run(library, "show", str(RED))
    assert begun(library) == ["red", "green"]
    assert begun(library) == ["green", "green"]


def test_the_last_look_counts_and_judging_or_editing_is_looking(library):
    run(library, "show", str(RED))
    # times are whole seconds: this look was in the past
    with library.store.catalog.connections.writing() as db:
        db.execute("UPDATE opened SET at = '2024-05-01T00:00:00+00:00'")
    run(library, "judge", "the sea", str(BLUE), "--good")
    assert begun(library) == ["blue", "red"]
    run(library, "edit", str(RED), "--rating", "5")
    with library.store.catalog.connections.writing() as db:
        db.execute("UPDATE judgements SET created_at = '2024-05-02T00:00:00+00:00'")
    assert library.store.catalog.texts.to_annotate("caption", "colours", "1")[:2] == [RED, BLUE]
    assert library.store.catalog.texts.to_annotate("caption", "colours", "1", anew=True)[:2] == [RED, BLUE]


def test_what_is_opened_on_the_page_counts_and_what_programs_fetch_does_not(library):
    client = TestClient(create_app(library), base_url="http://127.0.0.1")
    page = {"Sec-Fetch-Site": "same-origin"}
    for address in (f"{DETAIL}/thumbnail", f"{DETAIL}/file", "/api/v1/search?q=red"):
        assert client.get(address, headers=page).status_code == 200
    assert client.get(DETAIL).status_code == 200
    run(library, "show", str(RED), "--json")
    assert opened(library) == 0
    assert client.get(DETAIL, headers=page).status_code == 200
    assert opened(library) == 1
    assert begun(library)[0] == "red"


def test_a_look_during_a_run_brings_the_picture_forward(library):
    class Watched(Colours):
        def annotate(self, pictures):
            if not self.seen:
                library.note_opened(RED)
            return super().annotate(pictures)

    reader = Watched(task="ocr")
    assert library.annotate([reader])[0].done == MANY + 2
    # behind what is under way: two batches that wait decoded, and the rest of a third
    assert reader.seen.index("red") <= 24
    assert reader.seen[-1] == "blue"


def test_while_another_process_writes_a_look_is_dropped_and_nobody_waits(library):
    writer = sqlite3.connect(library.folder / "catalog.sqlite", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    client = TestClient(create_app(library), base_url="http://127.0.0.1")
    assert "00.png" in run(library, "show", str(RED))
    assert client.get(DETAIL, headers={"Sec-Fetch-Site": "same-origin"}).json()["name"] == "00.png"
    writer.execute("ROLLBACK")
    writer.close()
    assert opened(library) == 0
    library.note_opened(RED)
    assert opened(library) == 1
    # who writes more than a hint still waits for others
    assert library.store.catalog.connections.mine().execute("PRAGMA busy_timeout").fetchone() == (30_000,)


def test_looks_are_forgotten_when_asked_and_with_their_picture(library):
    for picture in (RED, BLUE):
        run(library, "show", str(picture))
    assert "opened  2" in run(library, "status")
    (library.folder.parent / "pictures" / "00.png").unlink()
    Indexer(library.store, library.embedder).run([library.folder.parent / "pictures"])
    assert opened(library) == 1
    assert "Forgot which pictures you opened (1)." in run(library, "forget", "--opened")
    assert opened(library) == 0
    assert begun(library) == ["green", "green"]
