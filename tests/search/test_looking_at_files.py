"""`imsearch ocr` and `imsearch detect` on plain files, without a library."""

from __future__ import annotations

import json
import shutil

import pytest
from click.testing import CliRunner
from PIL import Image, ImageChops, ImageDraw, ImageFont

from imsearch import cli
from tests.conftest import shared


def run(*arguments):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def yolox():
    return f"yolox:{shared('models/yolox_nano/yolox_nano.onnx')}"


@pytest.fixture
def photo(tmp_path):
    """A photo of 1280 x 852 taken with the camera on its side: as stored it lies, as seen it stands."""
    with Image.open(shared("data/photos") / "000000000139.jpg") as opened:
        big = opened.convert("RGB").resize((1280, 852))
    exif = Image.Exif()
    exif[274] = 6
    big.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.jpg", exif=exif, quality=95)
    return tmp_path / "turned.jpg"


def test_things_are_found_in_pixels_of_the_upright_picture(photo):
    made = run("detect", photo, "--model", yolox(), "--labels", "TV, chair", "--least", "0.5", "--json")
    (told,) = json.loads(made.stdout)
    assert set(told) == {"file", "objects"}
    assert told["file"] == str(photo)
    x1, y1, x2, y2 = next(one for one in told["objects"] if one["label"] == "tv")["box_xyxy"]
    assert (x1, y1, x2, y2) == pytest.approx((14, 335, 312, 525), abs=25)
    assert made.exit_code == 0


def test_a_bad_file_is_one_line_and_the_others_go_on(photo, tmp_path):
    (tmp_path / "bad.jpg").write_text("no picture")
    made = run("detect", tmp_path / "bad.jpg", tmp_path / "none.jpg", photo, "--model", yolox(), "--json")
    assert made.exit_code == 1
    assert [one["file"] for one in json.loads(made.stdout)] == [str(photo)]
    bad, none = made.stderr.splitlines()
    assert bad.startswith(f"{tmp_path / 'bad.jpg'}: The content is not a picture")
    assert none == f"{tmp_path / 'none.jpg'}: There is no such file."


def test_boxes_are_drawn_and_no_file_is_written_over(photo, tmp_path):
    before = photo.read_bytes()
    out = tmp_path / "out.png"
    assert run("detect", photo, "--model", yolox(), "--draw", out).exit_code == 0
    with Image.open(out) as drawn:
        assert drawn.size == (1280, 852)
        plain = run("detect", photo, "--model", yolox(), "--labels", "zebra", "--draw", tmp_path / "plain.png")
        assert plain.exit_code == 0
        with Image.open(tmp_path / "plain.png") as untouched:
            x1, _, x2, _ = ImageChops.difference(drawn, untouched).getbbox()
            assert x1 < 20 < 300 < x2
    for place in (out, photo):
        made = run("detect", photo, "--model", yolox(), "--draw", place)
        assert made.exit_code == 2
        assert "there already" in made.stderr
    assert photo.read_bytes() == before


def test_several_drawings_go_into_a_folder(photo, tmp_path):
    (tmp_path / "b").mkdir()
    other = shutil.copy(photo, tmp_path / "b" / photo.name)
    assert run("detect", photo, other, "--model", yolox(), "--draw", tmp_path / "drawn").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "drawn").iterdir()) == ["turned-2.png", "turned.png"]
    made = run("detect", photo, other, "--model", yolox(), "--draw", tmp_path / "one.png")
    assert made.exit_code == 2
    assert "name a folder" in made.stderr


def test_without_a_detector_it_is_said_how_to_get_one(photo, monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    made = run("detect", photo)
    assert made.exit_code == 4
    assert "imsearch models get detr:" in made.stderr
    assert "--model yolox:" in made.stderr
    assert "imsearch models get owl:" in run("detect", photo, "--labels", "my red bicycle").stderr


def test_a_label_that_is_not_known_ends_it_at_once(photo):
    made = run("detect", photo, photo, "--model", yolox(), "--labels", "person,dgo")
    assert made.exit_code == 4
    assert made.stderr.count("did you mean dog") == 1


@pytest.mark.parametrize("model", ["rapidocr", "tesseract"])
def test_words_are_read_with_their_places(model, tmp_path):
    if model == "tesseract" and not shutil.which("tesseract"):
        pytest.skip("the program tesseract is not installed")
    picture = Image.new("RGB", (2600, 2200), "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(160)
    pen.text((400, 300), "GRAND HOTEL 42", font=font, fill="black")
    picture.save(tmp_path / "sign.png")
    made = run("ocr", tmp_path / "sign.png", "--model", model, "--json")
    (told,) = json.loads(made.stdout)
    assert set(told) == {"file", "text", "lines"}
    assert "".join(told["text"].split()) == "GRANDHOTEL42"
    assert set(told["lines"][0]) == {"text", "score", "polygon"}
    xs, ys = zip(*(point for line in told["lines"] for point in line["polygon"]), strict=True)
    true = pen.textbbox((400, 300), "GRAND HOTEL 42", font=font)
    assert (min(xs), min(ys), max(xs), max(ys)) == pytest.approx(true, abs=70)


def test_a_language_that_tesseract_lacks_is_named(tmp_path):
    if not shutil.which("tesseract"):
        pytest.skip("the program tesseract is not installed")
    Image.new("RGB", (50, 50)).save(tmp_path / "p.png")
    made = run("ocr", tmp_path / "p.png", "--model", "tesseract:xyz")
    assert made.exit_code == 2
    assert "has no language 'xyz' here; it has: " in made.stderr


def test_a_model_that_does_not_read_is_refused(photo):
    made = run("ocr", photo, "--model", yolox())
    assert made.exit_code == 4
    assert "does not read words; try: rapidocr" in made.stderr
