"""A person says what they know of pictures: it is found at once, and no later run overwrites it or brings back what they took away."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from click.testing import CliRunner

import imsearch
from indexer import catalog as catalogs
from indexer.decode import decode  # noqa: F401 - loaded before the runner swaps the streams
from indexer.indexer import Indexer
from indexer.manifest import Manifest, write_manifest
from indexer.records import Edit
from search import Library
from tests.conftest import paint
from tests.small import ColourEmbedder
from tests.small import said as annotation
from vlm import DetectedObject, UsageError

NAMES = ("barn", "boat", "cow", "dune")


MANIFEST = Manifest("colour", "1", 4)


def index(library):
    return Indexer(library.store, library.embedder).run([library.folder.parent / "pictures"])


@pytest.fixture
def library(tmp_path):
    for i, name in enumerate(NAMES):
        paint(tmp_path / "pictures" / f"{name}.png", "red", seed=i)
    (tmp_path / "library").mkdir()
    write_manifest(tmp_path / "library", MANIFEST)
    with Library(tmp_path / "library", MANIFEST, ColourEmbedder()) as made:
        index(made)
        yield made


@pytest.fixture
def run(library):
    def run(*args):
        made = CliRunner().invoke(imsearch.cli, ["--library", str(library.folder), *map(str, args)])
        return made.exit_code, made.output

    return run


@pytest.fixture
def ids(library):
    pictures = library.folder.parent / "pictures"
    return {name: library.find(pictures / f"{name}.png").id for name in NAMES}


def found(library, query, **given):
    return {hit.picture.path.rpartition("/")[2].removesuffix(".png") for hit in library.search(query, **given).hits}


def said(library, picture, kind):
    return [(text.text, text.model) for text in library.store.texts(picture) if text.kind == kind]


def read_words(library, picture, words, revision="2"):
    """What the second pass does with what OCR makes of a picture."""
    library.store.catalog.texts.annotate(picture, "ocr", annotation(revision=revision, lines=[words]))


def test_what_is_written_is_found_at_once_and_printed(library, run, ids):
    code, told = run(
        "edit", ids["barn"], ids["cow"], "--note", "with Ada", "--caption", "a herd", "--tag", "Our Farm", "--tag", "2019",
        "--rating", 5, "--state", "approved", "--json",
    )  # fmt: skip
    assert code == 0
    first = json.loads(told)[0]
    assert (first["id"], first["state"], first["exif"]["rating"]) == (ids["barn"], "approved", 5)
    assert {(text["kind"], text["text"]) for text in first["texts"] if text["model"] == "user"} == {
        ("note", "with Ada"), ("caption", "a herd"), ("tag", "Our Farm"), ("tag", "2019"),
    }  # fmt: skip
    for query in ('tag:"our farm"', "has:note", "rating:5", "state:approved", '"with ada"', '"herd"'):
        assert found(library, query) == {"barn", "cow"}, query
    assert found(library, "ada", mode="lexical") == {"barn", "cow"}


def test_a_word_taken_back_is_no_longer_found_and_the_history_tells(library, run, ids):
    run("edit", ids["barn"], "--note", "the old barn of Ruth", "--tag", "farm", "--state", "hidden")
    run("edit", ids["barn"], "--note", "the new barn", "--untag", "FARM", "--state", "unreviewed")
    run("edit", ids["barn"], "--note", "")
    assert found(library, "ruth", mode="lexical") == found(library, "tag:farm") == found(library, "has:note") == set()
    assert [(one.field, one.before, one.after, one.who) for one in library.history(ids["barn"])] == [
        ("state", "unreviewed", "hidden", "person"),
        ("note", None, "the old barn of Ruth", "person"),
        ("tag", None, "farm", "person"),
        ("state", "hidden", "unreviewed", "person"),
        ("note", "the old barn of Ruth", "the new barn", "person"),
        ("tag", "farm", None, "person"),
        ("note", "the new barn", None, "person"),
    ]
    told = run("show", ids["barn"])[1]
    assert "note: the old barn of Ruth -> the new barn" in told and "tag - farm" in told


def test_an_object_taken_away_is_not_found_again_and_a_slip_is_told(library, run, ids):
    texts, seen = library.store.catalog.texts, DetectedObject("Dog", 0.9, (0, 0, 9, 9))
    for name in ("barn", "cow"):
        texts.annotate(ids[name], "object", annotation("yolox", objects=(seen, seen)))
    assert found(library, "dog", mode="lexical") == {"barn", "cow"}
    assert "was on none of them" not in run("edit", ids["barn"], "--untag", "dog")[1]
    texts.annotate(ids["barn"], "object", annotation("yolox", revision="2", objects=(seen,)))
    assert found(library, "dog", mode="lexical") == found(library, "object:dog") == {"cow"}
    assert library.history(ids["barn"])[-1].before == "Dog"
    code, told = run("edit", ids["cow"], ids["barn"], "--untag", "dgo", "--untag", "dog")
    assert code == 0 and "'dgo' was on none of them" in told and "'dog'" not in told


def test_saying_the_same_twice_changes_nothing(library, ids):
    for _ in range(2):
        library.edit([ids["cow"]], Edit(state="approved", note="moo", tags=("cow",), untags=("horse",), rating=3))
    assert said(library, ids["cow"], "tag").count(("cow", "user")) == 1
    assert len(library.history(ids["cow"])) == 5


def test_unknown_pictures_are_all_named_and_nothing_is_changed(library, run, ids):
    code, told = run("edit", ids["barn"], 98, ids["cow"], 99, "nowhere.png", "--note", "x")
    assert (code, "98, 99, nowhere.png" in told) == (2, True)
    with pytest.raises(UsageError, match="97"):
        library.edit([ids["barn"], 97], Edit(note="x"))
    assert found(library, "has:note") == set()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ((), "Nothing is said"),
        (("--tag", "Dog", "--untag", "dog"), "say which"),
        (("--tag", " "), "cannot be a tag"),
        (("--state", "gone"), "gone"),
        (("--rating", "6"), "6"),
    ],
)
def test_what_cannot_be_said_is_refused(library, run, ids, given, told):
    code, output = run("edit", ids["barn"], *given)
    assert (code, told in output) == (2, True)
    assert library.history(ids["barn"]) == []


def test_hidden_pictures_are_in_no_result_unless_asked_for(library, run, ids, monkeypatch):
    assert "state:hidden" in run("edit", ids["boat"], "--state", "hidden")[1]
    for few in (catalogs.FEW_HIDDEN, 0):  # left out of what was found, or by the filter
        monkeypatch.setattr(catalogs, "FEW_HIDDEN", few)
        everything = {"barn", "cow", "dune"}
        for query in ("", "sort:oldest", "type:png", f"like:{ids['boat']}", "red", '-"barn" -"cow"'):
            assert "boat" not in found(library, query), query
        assert found(library, "", limit=2) <= everything
        assert found(library, "boat", mode="lexical") == set()
        assert len(library.search("red", mode="dense", limit=3).hits) == 3
        assert found(library, "state:hidden") == found(library, "boat state:hidden", mode="lexical") == {"boat"}
        assert found(library, "state:hidden or state:unreviewed") == {*everything, "boat"}
        assert library.store.count() == 3
    assert library.status()["hidden"] == 1
    run("edit", ids["boat"], "--state", "unreviewed")
    assert found(library, "boat", mode="lexical") == {"boat"}


def test_reading_and_tagging_again_leave_what_a_person_said(library, ids):
    catalog = library.store.catalog
    read_words(library, ids["barn"], "GRAMD H0TEL", "1")
    catalog.texts.tag("mini", "1", {i: ["dog", "beach"] for i in ids.values()}, "now")
    library.edit([ids["barn"]], Edit(text="Grand Hotel", untags=("Dog",)))
    library.edit([ids["cow"]], Edit(text=""))
    library.edit([ids["boat"]], Edit(untags=("dog",)))
    library.edit([ids["boat"]], Edit(tags=("dog",)))
    for name in ("barn", "cow"):
        read_words(library, ids[name], "GRAMD H0TEL")
    catalog.texts.tag("mini", "2", {i: ["dog", "beach"] for i in ids.values()}, "now")
    assert said(library, ids["barn"], "ocr") == [("Grand Hotel", "user")]
    assert said(library, ids["cow"], "ocr") == []
    assert found(library, "gramd", mode="lexical") == set()
    assert found(library, "tag:dog") == {"boat", "cow", "dune"}
    assert found(library, "tag:beach") == set(NAMES)


def test_a_picture_that_was_edited_elsewhere_keeps_what_a_person_said(library, ids):
    barn = library.folder.parent / "pictures" / "barn.png"
    library.edit([ids["barn"]], Edit("hidden", "ours", "a barn", "EXIT", ("farm",), ("sky",), 4))
    paint(barn, "blue", seed=9)
    barn.rename(barn.with_name("shed.png"))
    (barn.parent / "shed.png").rename(barn)
    assert index(library).updated == 1
    read_words(library, ids["barn"], "BRIT")
    library.store.catalog.texts.tag("mini", "9", {ids["barn"]: ["sky"]}, "now")
    picture = library.store.get([ids["barn"]])[0]
    assert (picture.state, picture.exif.rating) == ("hidden", 4)
    assert {(text.kind, text.text) for text in library.store.texts(ids["barn"])} == {
        ("note", "ours"), ("caption", "a barn"), ("ocr", "EXIT"), ("tag", "farm"),
    }  # fmt: skip
    barn.rename(barn.with_name("moved.png"))
    assert index(library).moved == 1
    assert found(library, "exit state:hidden", mode="lexical") == {"moved"}


def test_a_copy_gets_the_words_that_its_original_lost_to_a_person(library, ids):
    pictures = library.folder.parent / "pictures"
    read_words(library, ids["barn"], "GRAMD H0TEL")
    read_words(library, ids["cow"], "MILK")
    library.edit([ids["barn"]], Edit(text="Grand Hotel"))
    for name in ("barn", "cow"):
        shutil.copy(pictures / f"{name}.png", pictures / f"{name} 2.png")
    index(library)
    unread = library.store.catalog.texts.to_annotate("ocr", "rapidocr", "2")
    assert library.find(pictures / "barn 2.png").id in unread
    assert library.find(pictures / "cow 2.png").id not in unread


def test_a_tag_taken_from_a_concept_stays_away_until_it_is_taught_back(library, ids, tmp_path):
    from search.concepts import Concepts

    concepts, get = Concepts(library.store), library.store.get
    for i in range(3):
        paint(tmp_path / "pictures" / f"sea{i}.png", "blue", seed=20 + i)
    index(library)
    reds, blues = get([*ids.values()]), [library.find(tmp_path / "pictures" / f"sea{i}.png") for i in range(3)]
    concepts.teach("warm", reds, blues)
    assert found(library, "tag:warm") == set(NAMES)
    library.edit([ids["dune"]], Edit(untags=("warm",)))
    concepts.teach("warm", reds[:1])
    assert found(library, "tag:warm") == {"barn", "boat", "cow"}
    concepts.teach("warm", get([ids["dune"]]))
    assert found(library, "tag:warm") == set(NAMES)
    concepts.forget("warm")
    assert found(library, "tag:warm") == set()


def test_hidden_pictures_do_not_push_others_out_of_a_short_list(library, ids):
    library.edit([ids["barn"], ids["boat"], ids["cow"]], Edit(state="hidden"))
    vector = library.store.vectors([ids["barn"]])[0]
    assert library.store.dense(vector, 1)[0].tolist() == [ids["dune"]]
    assert library.store.ordered(None, True, 1).tolist() == [ids["dune"]]
    assert set(library.store.dense(vector, 9, np.array(sorted(ids.values())))[0].tolist()) == set(ids.values())
