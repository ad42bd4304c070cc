"""Words in pictures, by the real engine in its own process."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from vlm import ModelUnavailable, load_model
from vlm.models.rapidocr_worker import looked_for_at, spaced


@pytest.fixture(scope="module")
def reader():
    made = load_model("rapidocr")
    yield made
    made.close()


def written(words):
    picture = Image.new("RGB", (500, 120), "white")
    ImageDraw.Draw(picture).text((30, 30), words, font=ImageFont.load_default(48), fill="black")
    return picture


def test_printed_words_are_read_with_their_place(reader):
    made = reader.read(written("GRAND HOTEL 42"))
    assert "".join("".join(line.text for line in made).split()) == "GRANDHOTEL42"
    x1, y1, x2, y2 = made[0].box_xyxy
    assert 5 < x1 < 45
    assert 250 < x2 < 480
    assert 5 < y1 < y2 < 115


def test_a_picture_without_words_has_none(reader):
    assert reader.read(Image.new("RGB", (200, 200), "teal")) == ()


def test_shapes_in_a_drawing_are_not_taken_for_letters_and_a_short_word_is_read(reader, tmp_path):
    from search.demo.gallery import draw_gallery

    drawn = {path.stem: path for path in draw_gallery(tmp_path)}
    light = Image.open(drawn["IMG_0419"]).convert("RGB")
    assert reader.read(light) == ()
    ImageDraw.Draw(light).text((30, 30), "STOP", font=ImageFont.load_default(64), fill="black")
    assert [line.text for line in reader.read(light)][:1] == ["STOP"]
    assert [line.text for line in reader.read(written("No"))] == ["No"]


def test_words_are_kept_apart_where_the_model_is_torn_and_nowhere_else():
    signs = {"nothing": 0, "A": 1, "space": 2}
    columns = [
        {"A": 1.0},
        {"nothing": 0.9, "space": 0.1},  # likely a space
        {"A": 1.0},
        {"nothing": 0.99, "space": 0.01},  # hardly one
        {"A": 0.9, "space": 0.1},  # a letter stays one
    ]
    chances = np.zeros((1, len(columns), len(signs)), np.float32)
    for column, says in enumerate(columns):
        for sign, chance in says.items():
            chances[0, column, signs[sign]] = chance
    assert spaced(chances).argmax(axis=2).tolist() == [[1, 2, 1, 0, 1]]


@pytest.mark.parametrize(
    ("size", "copy"),
    [((640, 480), (981, 736)), ((619, 1203), (736, 1430)), ((932, 1786), (791, 1516)), ((1000, 1100), (1000, 1100))],
)
def test_lines_are_looked_for_in_a_copy_that_is_neither_tiny_nor_huge(size, copy):
    side, limit = looked_for_at(*size)
    scale = limit / max(size) if side == "max" else max(1, limit / min(size))
    assert tuple(int(length * scale) for length in size) == pytest.approx(copy, abs=2)


def test_a_killed_engine_costs_no_more_than_its_picture(reader):
    reader.read(written("FIRST"))
    os.kill(reader.process, signal.SIGKILL)
    os.waitid(os.P_PID, reader.process, os.WEXITED | os.WNOWAIT)
    assert reader.read(written("SECOND"))[0].text == "SECOND"


def test_a_model_of_other_letters_reads_instead(tmp_path):
    import rapidocr

    file = next((Path(rapidocr.__file__).parent / "models").glob("*rec*.onnx"))
    other = load_model(f"rapidocr:{shutil.copy(file, tmp_path / 'letters.onnx')}")
    assert other.revision.startswith(f"{load_model('rapidocr').revision}-")
    assert "".join(line.text for line in other.read(written("HOTEL"))) == "HOTEL"
    other.close()
    with pytest.raises(ModelUnavailable, match=r"none\.onnx is not there"):
        load_model(f"rapidocr:{tmp_path}/none.onnx").read(written("HOTEL"))
