"""Models write about pictures in a second pass: only what is new or stale, bit by bit, never over what a person wrote."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from indexer.enrich import Enricher
from tests.conftest import paint
from tests.small import colour_of
from vlm import Annotation, DetectedObject, ModelError, ModelUnavailable, TextLine


class Colours:
    """An honest small annotator: it captions a picture by its colour and boxes all of it; black pictures it refuses."""

    task, spec, revision, prompt_version, picture_side = "caption", "colours", "1", "", 32

    def __init__(self, **said) -> None:
        vars(self).update(said)
        self.seen: list[str] = []

    def annotate(self, pictures):
        colours = [colour_of(picture) for picture in pictures]
        if "black" in colours:
            raise ModelError("It is too dark.")
        self.seen += colours
        return [self.made(picture, colour) for picture, colour in zip(pictures, colours, strict=True)]

    def made(self, picture, colour):
        box = (0.0, 0.0, float(picture.width), float(picture.height))
        return Annotation(
            self.spec, self.revision, datetime.now(UTC), self.prompt_version,
            caption=f"{colour} wall" if self.task == "caption" else "",
            lines=(TextLine(colour, 1.0, box),) if self.task == "ocr" else (),
            objects=(DetectedObject("wall", 1.0, box),) if self.task == "object" else (),
            problem="It says the same again and again." if colour == "yellow" else "",
        )  # fmt: skip

    def close(self):
        pass


@pytest.fixture
def walls(shelf):
    for n, colour in enumerate(("red", "green", "blue")):
        paint(shelf.pictures / f"{colour}.png", colour, n)
    shelf.index()
    return shelf


def run(shelf, annotator, **how):
    made = Enricher(shelf.store, annotator).run(**how)
    return made.done, made.failed, sorted(annotator.seen)


def captions(shelf):
    ids = shelf.catalog.ids(shelf.store.model_id).tolist()
    return sorted(text.text for i in ids for text in shelf.store.texts(i) if text.kind == "caption")


def test_a_second_run_asks_the_model_nothing(walls):
    assert run(walls, Colours()) == (3, 0, ["blue", "green", "red"])
    assert run(walls, Colours()) == (0, 0, [])
    paint(walls.pictures / "red two.png", "red", 9)
    walls.index()
    assert run(walls, Colours()) == (1, 0, ["red"])
    assert captions(walls) == ["blue wall", "green wall", "red wall", "red wall"]


@pytest.mark.parametrize("change", [{"revision": "2"}, {"prompt_version": "detailed"}, {"spec": "others"}])
def test_another_version_or_way_of_asking_makes_what_was_said_stale(walls, change):
    run(walls, Colours())
    assert run(walls, Colours(**change)) == (3, 0, ["blue", "green", "red"])
    assert captions(walls) == ["blue wall", "green wall", "red wall"]


def test_a_default_reader_leaves_alone_what_a_chosen_one_has_read(walls):
    run(walls, Colours(task="ocr", spec="better"))
    assert run(walls, Colours(task="ocr", spec="plain"), keep_others=True) == (0, 0, [])
    assert run(walls, Colours(task="ocr", spec="better", revision="2"), keep_others=True)[0] == 3


def test_only_what_is_asked_for_is_shown_to_the_model_in_that_order(walls):
    red, green, blue = (walls.catalog.find(f"{walls.pictures}/{name}.png").id for name in ("red", "green", "blue"))
    annotator = Colours()
    Enricher(walls.store, annotator).run(among=[blue, red])
    assert annotator.seen == ["blue", "red"]
    assert run(walls, Colours(), among=[blue, green]) == (1, 0, ["green"])
    assert run(walls, Colours(), among=[blue], anew=True) == (1, 0, ["blue"])


def test_one_bad_picture_costs_itself_alone_and_is_tried_again_when_asked(walls):
    paint(walls.pictures / "black.png", "black")
    paint(walls.pictures / "yellow.png", "yellow")
    walls.index()
    (walls.pictures / "green.png").write_bytes(b"broken")
    assert run(walls, Colours())[:2] == (2, 3)
    told = {failure.path.rpartition("/")[2]: failure for failure in walls.catalog.failures.all()}
    assert told["black.png"].reason == "It is too dark."
    assert told["yellow.png"].reason == "It says the same again and again."
    assert {failure.stage for failure in told.values()} == {"caption"}
    assert run(walls, Colours())[:2] == (0, 0)
    walls.catalog.failures.try_again("caption", "colours")
    assert run(walls, Colours())[:2] == (0, 3)


def test_without_the_model_the_run_ends_and_no_picture_is_blamed(walls):
    class Away(Colours):
        def annotate(self, pictures):
            raise ModelUnavailable("colours is not on this machine.")

    with pytest.raises(ModelUnavailable):
        run(walls, Away())
    assert walls.catalog.failures.all() == []
    assert run(walls, Colours())[0] == 3


def test_boxes_are_in_pixels_of_the_whole_picture(walls):
    noise = np.random.default_rng(0).integers(0, 255, (600, 800, 3), np.uint8)
    Image.fromarray(noise).save(walls.pictures / "big.jpg")
    walls.index()
    run(walls, Colours(task="object"))
    big = walls.catalog.find(f"{walls.pictures}/big.jpg").id
    x1, y1, x2, y2 = walls.store.objects(big)[0].box_xyxy
    assert (round(x1), round(y1), round(x2), round(y2)) == (0, 0, 800, 600)


def test_tasks_do_not_touch_what_others_wrote(walls):
    red = walls.catalog.find(f"{walls.pictures}/red.png").id
    for task in ("caption", "ocr", "object"):
        run(walls, Colours(task=task))
    run(walls, Colours(revision="2"))
    assert sorted((text.kind, text.text) for text in walls.store.texts(red)) == [
        ("caption", "red wall"),
        ("ocr", "red"),
    ]
    assert [thing.label for thing in walls.store.objects(red)] == ["wall"]
