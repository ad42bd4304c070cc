"""Pictures that somebody may rather not see: judged, shown blurred, looked through, approved."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import imsearch
from indexer.enrich import Enricher
from indexer.manifest import Manifest, write_manifest
from search.blurring import Blur
from search.commands import results_json
from search.library import Library
from search.parser import parse
from search.query import printed
from tests.conftest import paint
from tests.small import COLOURS, ColourChat, ColourEmbedder, said
from vlm import Tag, UsageError
from vlm.categories import CATEGORIES
from vlm.tasks.moderate import Moderate


class Wary(ColourEmbedder):
    """Takes red for blood and everything else for what it is."""

    def embed_texts(self, texts):
        return self._unit([COLOURS["red" if "blood" in text else "black"] for text in texts])


@pytest.fixture
def walls(tmp_path):
    """A library with one red, one green and one blue picture, red.png judged to be nude."""
    for n, colour in enumerate(("red", "green", "blue")):
        paint(tmp_path / "pictures" / f"{colour}.png", colour, n)
    place = tmp_path / "library"
    place.mkdir()
    write_manifest(place, Manifest("mini", "1", 4))
    embedder = Wary()
    embedder.spec = "mini"
    with Library(place, Manifest("mini", "1", 4), embedder) as library:
        from indexer.indexer import Indexer

        Indexer(library.store, lambda: embedder).run([tmp_path / "pictures"])
        library.pictures = tmp_path / "pictures"
        yield library


def number(library, name):
    return library.find(library.pictures / name).id


def judge(library, name, **chances):
    labels = tuple(Tag(category, chance) for category, chance in chances.items())
    library.store.catalog.texts.annotate(number(library, name), "moderate", said("judge", labels=labels))


def found(library, query):
    return sorted(hit.picture.path.rpartition("/")[2] for hit in library.search(query).hits)


def blurred(library, blur=Blur()):
    hits = results_json(library.search(""), blur)["hits"]
    return {hit["path"].rpartition("/")[2]: hit["category"] for hit in hits if hit["blurred"]}


def test_the_librarys_own_model_judges_by_its_vectors_and_opens_no_picture(walls):
    embedder = walls.embedder()
    before = embedder.seen
    for file in walls.pictures.iterdir():
        file.unlink()
    made = Enricher(walls.store, Moderate(embedder)).run()
    assert (made.done, made.failed, embedder.seen) == (3, 0, before)
    assert blurred(walls) == {"red.png": "violence"}
    assert {tag.word for tag in walls.store.get([1])[0].moderation} == set(CATEGORIES)
    assert Enricher(walls.store, Moderate(embedder)).run().done == 0  # nothing is judged twice


def test_by_another_model_the_pictures_are_looked_at_and_judged_alike(walls):
    Enricher(walls.store, Moderate(walls.embedder())).run()
    by_vectors = [one.moderation for one in walls.store.get([1, 2, 3])]
    other = Wary()
    made = Enricher(walls.store, Moderate(other)).run()
    assert (made.done, other.seen) == (3, 3)
    for one, before in zip(walls.store.get([1, 2, 3]), by_vectors, strict=True):
        assert [tag.word for tag in one.moderation[:1]] == [tag.word for tag in before[:1]]
        assert one.moderation[0].chance == pytest.approx(before[0].chance, abs=0.02)


def test_nothing_is_blurred_where_nobody_judged(walls):
    assert blurred(walls) == {}
    assert found(walls, "moderation:any<=1") == []


def test_a_persons_word_lifts_the_blur_whatever_a_model_says_later(walls):
    judge(walls, "red.png", nudity=0.9, hate=0.1)
    assert blurred(walls) == {"red.png": "nudity"}
    walls.edit([number(walls, "red.png")], imsearch.Edit(state="approved"))
    assert blurred(walls) == {}
    judge(walls, "red.png", nudity=0.99)
    assert blurred(walls) == {}
    walls.edit([number(walls, "red.png")], imsearch.Edit(state="unreviewed"))
    assert blurred(walls) == {"red.png": "nudity"}


def test_thresholds_are_chosen_for_all_and_for_each_category(walls):
    judge(walls, "red.png", nudity=0.6, hate=0.55)
    judge(walls, "green.png", violence=0.3)
    assert blurred(walls, Blur.parse(["0.2"])) == {"red.png": "nudity", "green.png": "violence"}
    assert blurred(walls, Blur.parse(["nudity=0.7"])) == {"red.png": "hate"}
    assert blurred(walls, Blur.parse(["1"])) == {}
    for wrong in ("nudty=0.7", "2", "nudity=", "nan", "=0.5"):
        with pytest.raises(UsageError, match="write a number from 0 to 1, or CATEGORY=NUMBER"):
            Blur.parse([wrong])


def test_copies_that_are_folded_are_blurred_too(walls):
    (walls.pictures / "scarlet.png").write_bytes((walls.pictures / "red.png").read_bytes())
    judge(walls, "red.png", nudity=0.9)
    from indexer.indexer import Indexer

    Indexer(walls.store, walls.embedder).run([walls.pictures])  # a copy has what was said of the other
    hits = results_json(walls.search("", fold=True))["hits"]
    (one,) = (hit for hit in hits if hit["folded"])
    assert [one["category"], one["folded"][0]["category"]] == ["nudity", "nudity"]


def test_what_was_judged_is_searched_for(walls):
    judge(walls, "red.png", nudity=0.9, violence=0.2)
    judge(walls, "green.png", nudity=0.4, violence=0.7)
    assert found(walls, "moderation:any") == ["green.png", "red.png"]
    assert found(walls, "moderation:nudity") == ["red.png"]
    assert found(walls, "moderation:nudity>=0.4 -moderation:violence") == ["red.png"]
    assert found(walls, "moderation:any<0.8") == ["green.png"]  # the blue one was never judged
    assert found(walls, "-moderation:any") == ["blue.png"]
    walls.edit([number(walls, "red.png")], imsearch.Edit(state="approved"))
    assert found(walls, "moderation:any state:unreviewed") == ["green.png"]


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("moderation:Nudity", "moderation:nudity"),
        ("moderation:nudity>0.5", "moderation:nudity"),
        ("moderation:any>=.70", "moderation:any>=0.7"),
        ("moderation:hate<1.0", "moderation:hate<1"),
    ],
)
def test_the_filter_is_printed_as_it_is_understood(typed, means):
    kept = parse(typed).filters
    assert printed(kept) == means
    assert parse(means).filters == kept


@pytest.mark.parametrize(
    ("typed", "offer"),
    [("moderation:nudty", "moderation:nudity"), ("moderation:>0.7", "moderation:any>0.7")],
)
def test_a_filter_that_is_none_offers_what_may_be_meant(typed, offer):
    with pytest.raises(UsageError, match=f"did you mean {offer}"):
        parse(typed)


def run(*words):
    return CliRunner().invoke(imsearch.cli, [*map(str, words)])


def test_a_library_is_moderated_looked_through_and_approved_in_the_terminal(tmp_path):
    for n, colour in enumerate(("red", "blue")):
        paint(tmp_path / "pictures" / f"{colour}.png", colour, n)
    place = tmp_path / "library"
    assert run("index", tmp_path / "pictures", "--model", "mini", "--no-ocr", "--library", place).exit_code == 0
    told = run("annotate", "--moderate", "mini", "--library", place)
    assert told.exit_code == 0, told.output
    assert "moderate by mini: 2 pictures" in told.output
    assert "imsearch search 'moderation:any state:unreviewed'" in told.output
    with Library.open(place) as library:
        red = library.find(tmp_path / "pictures" / "red.png").id
        library.store.catalog.texts.annotate(red, "moderate", said("judge", labels=(Tag("violence", 0.8),)))
    assert "blurred: violence?" in run("search", "red", "--library", place).output
    assert "blurred" not in run("search", "red", "--blur-above", "violence=0.9", "--library", place).output
    run("save", "reds", "red", "--library", place)
    for shows in (
        ("similar", tmp_path / "pictures" / "blue.png", "--json"), ("saved", "reds", "--json"),
        ("explain", "red"), ("export", "red", "--format", "jsonl"),
    ):  # fmt: skip
        assert '"blurred": true' in run(*shows, "--library", place).output, shows
        assert '"blurred": true' not in run(*shows, "--blur-above", "0.9", "--library", place).output, shows
    settings = {"IMSEARCH_SEARCH_BLUR_ABOVE": "0.2 violence=0.9"}
    told = CliRunner().invoke(
        imsearch.cli, ["search", "red", "--library", str(place)], env=settings, auto_envvar_prefix="IMSEARCH"
    )
    assert "red.png" in told.output and "blurred: violence" not in told.output
    assert "violence 0.80" in run("show", red, "--library", place).output
    run("edit", red, "--state", "approved", "--library", place)
    hits = json.loads(run("search", "red", "--json", "--library", place).output)["hits"]
    assert [hit["blurred"] for hit in hits] == [False, False]
    assert run("search", "red", "--blur-above", "7", "--library", place).exit_code == 2
    # who had the library moderated has new pictures judged when they are indexed
    paint(tmp_path / "pictures" / "green.png", "green", 7)
    run("index", tmp_path / "pictures", "--no-ocr", "--library", place)
    with Library.open(place) as library:
        assert library.find(tmp_path / "pictures" / "green.png").moderation


def test_plain_files_are_judged_without_a_library(tmp_path):
    red, none = paint(tmp_path / "red.png", "red"), tmp_path / "none.png"
    told = run("moderate", red, "--model", "mini", "--json")
    (one,) = json.loads(told.output)
    assert one["file"] == str(red) and one["model"] == "mini" and one["moderation"].keys() == set(CATEGORIES)
    told = run("moderate", red, none, "--model", "mini")
    assert told.exit_code == 1
    assert "nudity 0." in told.output and "There is no such file." in told.output
    assert run("moderate", red, "--model", "rapidocr").exit_code == 4


def test_a_model_that_looks_is_asked_about_each_category(walls):
    chat = ColourChat()
    made = Enricher(walls.store, Moderate(chat)).run()
    assert (made.done, made.failed) == (3, 0)
    assert {tag.chance for tag in walls.store.get([1])[0].moderation} == {0.1}


def test_what_another_model_judged_is_left_to_it_when_new_pictures_are_indexed(tmp_path):
    paint(tmp_path / "pictures" / "red.png", "red")
    place = tmp_path / "library"
    with Library.open(place, create=True, model="mini") as library:
        library.index([tmp_path / "pictures"], ocr=False)
        library.annotate([Moderate(ColourChat())])
        paint(tmp_path / "pictures" / "blue.png", "blue", 1)
        library.index([tmp_path / "pictures"], ocr=False)
        red, blue = (library.find(tmp_path / "pictures" / f"{name}.png") for name in ("red", "blue"))
        assert (red.moderation[0].chance, blue.moderation) == (0.1, ())
        # a change to the library's own model was interrupted after the blue one
        library.annotate([Moderate(library.embedder())], "name:blue")
        library.index([tmp_path / "pictures"], ocr=False)
        assert library.store.get([red.id])[0].moderation == red.moderation
