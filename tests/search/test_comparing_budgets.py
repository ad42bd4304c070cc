"""`imsearch detect --compare-budgets`: one picture seen with more and fewer visual tokens."""

from __future__ import annotations

import json

import numpy as np
from click.testing import CliRunner
from PIL import Image, ImageDraw

from imsearch import cli
from tests.vlm import tiny
from vlm import DetectedObject, Generation, registry
from vlm.errors import PictureRefused


class Squares:
    """Sees a red square as long as its budget leaves it a pixel."""

    spec, revision, picture_side, budgets = "squares", "1", 512, (4, 64, 256)

    def detect(self, pictures, labels=(), least=None, how=Generation()):
        side = round(how.budget**0.5)
        found = []
        for picture in pictures:
            seen = picture.resize((side, side), Image.Resampling.BOX)
            ys, xs = np.nonzero((np.asarray(seen) == (220, 30, 30)).all(2))
            if not len(xs):
                raise PictureRefused("squares told no boxes.")
            box = (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
            found.append((DetectedObject("red square", 1.0, tuple(float(n * picture.width / side) for n in box)),))
        return found

    def close(self):
        pass


def run(*arguments):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def picture(folder):
    made = Image.new("RGB", (320, 320), "white")
    ImageDraw.Draw(made).rectangle((40, 40, 119, 119), fill=(220, 30, 30))
    made.save(folder / "p.png")
    return folder / "p.png"


def test_budgets_are_listed_and_drawn_side_by_side(tmp_path, monkeypatch):
    monkeypatch.setitem(registry._HOMES, "squares", (__name__, "squares"))
    out = tmp_path / "out.png"
    made = run(
        "detect", picture(tmp_path), "--model", "squares", "--compare-budgets", "4,64,256", "--draw", out, "--json"
    )
    assert made.exit_code == 0, made.output
    (told,) = json.loads(made.stdout)
    assert [(one["budget"], len(one["objects"])) for one in told["budgets"]] == [(4, 0), (64, 1), (256, 1)]
    assert told["budgets"][0]["problem"] == "squares told no boxes."
    assert told["budgets"][1]["objects"][0]["box_xyxy"] == [40, 40, 120, 120]
    with Image.open(out) as drawn:
        assert drawn.size == (3 * 640 + 2 * 8, 640 + 36)


def squares(_):
    return Squares()


def test_only_gemma_4_takes_budgets(tmp_path, monkeypatch):
    monkeypatch.setitem(registry._HOMES, "squares", (__name__, "squares"))
    file = picture(tmp_path)
    refused = run("detect", file, "--model", "yolox:/none.onnx", "--compare-budgets", "70")
    assert refused.exit_code in (2, 4) and refused.stderr.count("\n") == 1
    assert "give numbers" in run("detect", file, "--model", "squares", "--compare-budgets", "some").stderr
    older = run("detect", file, "--model", f"gemma:{tiny.gemma3(tmp_path / 'gemma3')}", "--compare-budgets", "70")
    assert older.exit_code == 2 and "only Gemma 4 takes a budget" in older.stderr


def test_a_tiny_gemma_4_is_asked_with_each_budget(tmp_path, monkeypatch):
    monkeypatch.setattr("vlm.tasks.detect.BOX_TOKENS", 8)  # random weights find no end
    model = f"gemma:{tiny.gemma4(tmp_path / 'gemma4')}"
    made = run("detect", picture(tmp_path), "--model", model, "--compare-budgets", "70,140", "--json")
    (told,) = json.loads(made.stdout)
    assert [one["budget"] for one in told["budgets"]] == [70, 140]
    assert "told no boxes" in told["budgets"][0]["problem"]  # its weights are random
