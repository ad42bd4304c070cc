"""A user teaches a concept by example, corrects it, indexes more, and forgets it."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from click.testing import CliRunner

from imsearch import cli
from indexer.concepts import SOURCE
from indexer.indexer import Indexer
from indexer.local import LocalStore
from indexer.manifest import Manifest
from indexer.records import NewPicture, Text
from search.concepts import Concepts
from search.fitting import fit, interval
from search.library import Library
from search.teaching import told
from tests.conftest import paint
from tests.small import ColourEmbedder, write
from vlm import UsageError


class Home:
    """A library of coloured pictures, 12 of each kind, and what a user can do with it."""

    def __init__(self, folder):
        self.pictures, self.folder = folder / "pictures", folder / "library"
        self.folder.mkdir()
        for i in range(12):
            paint(self.pictures / f"red{i}.png", "red", seed=i)
            paint(self.pictures / f"green{i}.png", "green", seed=100 + i)
            paint(self.pictures / f"blue{i}.png", "blue", seed=200 + i)
        self.store = LocalStore(self.folder, Library(self.folder, MANIFEST).store.catalog, MANIFEST)
        self.index()

    @property
    def concepts(self):
        return Concepts(self.store)

    def index(self):
        Indexer(self.store, ColourEmbedder).run([self.pictures])
        self.concepts.keep_up()

    def named(self, *names):
        return [self.store.catalog.find(f"{self.pictures}/{name}.png") for name in names]

    def tagged(self, name):
        found = self.store.lexical(name, 200)
        ids = [match.id for match in found if "tag" in match.fields]
        return {picture.path.rpartition("/")[2] for picture in self.store.get(ids)}

    def teach(
        self,
        name="warm",
        yes=("red0", "red1", "red2", "red3", "red4"),
        no=("green0", "green1", "blue0", "blue1", "blue2"),
    ):
        return self.concepts.teach(name, self.named(*yes), self.named(*no))


MANIFEST = Manifest("colour", "1", 4)
REDS = {f"red{i}.png" for i in range(12)}


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path)
    yield made
    made.store.close()


def test_ten_examples_tag_every_picture_that_shows_it(home):
    taught = home.teach()
    assert len(home.tagged("warm") & REDS) >= 8
    assert not home.tagged("warm") - REDS
    assert taught.concept.tagged == len(home.tagged("warm"))
    assert len(taught.least_sure) == 5


def test_the_tag_says_where_it_comes_from(home):
    home.teach()
    text = home.store.texts(home.named("red0")[0].id)[0]
    assert (text.kind, text.text, text.model, text.revision) == ("tag", "warm", f"{SOURCE}warm", "colour@1")


def test_new_pictures_get_the_tag_when_they_are_indexed(home):
    home.teach()
    for i in range(10):
        paint(home.pictures / f"new{i}.png", "red", seed=500 + i)
        paint(home.pictures / f"sea{i}.png", "blue", seed=600 + i)
    home.index()
    new = {name for name in home.tagged("warm") if name.startswith(("new", "sea"))}
    assert len(new) >= 5
    assert not [name for name in new if name.startswith("sea")]


def test_a_picture_whose_content_changes_loses_the_tag(home):
    home.teach()
    paint(home.pictures / "red7.png", "blue", seed=900)
    home.index()
    assert "red7.png" not in home.tagged("warm")


def test_what_its_owner_said_of_a_picture_holds_and_the_last_word_counts(home):
    home.teach()
    taught = home.teach(yes=["green7"], no=["red0"])
    assert taught.moved == 1
    assert "green7.png" in home.tagged("warm")
    assert "red0.png" not in home.tagged("warm")
    assert taught.concept.examples[home.named("red0")[0].hash] is False
    assert len(taught.concept.examples) == 11


def test_case_and_blanks_do_not_make_another_concept(home):
    home.teach("Warm tone")
    home.teach("  warm   tone", yes=["red9"], no=[])
    assert [(one.name, len(one.examples)) for one in home.concepts.all()] == [("Warm tone", 11)]
    assert home.concepts.forget("WARM  TONE ").name == "Warm tone"


def test_an_example_without_a_vector_is_represented_by_its_copy(home):
    home.teach()
    before = home.concepts.named("warm").classifier.threshold
    red = home.named("red0")[0]
    shutil.copy(home.pictures / "red0.png", home.pictures / "zz.png")
    home.index()
    home.store.catalog.connections.mine().execute("DELETE FROM embeddings WHERE picture_id = ?", (red.id,))
    home.teach()
    assert home.concepts.named("warm").classifier.threshold == pytest.approx(before, abs=1e-6)


def test_forgetting_takes_its_tags_only(home):
    red = home.named("red0")[0].id
    write(home.store.catalog, Text(red, "tag", "warm", "user"))
    home.teach()
    home.teach("cold", yes=["blue3", "blue4"], no=["red5"])
    home.concepts.forget("warm")
    assert home.tagged("warm") == {"red0.png"}
    assert home.tagged("cold")
    assert [concept.name for concept in home.concepts.all()] == ["cold"]
    with pytest.raises(UsageError, match="did you mean cold"):
        home.concepts.forget("colt")


def test_examples_are_remembered_by_content_when_files_move_or_are_copied(home):
    home.teach()
    shutil.copy(home.pictures / "red0.png", home.pictures / "copy.png")
    (home.pictures / "green0.png").rename(home.pictures / "meadow.png")
    home.index()
    assert "copy.png" in home.tagged("warm")
    assert "meadow.png" not in home.tagged("warm")
    with pytest.raises(UsageError, match=r"as showing it .* and as not"):
        home.teach(yes=["red0"], no=["copy"])


def test_going_back_to_the_model_before_brings_its_tags_back(home):
    home.teach()
    home.index()
    before = home.tagged("warm")
    new = LocalStore(home.folder, home.store.catalog, Manifest("colour", "2", 4))
    Indexer(new, ShiftedEmbedder).run([home.pictures])
    Concepts(new).keep_up()
    assert home.store.texts(home.named("red0")[0].id)[0].revision == "colour@2"
    home.concepts.keep_up()
    assert home.tagged("warm") == before
    assert home.store.texts(home.named("red0")[0].id)[0].revision == "colour@1"


class ShiftedEmbedder(ColourEmbedder):
    """The next revision of the same model: another space."""

    revision = "2"

    def embed_pictures(self, pictures):
        return super().embed_pictures(pictures)[:, ::-1].copy()


def test_another_model_learns_the_concept_anew_from_the_remembered_pictures(home):
    home.teach()
    old = home.concepts.named("warm").classifier.weights
    home.store = LocalStore(home.folder, home.store.catalog, Manifest("colour", "2", 4))
    assert home.concepts.named("warm").classifier is None
    Indexer(home.store, ShiftedEmbedder).run([home.pictures])
    home.concepts.keep_up()
    concept = home.concepts.named("warm")
    assert not np.allclose(concept.classifier.weights, old)
    assert len(home.tagged("warm") & REDS) >= 8
    assert not home.tagged("warm") - REDS
    assert home.store.texts(home.named("red0")[0].id)[0].revision == "colour@2"


def test_when_its_examples_are_gone_it_says_so_and_comes_back_with_them(home, tmp_path):
    home.teach()
    for i in range(5):
        (home.pictures / f"red{i}.png").rename(tmp_path / f"red{i}.png")
    home.store = LocalStore(home.folder, home.store.catalog, Manifest("colour", "2", 4))
    Indexer(home.store, ShiftedEmbedder).run([home.pictures])
    home.concepts.keep_up()
    assert home.tagged("warm") == set()
    assert "Too few of its examples" in told(home.concepts.named("warm"))
    for i in range(5):
        (tmp_path / f"red{i}.png").rename(home.pictures / f"red{i}.png")
    Indexer(home.store, ShiftedEmbedder).run([home.pictures])
    home.concepts.keep_up()
    assert len(home.tagged("warm") & REDS) >= 8


def test_nothing_to_do_writes_nothing(home):
    home.teach()
    home.index()
    before = home.store.catalog.connections.mine().total_changes
    home.concepts.keep_up()
    assert home.store.catalog.connections.mine().total_changes == before


def test_an_interrupted_run_is_made_up_for(home):
    home.teach()
    paint(home.pictures / "late.png", "red", seed=3000)
    root = home.store.catalog.roots.add(str(home.pictures))
    vector = home.store.vectors([home.named("red0")[0].id])[0]
    home.store.catalog.put(home.store.model_id, [(NewPicture(root, "late.png", "h", 1, 1, 64, 48, "png", home.named("red0")[0].exif, ()), vector)], "now")  # fmt: skip
    assert "late.png" not in home.tagged("warm")
    home.concepts.keep_up()
    assert "late.png" in home.tagged("warm")


@pytest.mark.parametrize("name", ["", "  ", "!?", 'a "quoted" name', "x" * 61, "the\x07bell"])
def test_a_name_that_no_search_could_find_is_refused(home, name):
    with pytest.raises(UsageError, match="cannot name a concept"):
        home.teach(name)


def test_one_example_is_too_few_and_nothing_is_kept(home):
    with pytest.raises(UsageError, match="at least 2 that show it"):
        home.teach(yes=["red0"])
    assert home.concepts.all() == []


def test_how_precise_it_is_is_said_with_its_doubt(home):
    concept = home.teach().concept
    assert "Cross-validation" in told(concept)
    assert "guess" not in told(concept)
    few = home.teach("few", yes=["red0", "red1"], no=["blue0"]).concept
    assert "That is a guess" in told(few)
    none = home.teach("none", yes=["red0", "red1"], no=[]).concept
    assert "cannot be told without examples that do not" in told(none)


def test_the_interval_of_a_share_is_wide_for_few():
    assert interval(5, 5) == (pytest.approx(0.566, abs=1e-3), 1.0)
    assert interval(0, 0) == (0.0, 1.0)
    assert interval(500, 1000) == (pytest.approx(0.469, abs=1e-3), pytest.approx(0.531, abs=1e-3))


def test_each_example_is_left_out_once_however_many_there_are():
    rng = np.random.default_rng(0)
    for yes, no in [(2, 0), (5, 5), (30, 3), (3, 30), (60, 60)]:
        rows = rng.normal(size=(yes + no + 50, 8)).astype(np.float32)
        rows[:yes, 0] += 3
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        held = fit(rows[:yes], rows[yes : yes + no], rows[yes + no :]).held_out
        assert (held.found + held.missed, held.wrongly_tagged + held.rightly_not) == (yes, no)


def test_vectors_that_are_all_the_same_are_no_reason_to_fail():
    same = np.full((4, 4), 0.5, np.float32)
    assert np.isfinite(fit(same[:2], same[:1], same).threshold)


# -- the commands, with the built-in model -----------------------------------------------------------------------


def imsearch(library, *arguments, code=0):
    done = CliRunner().invoke(cli, [*map(str, arguments), "--library", str(library)])
    assert done.exit_code == code, done.output
    return done.output


def test_teach_list_search_and_forget_from_the_command_line(tmp_path):
    for i in range(8):
        paint(tmp_path / f"pictures/red{i}.png", "red", seed=i)
        paint(tmp_path / f"pictures/blue{i}.png", "blue", seed=50 + i)
    library = tmp_path / "library"
    imsearch(library, "index", tmp_path / "pictures", "--no-ocr")
    found = json.loads(imsearch(library, "export", "--format", "jsonl", "--mode", "lexical", "red0").splitlines()[0])
    paths = [tmp_path / f"pictures/red{i}.png" for i in range(1, 5)]
    no = [tmp_path / f"pictures/blue{i}.png" for i in range(5)]
    said = json.loads(imsearch(library, "teach", "sunset", "--yes", found["id"], *paths, "--no", *no, "--json"))
    assert (said["yes"], said["no"]) == (5, 5)
    assert said["tagged"] >= 5
    assert set(said) >= {"name", "precision", "precision_interval", "recall", "least_sure", "moved"}
    paint(tmp_path / "pictures/red9.png", "red", seed=9)
    imsearch(library, "index", tmp_path / "pictures", "--no-ocr")
    hits = json.loads(imsearch(library, "search", "sunset", "--mode", "lexical", "--json"))["hits"]
    assert len(hits) >= said["tagged"]
    assert "tag" in hits[0]["signals"]
    assert json.loads(imsearch(library, "concepts", "--json"))[0]["name"] == "sunset"
    assert "sunset: taught from 5" in imsearch(library, "concepts")
    assert "forgotten" in imsearch(library, "forget", "sunset")
    assert "No concept was taught" in imsearch(library, "concepts")
    assert imsearch(library, "doctor") == "All is well.\n"
    for arguments, word in [
        (("teach", "x"), "Nothing is said of x"),
        (("teach", "x", "--yes", "999"), "no picture 999"),
        (("teach", "x", "--yes", "nowhere.jpg"), "nowhere.jpg is not in the library"),
        (("forget", "sunset"), "no concept sunset"),
    ]:
        said = imsearch(library, *arguments, code=2)
        assert word in said
        assert len(said.splitlines()) == 1
