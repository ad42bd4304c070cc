"""`imsearch annotate` as its user runs it: several tasks at once, only what is new, what failed again when asked."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import imsearch
from indexer.decode import decode  # noqa: F401 - loaded before the runner swaps the streams
from indexer.indexer import Indexer
from indexer.manifest import Manifest, write_manifest
from search import Library
from tests.conftest import paint, shared
from tests.indexer.test_second_pass import Colours
from tests.small import ColourEmbedder
from vlm import UsageError

MANIFEST = Manifest("colour", "1", 4)

COLOURS = ("red", "green", "blue")


@pytest.fixture
def library(tmp_path):
    for n, colour in enumerate(COLOURS):
        paint(tmp_path / "pictures" / f"{colour}.png", colour, n)
    (tmp_path / "library").mkdir()
    write_manifest(tmp_path / "library", MANIFEST)
    with Library(tmp_path / "library", MANIFEST, ColourEmbedder()) as made:
        index(made)
        yield made


def index(library):
    Indexer(library.store, library.embedder).run([library.folder.parent / "pictures"])


def run(library, *arguments):
    done = CliRunner().invoke(imsearch.cli, [*arguments, "--library", str(library.folder)])
    return done.exit_code, done.output


def test_several_tasks_in_one_run_and_none_in_the_next(library):
    def asked():
        return [Colours(), Colours(task="object"), Colours(task="ocr")]

    assert [one.done for one in library.annotate(asked())] == [3, 3, 3]
    assert [one.done for one in library.annotate(asked())] == [0, 0, 0]
    with pytest.raises(UsageError, match="colour names nothing by its vectors"):
        library.annotate([], tags=True)
    found = library.search('object:wall "red wall"').hits
    assert found[0].picture.path.rpartition("/")[2] == "red.png"


def test_what_a_detector_finds_is_a_word_to_search_by(library):
    assert library.search("wall", mode="lexical").hits == ()
    library.annotate([Colours(task="object")])
    assert len(library.search("wall", mode="lexical").hits) == 3


def test_a_description_leaves_what_a_detector_found(library):
    library.annotate([Colours(task="object"), Colours(task="describe", spec="talker")])
    assert len(library.search("object:wall").hits) == 3


def test_a_query_that_many_pictures_match_is_done_to_its_end(library):
    for n in range(30):
        paint(library.folder.parent / "pictures" / "more" / f"{n}.png", "green", 10 + n)
    index(library)
    assert library.annotate([Colours()], "in:more")[0].done == 30
    assert library.annotate([Colours()])[0].done == 3


def test_what_was_seen_by_which_model_is_shown(library):
    library.annotate([Colours(revision="7", prompt_version="2-short-en"), Colours(task="object")])
    code, told = run(library, "show", str(library.folder.parent / "pictures" / "red.png"))
    assert code == 0
    assert "seen for  caption by colours, 7, 2-short-en, 20" in told
    assert "objects  wall 1.00" in told
    assert "3 pictures: caption by colours (7)" in run(library, "status")[1]
    known = json.loads(run(library, "show", str(library.folder.parent / "pictures" / "red.png"), "--json")[1])
    assert {one["task"] for one in known["seen"]} == {"caption", "object"}


def test_failures_name_the_task_and_go_when_a_later_try_is_well(library):
    paint(library.folder.parent / "pictures" / "black.png", "black")
    index(library)
    assert library.annotate([Colours()])[0].failed == 1
    told = run(library, "failures")[1]
    assert "caption by colours: It is too dark." in told
    assert "imsearch annotate --caption colours --retry" in told
    assert library.annotate([Colours()])[0].failed == 0
    assert library.annotate([Colours()], retry=True)[0].failed == 1
    black = library.find(library.folder.parent / "pictures" / "black.png")
    paint(library.folder.parent / "pictures" / "black.png", "red", 77)
    index(library)
    assert library.annotate([Colours()])[0].done == 1
    assert library.store.texts(black.id)
    assert "Every file could be used." in run(library, "failures")[1]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ([], "Say what to write"),
        (["--detect", "rapidocr"], "finds no objects"),
        (["--caption", "rapidocr"], "writes no captions"),
        (["--describe", "rapidocr"], "does not converse"),
    ],
)
def test_what_cannot_be_asked_is_said_before_anything_is_done(library, asked, reason):
    code, told = run(library, "annotate", *asked)
    assert code in (2, 4)
    assert reason in told


def test_a_detector_is_asked_by_the_command_and_objects_are_filtered_by(tmp_path):
    model = shared("models/yolox_nano/yolox_nano.onnx")
    (tmp_path / "pictures").mkdir()
    for name in ("000000022892.jpg", "000000000139.jpg"):
        (tmp_path / "pictures" / name).write_bytes((shared("data/photos") / name).read_bytes())
    with Library.open(tmp_path / "library", create=True, model="mini") as library:
        library.index([tmp_path / "pictures"], ocr=False)
        asked = ("annotate", "--detect", f"yolox:{model}", "--tags", "--json")
        done = {one["task"]: one["done"] for one in json.loads(run(library, *asked)[1])}
        assert done == {"tag": 0, "object": 2}
        assert [hit.picture.path[-16:] for hit in library.search("object:dog").hits] == ["000000022892.jpg"]
        assert {one["done"] for one in json.loads(run(library, *asked)[1])} == {0}
        stale = json.loads(run(library, *asked, "--least", "0.5", "--labels", "dog, person")[1])
        assert [one["done"] for one in stale] == [0, 2]
        assert [one.done for one in library.annotate([], tags=True, anew=True)] == [2]


def test_what_one_model_fails_on_is_shown_to_another(library):
    class Brave(Colours):
        """Does not mind the dark."""

        def annotate(self, pictures):
            self.seen += [""] * len(pictures)
            return [self.made(picture, "some") for picture in pictures]

    paint(library.folder.parent / "pictures" / "black.png", "black")
    index(library)
    for spec in ("first", "second"):
        assert library.annotate([Colours(spec=spec)])[0].failed == 1
    told = run(library, "failures")[1]
    assert "caption by first: It is too dark." in told
    assert "caption by second: It is too dark." in told
    assert "imsearch annotate --caption first --retry" in told
    assert {one["model"] for one in json.loads(run(library, "failures", "--json")[1])} == {"first", "second"}
    tried_again = library.annotate([Colours(spec="second")], retry=True)
    assert [(one.done, one.failed) for one in tried_again] == [(0, 1)]
    assert len(library.store.catalog.failures.all()) == 2
    assert library.annotate([Brave(spec="third")])[0].done == 4
    assert library.store.catalog.failures.all() == []
