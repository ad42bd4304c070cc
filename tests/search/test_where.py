"""Where in a picture that which was asked for is seen."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import imsearch
from indexer.indexer import Indexer
from indexer.manifest import Manifest, write_manifest
from search import Library, QueryError
from search.relevance import SIDES, Relevance, laid, parts, windows
from search.where import drawn
from tests.small import COLOURS, ColourEmbedder
from tests.vlm.checkpoints import save
from vlm import UsageError, load_embedder


def spotted(size, spot, colour="red", ground="blue"):
    """One colour, and a spot of another: left, top, right, bottom as shares of the picture."""
    picture = Image.new("RGB", size, COLOURS[ground])
    left, top, right, bottom = spot
    box = (int(left * size[0]), int(top * size[1]), int(right * size[0]), int(bottom * size[1]))
    picture.paste(COLOURS[colour], box)
    return picture


def looked_for(picture, colour):
    embedder = ColourEmbedder()
    return parts(picture, embedder).near(embedder.embed_texts([colour])[0])


@pytest.mark.parametrize("size", [(300, 200), (200, 300), (256, 256), (1200, 200)])
@pytest.mark.parametrize("spot", [(0, 0, 0.2, 0.3), (0.75, 0, 1, 0.3), (0, 0.7, 0.3, 1), (0.4, 0.4, 0.7, 0.7)])
def test_the_map_is_highest_where_the_thing_is(size, spot):
    found = looked_for(spotted(size, spot), "red")
    x, y = found.peak
    assert spot[0] <= x <= spot[2]
    assert spot[1] <= y <= spot[3]
    assert (found.relative.min(), found.relative.max()) == (0, 1)
    assert min(found.cosines.shape) == 16
    assert -1.001 <= found.cosines.min() < found.cosines.max() <= 1.001


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (3000, 7), (5, 4), (40, 2000)])
def test_odd_pictures_have_a_map_too(size):
    found = looked_for(Image.new("RGB", size, COLOURS["red"]), "red")
    assert found.cosines.size >= 16 * 16
    assert np.isfinite(found.cosines).all()
    assert not found.relative.any()  # one colour all over: nothing is more red than the rest


@settings(max_examples=40)
@given(st.integers(20, 900), st.integers(20, 900), st.sampled_from(SIDES))
def test_the_windows_cover_the_picture_and_stay_inside(width, height, share):
    side = share * min(width, height)
    boxes = windows(width, height, side)
    assert min(b[0] for b in boxes) == min(b[1] for b in boxes) == 0
    assert max(b[2] for b in boxes) == pytest.approx(width)
    assert max(b[3] for b in boxes) == pytest.approx(height)
    # every cell is covered: a map of ones stays one
    assert laid(boxes, np.ones((len(boxes), 1, 1)), width, height) == pytest.approx(1)


# -- from an encoder's patches -----------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["clip", "siglip"])
def test_patches_lie_in_the_map_as_in_the_picture(tmp_path, kind):
    """Random weights mean nothing, yet what changes in a corner of the picture changes the map most in that corner."""
    embedder = load_embedder(f"openclip:{save(kind, tmp_path)}")
    vector = embedder.embed_texts(["red"])[0]
    for corner in ((0, 0, 0.25, 0.3), (0.75, 0, 1, 0.3), (0, 0.7, 0.25, 1), (0.75, 0.7, 1, 1)):
        x, y = changed(corner, vector, embedder)
        assert corner[0] <= x <= corner[2], corner
        assert corner[1] <= y <= corner[3], corner


def changed(corner, vector, embedder):
    before, after = (parts(spotted((320, 240), corner, colour), embedder).near(vector) for colour in ("blue", "yellow"))
    assert before.by == after.by == "patches"
    return Relevance(np.abs(after.cosines - before.cosines), "patches").peak


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["convnext", "resnet"])
def test_a_model_without_patches_is_asked_by_crops(tmp_path, kind):
    embedder = load_embedder(f"openclip:{save(kind, tmp_path)}")
    assert parts(Image.new("RGB", (80, 60)), embedder).by == "crops"


# -- in a library ------------------------------------------------------------------------------------------------------


@pytest.fixture
def library(tmp_path):
    pictures, place = tmp_path / "pictures", tmp_path / "library"
    pictures.mkdir()
    place.mkdir()
    spotted((300, 200), (0.7, 0.6, 1, 1)).save(pictures / "spot.png")
    write_manifest(place, Manifest("colour", "1", 4))
    with Library(place, Manifest("colour", "1", 4), ColourEmbedder()) as made:
        Indexer(made.store, made.embedder).run([pictures])
        yield made


def test_a_query_of_several_terms_is_looked_for_as_one(library):
    (hit,) = library.search("red").hits
    for query in ("red", "red -blue", "red type:png", f"red like:{hit.picture.id}@210,120,90,80"):
        x, y = library.where(hit.picture.id, query).peak
        assert (x > 0.7, y > 0.6) == (True, True), query


@pytest.mark.parametrize("query", ["", "zebra", "type:png"])
def test_what_means_nothing_is_seen_nowhere(library, query):
    (hit,) = library.search().hits
    with pytest.raises(QueryError, match=r"\.$"):
        library.where(hit.picture.id, query)
    with pytest.raises(UsageError, match="There is no picture 99"):
        library.where(99, "red")


def test_a_picture_whose_file_is_away_is_looked_at_in_its_thumbnail(library, tmp_path):
    (hit,) = library.search("red").hits
    (tmp_path / "pictures/spot.png").unlink()
    assert library.where(hit.picture.id, "red").peak[0] > 0.7


def test_the_drawing_keeps_colour_where_the_thing_is_and_leaves_the_picture_alone():
    picture = spotted((300, 200), (0.7, 0.6, 1, 1))
    before = picture.tobytes()
    made = drawn(picture, looked_for(picture, "red"))
    assert picture.tobytes() == before
    assert made.getpixel((285, 185)) == COLOURS["red"]
    grey = made.getpixel((20, 20))
    assert max(grey) - min(grey) == 0
    assert max(grey) < 100


def test_the_command_tells_draws_and_never_writes_over_a_picture(library, tmp_path, installed):
    pictures = tmp_path / "pictures"

    def ran(*words):
        return CliRunner().invoke(imsearch.cli, ["--library", str(library.folder), *words])

    told = ran("where", str(pictures / "spot.png"), "red", "-night", "--draw", str(tmp_path / "out.png"))
    assert told.exit_code == 0
    assert "of 300 x 200 pixels" in told.output
    with Image.open(tmp_path / "out.png") as made:
        assert made.size == (300, 200)
    before = (pictures / "spot.png").read_bytes()
    for name, reason in ((pictures / "spot.png", "is there already"), (tmp_path / "a.txt", "name it so")):
        refused = ran("where", "1", "red", "--draw", str(name))
        assert refused.exit_code == 2
        assert reason in refused.output
    assert (pictures / "spot.png").read_bytes() == before
    found = json.loads(ran("where", "1", "red", "--json").output)
    assert (found["rows"], found["columns"], found["by"]) == (16, 24, "crops")
    (hit,) = json.loads(ran("explain", "red", "--where").output)["hits"]
    assert hit["where"] == found
