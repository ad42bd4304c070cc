"""Things found in pictures: two real COCO detectors, and tiny random checkpoints of transformers' families."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from PIL import Image

from tests.conftest import shared
from tests.vlm import tiny_detectors
from vlm import ModelError, ModelUnavailable, UsageError, load_model
from vlm.models.boxes import COCO, one_box_each
from vlm.models.owl import nearest
from vlm.protocols import DetectedObject
from vlm.tasks.detect import Detect

FILES = {"yolox": "models/yolox_nano/yolox_nano.onnx", "picodet": "models/picodet_s/picodet_s_416_coco.onnx"}
FAMILIES = ("detr", "conditional_detr", "deformable_detr", "rt_detr")
OPEN = ("owlv2", "grounding_dino")


@pytest.fixture(scope="module", params=FILES)
def detector(request):
    return load_model(f"{request.param}:{shared(FILES[request.param])}")


def photo(name="000000000139.jpg"):
    return Image.open(shared("data/photos") / name).convert("RGB")


def overlap(a, b):
    both = max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))
    return both / sum((x[2] - x[0]) * (x[3] - x[1]) for x in (a, b)) * 2


def test_a_television_is_found_where_it_stands(detector):
    (found,) = detector.detect([photo()])
    tv = next(one for one in found if one.label == "tv")
    assert tv.score > 0.8
    assert overlap(tv.box_xyxy, (7.0, 167.8, 156.4, 262.6)) > 0.85  # as a person drew it
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_a_bigger_copy_has_the_same_things_in_its_own_pixels(detector):
    small = photo()
    once, twice = detector.detect([small, small.resize((2 * small.width, 2 * small.height))], ["TV"], 0.8)
    assert overlap(once[0].box_xyxy, tuple(n / 2 for n in twice[0].box_xyxy)) > 0.95


def test_only_what_is_asked_for_is_found(detector):
    (found,) = detector.detect([photo()], ["chair"])
    assert {one.label for one in found} == {"chair"}


def test_a_label_that_a_detector_does_not_know_is_named_with_near_ones(detector):
    with pytest.raises(ModelError, match="does not know 'chairs'; did you mean chair"):
        detector.detect([photo()], ["person", "chairs"])
    with pytest.raises(ModelError, match=r"does not know 'xyz'; it knows: airplane, apple, .*zebra\.$"):
        detector.detect([photo()], ["xyz"])


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (900, 3), (416, 416)])
def test_a_picture_of_any_shape_is_looked_at(detector, size):
    (found,) = detector.detect([Image.effect_noise(size, 90)], (), 0.01)
    for one in found:
        x1, y1, x2, y2 = one.box_xyxy
        assert 0 <= x1 < x2 <= size[0] and 0 <= y1 < y2 <= size[1]


def test_names_beside_the_file_are_the_labels(tmp_path):
    file = tmp_path / "yolox.onnx"
    shutil.copy(shared(FILES["yolox"]), file)
    (tmp_path / "yolox.txt").write_text("\n".join(["Mensch", *COCO[1:62], "Fernseher", *COCO[63:]]))
    (found,) = load_model(f"yolox:{file}").detect([photo()])
    assert found[0].label == "Fernseher"
    (tmp_path / "yolox.txt").write_text("Mensch\n")
    with pytest.raises(ModelUnavailable, match=r"yolox\.txt should name the 80 labels of yolox\.onnx"):
        load_model(f"yolox:{file}").detect([photo()])


def test_a_file_that_is_no_such_model_is_named(tmp_path):
    with pytest.raises(ModelUnavailable, match="is not there; name an ONNX file"):
        load_model(f"yolox:{tmp_path}/none.onnx").detect([photo()])
    (tmp_path / "bad.onnx").write_bytes(b"bad")
    with pytest.raises(ModelUnavailable, match="is not a whole ONNX model"):
        load_model(f"yolox:{tmp_path}/bad.onnx").detect([photo()])
    with pytest.raises(ModelError, match="does not answer as a yolox model does"):
        load_model(f"yolox:{shared(FILES['picodet'])}").detect([photo()])
    with pytest.raises(UsageError, match="names no model"):
        load_model("yolox:")


@pytest.fixture(scope="module", params=[*FAMILIES, *OPEN])
def loaded(request, tmp_path_factory):
    folder = getattr(tiny_detectors, request.param)(tmp_path_factory.mktemp(request.param))
    made = load_model(f"{'owl' if request.param in OPEN else 'detr'}:{folder}")
    yield made
    made.close()


def noise(width, height, seed=0):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8))


def test_a_transformers_detector_finds_in_pixels_of_each_picture_of_a_batch(loaded):
    pictures = [noise(90, 60), noise(40, 120), noise(700, 500)]
    labels = ["cat", "person"]
    together = loaded.detect(pictures, labels, 0.0)
    assert [bool(found) for found in together] == [True] * 3
    for picture, found in zip(pictures, together, strict=True):
        assert {one.label for one in found} <= {*labels}
        assert all(0 <= x <= picture.width for one in found for x in one.box_xyxy[::2])
        assert all(0 <= y <= picture.height for one in found for y in one.box_xyxy[1::2])
    assert max(one.box_xyxy[2] for one in together[2]) > 120
    assert loaded.detect(pictures, labels, 1.01) == [()] * 3


def test_a_transformers_detector_says_what_it_cannot_do(loaded):
    asked = [] if loaded.spec.startswith("owl:") else ["traffic lights"]
    with pytest.raises(ModelError, match=r"must be told what to look for|did you mean traffic light"):
        loaded.detect([noise(64, 64)], asked)


def test_an_open_detector_takes_long_words(loaded):
    if loaded.spec.startswith("owl:"):
        loaded.detect([noise(64, 64)], ["a very long label " * 20, "Dr. Who"], 0.5)


def test_a_model_that_finds_nothing_is_refused():
    with pytest.raises(ModelError, match="rapidocr finds no objects"):
        Detect(load_model("rapidocr"))


def test_what_was_looked_for_is_part_of_how_it_was_asked():
    model = load_model("yolox:/nowhere.onnx")
    assert Detect(model).prompt_version == ""
    assert Detect(model, ["dog", "cat"], 0.5).prompt_version == "0.5,cat,dog"


def test_of_boxes_round_one_thing_the_surest_is_kept():
    boxes = [
        ("cat", 0.5, (0, 0, 10, 10)),
        ("cat", 0.9, (1, 0, 11, 10)),
        ("dog", 0.4, (0, 0, 10, 10)),
        ("cat", 0.3, (20, 0, 99, 10)),
    ]
    kept = one_box_each([DetectedObject(*box) for box in boxes], 30, 30)
    assert [(one.label, one.score) for one in kept] == [("cat", 0.9), ("dog", 0.4), ("cat", 0.3)]
    assert kept[2].box_xyxy == (20, 0, 30, 10)


@pytest.mark.parametrize(
    ("said", "label"),
    [("cat", "cat"), ("red car", "red car"), ("car", "red car"), ("dog cat", "cat"), ("", ""), ("tree", "")],
)
def test_what_grounding_dino_repeats_of_a_label_is_that_label(said, label):
    assert nearest(said, ["red car", "cat"]) == label
