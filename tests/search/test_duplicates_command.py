"""`imsearch duplicates` as it is typed; the built-in model, real files."""

from __future__ import annotations

import json
import random
import shutil

import pytest
from click.testing import CliRunner
from PIL import Image, ImageDraw

import imsearch
from indexer.records import Edit
from search.library import Library
from tests.indexer.test_duplicates import save, scene


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    folder = tmp_path_factory.mktemp("duplicates")
    pictures = folder / "pictures"
    for number in range(4):
        save(scene(number), pictures / f"{number}.png")
    shutil.copy(pictures / "0.png", pictures / "0 copy.png")
    save(scene(1).resize((200, 150)), pictures / "1 small.jpg", quality=70)
    with Library.open(folder / "library", create=True, model="mini") as library:
        library.index([pictures], ocr=False)
    return folder


@pytest.fixture
def run(gallery, tmp_path):
    place = tmp_path / "library"
    shutil.copytree(gallery / "library", place)
    shutil.copytree(gallery / "pictures", tmp_path / "pictures")

    def typed(*arguments, code=0):
        given = ["duplicates", *map(str, arguments), "--library", str(place)]
        done = CliRunner().invoke(imsearch.cli, given, catch_exceptions=False)
        assert done.exit_code == code, done.output
        return done

    typed.library = place
    typed.pictures = gallery / "pictures"
    return typed


def test_scripts_get_tiers_and_paths(run):
    groups = json.loads(run("--json").stdout)
    told = {group["tier"]: sorted(path.rpartition("/")[2] for path in group["pictures"]) for group in groups}
    assert told["identical"] == ["0 copy.png", "0.png"]
    assert told["same"] == ["1 small.jpg", "1.png"]
    assert set(groups[0]) >= {"tier", "pictures", "kind", "best", "reason", "spare"}
    only = json.loads(run("--json", "--tier", "identical").stdout)
    assert [group["tier"] for group in only] == ["identical"]


def test_people_are_told_which_to_keep_and_why(run):
    said = run("--tier", "identical", "--tier", "same").stdout
    assert "keep  " in said
    assert "the most pixels (320 x 240)" in said
    assert "2 groups; 2 pictures could go" in said


def test_a_list_is_written_and_never_over_a_file(run, tmp_path):
    listed = tmp_path / "spare.txt"
    run("--tier", "identical", "--write", listed)
    assert listed.read_text() == f"{run.pictures / '0 copy.png'}\n"
    assert "is not overwritten" in run("--write", run.pictures / "0.png", code=2).stderr


def test_different_pages_that_look_alike_are_listed_only_when_asked_for(run, tmp_path):
    chance = random.Random(0)
    for page in ("bill.png", "letter.png"):
        paper = Image.new("RGB", (420, 600), "white")
        words = "\n".join(" ".join(str(chance.random())[2:9] for _ in range(5)) for _ in range(36))
        ImageDraw.Draw(paper).multiline_text((20, 20), words, fill="black")
        save(paper, tmp_path / "pages" / page)
    with Library.open(run.library) as library:
        library.index([tmp_path / "pages"], ocr=False)
    said = run().stdout
    assert "2 groups; 2 pictures could go" in said
    assert "look at them first" in said
    run("--write", tmp_path / "spare.txt")
    assert str(tmp_path / "pages") not in (tmp_path / "spare.txt").read_text()
    told = [(group["tier"], len(group["spare"])) for group in json.loads(run("--json").stdout)]
    assert set(told) == {("identical", 1), ("same", 1), ("similar", 0)}
    assert len(json.loads(run("--json", "--tier", "similar").stdout)[0]["spare"]) > 1
    run("--tier", "similar", "--write", tmp_path / "alike.txt")
    assert (tmp_path / "alike.txt").read_text().count(str(tmp_path / "pages")) == 1


def test_keeping_and_asking_again(run):
    small, big = run.pictures / "1 small.jpg", run.pictures / "1.png"
    run("--keep", small, "--keep", big)
    assert json.loads(run("--tier", "same", "--json").stdout) == []
    run("--ask-again", big)
    assert len(json.loads(run("--tier", "same", "--json").stdout)) == 1
    run("--best", small)
    assert json.loads(run("--tier", "same", "--json").stdout)[0]["best"] == str(small)
    assert "alone says nothing" in run("--keep", small, code=2).stderr
    assert "nowhere.jpg is not in the library" in run("--best", "nowhere.jpg", code=2).stderr


def test_what_was_said_of_a_moved_picture_is_said_of_the_one_that_stays(run, tmp_path):
    with Library.open(run.library) as library:
        small, big = (library.find(run.pictures / name).id for name in ("1 small.jpg", "1.png"))
        library.edit([big], Edit(note="Oslo", rating=3))
        library.edit([small], Edit("hidden", "with Ada", "Two boats.", None, ("our boat",), ("ship",), 5))
    assert "say of it" in run("--move-to", tmp_path / "aside").stdout
    assert "of 1 of them" in run("--move-to", tmp_path / "aside", "--yes").stdout
    with Library.open(run.library) as library:
        (kept,) = library.store.get([big])
        said = {(text.kind, text.text) for text in library.store.texts(big) if text.model == "user"}
        changed = len(library.history(big))
        library.store.catalog.edits.carry(small, big, "2024-05-01T00:00:00+00:00")
        assert len(library.history(big)) == changed  # told once
        assert [hit.picture.id for hit in library.search('"our boat"', mode="lexical").hits] == [big]
    assert said == {("note", "Oslo\nwith Ada"), ("caption", "Two boats."), ("tag", "our boat")}
    assert (kept.exif.rating, kept.state) == (3, "unreviewed")  # what was said of the kept one holds
    run("--undo")


def test_nothing_moves_without_yes_and_undo_brings_all_back(run, tmp_path):
    before = sorted(run.pictures.iterdir())
    aside = tmp_path / "aside"
    assert "2 pictures would be moved" in run("--move-to", aside).stdout
    assert sorted(run.pictures.iterdir()) == before
    assert "2 pictures moved" in run("--move-to", aside, "--yes").stdout
    assert sorted(path.name for path in aside.iterdir()) == ["0 copy.png", "1 small.jpg"]
    assert json.loads(run("--tier", "same", "--json").stdout) == []
    assert "2 pictures brought back" in run("--undo").stdout
    assert sorted(run.pictures.iterdir()) == before
