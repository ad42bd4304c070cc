"""A library changes its model: while it is searched, killed, indexed into, with disks away; and back again."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from imsearch import cli
from indexer.errors import LibraryBusy, LibraryError
from indexer.lock import changing_models, writing
from indexer.manifest import Manifest, read_manifest, write_manifest
from search.errors import QueryError
from search.library import Library
from tests.conftest import paint
from tests.small import COLOURS, ColourEmbedder
from vlm import UsageError, load_embedder

ROOT = Path(__file__).parents[2]
QUERIES = list(COLOURS)
READER = """
import sys, time
from search.library import Library
from tests.search.test_switching_models import QUERIES, said
with Library.open(sys.argv[1]) as library:
    library.warm()
    while True:
        for query in QUERIES:
            print(said(library, query), flush=True)
            time.sleep(0.02)
"""


def said(library, query):
    """What a search answers, to the last digit: two models never say the same."""
    results = library.search(query, mode="dense", limit=7)
    return json.dumps([query, results.note, [(hit.picture.id, round(hit.signals[0].score, 5)) for hit in results.hits]])


def everything(library):
    return {said(library, query) for query in QUERIES}


@pytest.fixture(scope="module")
def indexed(tmp_path_factory):
    """A library of sixty pictures beside them, searched by mini: made once, copied for each test."""
    folder = tmp_path_factory.mktemp("indexed")
    fill(folder / "pictures", range(60))
    with Library.open(folder / "library", create=True, model="mini") as library:
        library.index([folder / "pictures"], ocr=False)
    return folder


@pytest.fixture
def place(indexed, installed, tmp_path, monkeypatch):
    """A copy of that library and its pictures, on a machine where `colour` is installed too."""
    monkeypatch.setenv("PYTHONPATH", f"{installed}:{ROOT}")
    monkeypatch.setenv("COLOUR_LOG", str(tmp_path / "log"))
    shutil.copytree(indexed, tmp_path, dirs_exist_ok=True)
    with sqlite3.connect(tmp_path / "library/catalog.sqlite") as db:
        db.execute("UPDATE roots SET path = ?", (str(tmp_path / "pictures"),))
    db.close()
    return tmp_path / "library"


def fill(folder, numbers):
    for i in numbers:
        paint(folder / f"{i:03}.png", QUERIES[i % len(QUERIES)], seed=i)


def command(place, *arguments):
    return [sys.executable, "-m", "imsearch", *map(str, arguments), "--library", str(place)]


def imsearch(place, *arguments, code=0):
    """The command, in this process: starting one takes longer than most of them do."""
    done = CliRunner().invoke(cli, [*map(str, arguments), "--library", str(place)])
    assert done.exit_code == code, done.output
    return done


def started(place, *arguments, **environment):
    return subprocess.Popen(
        command(place, *arguments), cwd=ROOT, env=os.environ | environment, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip


def vectors_of(place, spec):
    """Path -> stored vector."""
    sql = (
        "SELECT name, vector FROM embeddings JOIN models ON models.id = model_id AND spec = ? "
        "JOIN pictures ON pictures.id = picture_id"
    )
    with sqlite3.connect(place / "catalog.sqlite") as db:
        found = {name: np.frombuffer(blob, np.float16) for name, blob in db.execute(sql, (spec,))}
    db.close()
    return found


def until(true, process=None):
    deadline = time.monotonic() + 240
    while not true():
        assert time.monotonic() < deadline
        assert process is None or process.poll() is None, process.communicate()
        time.sleep(0.02)


def embedded(tmp_path):
    return sum(map(int, (tmp_path / "log").read_text().split())) if (tmp_path / "log").exists() else 0


def test_a_stream_of_searches_goes_on_through_a_switch_and_none_mixes_models(place, tmp_path):
    with Library.open(place) as library:
        by_mini = everything(library)
        library.models.add(load_embedder("colour"))
        by_colour = {said(_Searching(library.by_model("colour").searcher), query) for query in QUERIES}
        library.models.drop("colour")
    assert not by_mini & by_colour
    errors, answers, stop = [], [], threading.Event()

    def ask(reader):
        try:
            while not stop.wait(0.05):
                answers.extend(said(reader, query) for query in QUERIES)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is one too many
            errors.append(error)

    with Library.open(place) as reader, (tmp_path / "other").open("w+") as other:
        reader.warm()
        run = [sys.executable, "-c", READER, str(place)]
        process = subprocess.Popen(run, cwd=ROOT, stdout=other, stderr=subprocess.PIPE, text=True)
        threads = [threading.Thread(target=ask, args=(reader,)) for _ in range(2)]
        for thread in threads:
            thread.start()

        def others():
            return (tmp_path / "other").read_text().splitlines(keepends=True)

        def last():
            return next((line[:-1] for line in reversed(others()) if line.endswith("\n")), "")

        try:
            until(lambda: last() in by_mini, process)
            switching = started(place, "models", "use", "colour", COLOUR_PAUSE="0.2")
            assert switching.communicate()[1] == ""
            assert switching.returncode == 0
            until(lambda: reader.manifest.model == "colour" and last() in by_colour, process)
            assert started(place, "models", "rollback").communicate()[1] == ""
            until(lambda: reader.manifest.model == "mini" and last() in by_mini, process)
            imsearch(place, "models", "drop", "colour")
            seen = len(answers)
            until(lambda: len(answers) > seen + 20, process)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
            process.kill()
            complaints = process.communicate()[1]
        assert not errors
        assert complaints == ""
        assert set(answers) <= by_mini | by_colour
        assert {line[:-1] for line in others() if line.endswith("\n")} <= by_mini | by_colour
        assert by_mini & set(answers) and by_colour & set(answers)


class _Searching:
    """A searcher where `said` wants a library."""

    def __init__(self, searcher):
        self.searcher = searcher

    def search(self, query, mode, limit):
        from search.query import Query

        return self.searcher.search(Query(query, mode=mode, limit=limit))


def test_killed_in_the_middle_the_old_model_answers_and_nothing_is_embedded_twice(place, tmp_path):
    with Library.open(place) as library:
        before = everything(library)
    switching = started(place, "models", "use", "colour", COLOUR_PAUSE="1.5")
    until(lambda: len(vectors_of(place, "colour")) > 0, switching)
    switching.kill()
    switching.communicate()
    part = len(vectors_of(place, "colour"))
    assert 0 < part < 60
    assert read_manifest(place).model == "mini"
    with Library.open(place) as library:
        assert everything(library) == before
    (tmp_path / "log").unlink()
    told = json.loads(imsearch(place, "models", "use", "colour", "--json").stdout)
    assert (told["embedded"], told["lacking"], embedded(tmp_path)) == (60 - part, 0, 60 - part)
    assert imsearch(place, "doctor").stdout == "All is well.\n"


def test_what_is_added_changed_and_removed_meanwhile_is_covered_at_the_swap(place, tmp_path):
    pictures = tmp_path / "pictures"
    switching = started(place, "models", "use", "colour", COLOUR_PAUSE="1.0")
    until(lambda: len(vectors_of(place, "colour")) > 0, switching)
    fill(pictures, range(60, 64))
    paint(pictures / "001.png", "yellow", seed=999)  # embedded already, as green
    (pictures / "002.png").unlink()
    (pictures / "003.png").rename(pictures / "moved.png")
    imsearch(place, "index", pictures, "--no-ocr")
    # on a busy machine it may have had to wait for that run, and says so
    assert not [line for line in switching.communicate()[1].splitlines() if not line.startswith("All is embedded.")]
    stored = vectors_of(place, "colour")
    assert sorted(stored) == sorted(path.name for path in pictures.iterdir())
    from PIL import Image

    for name, vector in stored.items():
        with Image.open(pictures / name) as picture:
            np.testing.assert_allclose(vector, ColourEmbedder().embed_pictures([picture])[0], atol=2e-3)
    assert imsearch(place, "doctor").stdout == "All is well.\n"


def test_an_indexing_run_that_is_under_way_is_waited_for_by_name(place):
    with writing(place):
        switching = started(place, "models", "use", "colour")
        assert f"process {os.getpid()}" in switching.stderr.readline()
        assert read_manifest(place).model == "mini"
    switching.communicate()
    assert switching.returncode == 0
    assert read_manifest(place).model == "colour"


def test_only_one_process_changes_models_at_a_time(place):
    with changing_models(place), Library.open(place) as library, pytest.raises(LibraryBusy, match=str(os.getpid())):
        library.models.use(load_embedder("colour"))
    imsearch(place, "models", "use", "colour")


def test_pictures_on_a_disk_that_is_away_are_told_found_by_words_and_embedded_when_it_is_back(place, tmp_path):
    disk, away = tmp_path / "disk", tmp_path / "away"
    paint(disk / "lighthouse.png", "red", seed=500)
    with Library.open(place) as library:
        library.index([disk], ocr=False)
        disk.rename(away)
        told = library.models.use(load_embedder("colour"))
        assert (told.lacking, told.away, told.unreadable) == (1, 1, ())
        assert library.search("lighthouse").hits[0].picture.path.endswith("lighthouse.png")
        with pytest.raises(QueryError, match="not a file that is there"):
            library.search("like:61")
        away.rename(disk)
        assert library.search("like:61", mode="dense", limit=99).total == 60
        library.index([disk], ocr=False)
        assert [one.pictures for one in library.models.held()] == [61, 61]
        assert library.search("red", mode="dense", limit=99).total == 61


def test_with_every_disk_away_the_model_stays(place, tmp_path):
    (tmp_path / "pictures").rename(tmp_path / "away")
    assert "mini stays in use" in imsearch(place, "models", "use", "colour", code=3).stderr
    assert read_manifest(place).model == "mini"


def test_a_picture_that_changed_or_broke_since_is_named_with_the_reason(place, tmp_path):
    paint(tmp_path / "pictures/001.png", "yellow", seed=999)
    (tmp_path / "pictures/002.png").write_bytes(b"broken")
    with Library.open(place) as library:
        told = library.models.use(load_embedder("colour"))
        assert (told.lacking, told.away) == (2, 0)
        assert [Path(one.path).name for one in told.unreadable] == ["001.png", "002.png"]
        assert "changed since" in told.unreadable[0].reason
        library.index([tmp_path / "pictures"], ocr=False)
        assert library.models.use(load_embedder("colour")).lacking == 0


def test_copies_are_embedded_once(place, tmp_path):
    for i in range(5):
        shutil.copy(tmp_path / "pictures/000.png", tmp_path / f"pictures/copy {i}.png")
    with Library.open(place) as library:
        library.index([tmp_path / "pictures"], ocr=False)
        assert library.models.use(load_embedder("colour")).embedded == 65
    assert embedded(tmp_path) <= 62  # a copy may lie in the batch after its original's, begun before that was put


def test_indexing_after_a_switch_embeds_by_the_model_in_use_and_the_other_catches_up_when_it_is_used(place, tmp_path):
    with Library.open(place) as library:
        library.models.use(load_embedder("colour"))
        fill(tmp_path / "pictures", range(60, 63))
        library.index([tmp_path / "pictures"], ocr=False)
        assert [(one.spec, one.pictures, one.in_use) for one in library.models.held()] == [
            ("mini", 60, False),
            ("colour", 63, True),
        ]
        told = library.models.roll_back()
        assert (told.model, told.lacking) == ("mini", 3)
        told = library.models.use(load_embedder("mini"))
        assert (told.embedded, told.lacking, told.previous) == (3, 0, "colour")


def test_going_back_is_at_once_and_twice_is_here_again(place, tmp_path):
    with Library.open(place) as library:
        with pytest.raises(UsageError, match="no model to go back to"):
            library.models.roll_back()
        before = everything(library)
        library.models.use(load_embedder("colour"))
        after = everything(library)
        (tmp_path / "log").unlink()
        library.models.roll_back()
        assert everything(library) == before
        library.models.roll_back()
        assert everything(library) == after
    assert embedded(tmp_path) == 0


def test_the_vectors_of_a_model_that_is_not_in_use_can_be_dropped_for_their_room(place):
    imsearch(place, "models", "use", "colour")
    assert "colour is in use" in imsearch(place, "models", "drop", "colour", code=2).stderr
    full = (place / "catalog.sqlite").stat().st_size
    assert "Dropped mini" in imsearch(place, "models", "drop", "mini").stdout
    assert (place / "catalog.sqlite").stat().st_size < full
    assert {path.name for path in (place / "vectors").iterdir()} == {"colour", "colour.everyday.json"}
    assert "no vectors of mini" in imsearch(place, "models", "drop", "mini", code=2).stderr
    assert "no model to go back to" in imsearch(place, "models", "rollback", code=2).stderr
    assert imsearch(place, "doctor").stdout == "All is well.\n"
    assert json.loads(imsearch(place, "models", "use", "mini", "--json").stdout)["embedded"] == 60


def test_the_models_of_a_library_are_listed_with_what_they_cover(place):
    imsearch(place, "models", "add", "colour")
    said = json.loads(imsearch(place, "models", "--json").stdout)
    assert said["pictures"] == 60
    assert [(m["spec"], m["dim"], m["pictures"], m["in_use"]) for m in said["models"]] == [
        ("mini", 256, 60, True),
        ("colour", 4, 60, False),
    ]
    assert "60 of 60" in imsearch(place, "models").stdout


def test_indexing_with_another_model_names_the_command_that_switches(place, tmp_path):
    done = imsearch(place, "index", tmp_path / "pictures", "--model", "colour", code=3)
    assert "imsearch models use colour" in done.stderr


def test_other_weights_of_the_model_are_followed_by_indexing_for_every_root(place, tmp_path, monkeypatch):
    imsearch(place, "models", "use", "colour")
    with Library.open(place) as reader:
        before = everything(reader)
        monkeypatch.setenv("COLOUR_REVISION", "2")
        with Library.open(place) as fresh, pytest.raises(LibraryError, match="imsearch index"):
            fresh.search("red", mode="dense")
        assert everything(reader) == before
        (tmp_path / "more").mkdir()
        imsearch(place, "index", tmp_path / "more", "--no-ocr")  # another root; the pictures of all are embedded anew
        held = reader.models.held()
        assert [(m.spec, m.revision, m.pictures, m.in_use, m.previous) for m in held] == [
            ("mini", held[0].revision, 60, False, True),
            ("colour", "1", 60, False, False),
            ("colour", "2", 60, True, False),
        ]
        until(lambda: reader.manifest.revision == "2")
        assert everything(reader) == before
        reader.models.drop("colour")
        assert everything(reader) == before
        assert [m.revision for m in reader.models.held() if m.spec == "colour"] == ["2"]


def test_two_models_are_compared_on_judged_queries_before_the_switch(place, tmp_path):
    judged = tmp_path / "judged.jsonl"
    judged.write_text(json.dumps({"query": "red", "relevant": [f"{i:03}.png" for i in range(0, 60, 5)]}))
    arguments = ("evaluate", judged, "--compare", "mini", "colour")
    assert "imsearch models add colour" in imsearch(place, *arguments, code=2).stderr
    imsearch(place, "models", "add", "colour")
    said = json.loads(imsearch(place, *arguments, "--json").stdout)
    assert (said["colour"]["recall@10"], said["colour"]["pictures"], said["mini"]["pictures"]) == (1.0, 60, 60)
    printed = imsearch(place, *arguments).stdout.splitlines()
    assert printed[0].split() == ["mini", "colour"]
    assert read_manifest(place).model == "mini"


def test_a_reader_that_has_not_loaded_its_model_yet_is_there_at_once(place):
    with Library.open(place) as reader:
        imsearch(place, "models", "use", "colour")
        assert reader.search("red", mode="dense").total == 60
        assert reader.manifest.model == "colour"


def test_a_reader_that_cannot_load_the_new_model_goes_on_with_the_old_one_and_says_so(place, caplog):
    with Library.open(place) as reader:
        before = everything(reader)
        write_manifest(place, Manifest("openclip:/nowhere", "1", 8))
        with caplog.at_level(logging.WARNING, "imsearch.search"):
            until(lambda: reader.search("red") and caplog.text)
        assert "go on with mini" in caplog.text
        assert everything(reader) == before


def test_what_is_told_from_vectors_is_told_anew_by_the_model_that_is_switched_to(place, tmp_path):
    run = CliRunner()
    with Library.open(place) as library:
        ids = [str(hit.picture.id) for hit in library.search("red", mode="dense", limit=3).hits]
    assert run.invoke(cli, ["--library", str(place), "teach", "reds", "--yes", *ids]).exit_code == 0
    assert run.invoke(cli, ["--library", str(place), "models", "use", "colour"]).exit_code == 0
    with Library.open(place) as library:
        assert library.store.calibration_file.exists()
        revisions = {text.revision for i in ids for text in library.store.texts(int(i)) if text.text == "reds"}
        assert {revision.partition("@")[0] for revision in revisions} == {library.manifest.model}
