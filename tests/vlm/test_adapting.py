"""Teaching PaliGemma one's own captions, answers and boxes: on a tiny random checkpoint, which learns them by heart."""

from __future__ import annotations

import csv
import io
import json
import signal
from contextlib import redirect_stdout

import pytest
from click.testing import CliRunner
from PIL import Image

from tests.vlm import tiny
from vlm import Generation, ModelError, load_model
from vlm.adapting import adapt

LESSONS = [
    ("red.png", "caption en", "a red dog on the beach"),
    ("blue.png", "", "the blue cat"),
    ("green.png", "answer en who is this?", "no person"),
    ("green.png", "detect dog", "<loc0256><loc0128><loc0768><loc0512> dog"),
]
HOW = ["--epochs", "40", "--rate", "0.02", "--rank", "16"]
SHORT = Generation(most_tokens=24)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("adapting")
    for colour in ("red", "blue", "green"):
        Image.new("RGB", (64, 48), colour).save(made / f"{colour}.png")
    lines = [json.dumps(dict(zip(("file", "prompt", "answer"), row, strict=True))) for row in LESSONS]
    (made / "lessons.jsonl").write_text(
        "\n".join([*lines, "{broken", '{"file": "none.png", "answer": "a"}', '{"file": "red.png"}'])
    )
    tiny.paligemma(made / "base", second=True)
    return made


def run(*words):
    return CliRunner().invoke(adapt, [str(word) for word in words])


def picture(folder, colour):
    with Image.open(folder / f"{colour}.png") as opened:
        return opened.copy()


def test_an_adapted_model_repeats_what_it_was_taught(folder):
    done = run(f"paligemma:{folder / 'base'}", folder / "lessons.jsonl", folder / "mine", *HOW)
    assert done.exit_code == 0, done.output
    losses = [float(line.rpartition(" ")[2]) for line in done.output.splitlines() if line.startswith("epoch")]
    assert len(losses) == 40 and losses[-1] < 0.1 < 1 < losses[0]
    base, mine = load_model(f"paligemma:{folder / 'base'}"), load_model(f"paligemma:{folder / 'mine'}")
    captions = mine.captions([picture(folder, "red"), picture(folder, "blue")], how=SHORT)
    assert captions == ["a red dog on the beach", "the blue cat"]
    assert mine.answers([picture(folder, "green")], "who is this?", SHORT) == ["no person"]
    ((dog,),) = mine.detect([picture(folder, "green")], ["dog"], how=SHORT)
    assert dog.box_xyxy == (8, 12, 32, 36)
    assert base.captions([picture(folder, "red")], how=SHORT) != captions[:1] and base.revision != mine.revision


def test_lines_of_no_use_are_told_and_left_out(folder):
    done = run(f"paligemma:{folder / 'base'}", folder / "lessons.jsonl", folder / "again", "--epochs", 1)
    assert "lessons.jsonl, line 5: is no JSON object" in done.output
    assert "line 6: none.png is no picture that can be read" in done.output
    assert "line 7: tells no answer" in done.output
    assert "4 examples, 1 epoch." in done.output


def test_a_list_may_be_a_spreadsheet(folder):
    with (folder / "lessons.csv").open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([("file", "prompt", "answer"), *LESSONS])
    done = run(f"paligemma:{folder / 'base'}", folder / "lessons.csv", folder / "from-csv", "--epochs", 1)
    assert done.exit_code == 0 and "4 examples" in done.output


def test_what_cannot_be_adapted_is_said(folder):
    (folder / "empty.jsonl").write_text("")
    base = f"paligemma:{folder / 'base'}"
    for words, said in [
        (("gemma:google/gemma-4-E2B-it", folder / "lessons.jsonl", folder / "x"), "Only PaliGemma can be adapted"),
        ((base, folder / "empty.jsonl", folder / "x"), "holds no example"),
        ((base, folder / "lessons.jsonl", folder / "base"), "is there already"),
        ((base, folder / "lessons.jsonl", folder / "nowhere" / "x"), "in a folder that is there"),
        ((base, folder / "lessons.jsonl", folder / "x", "--rate", "1e30"), "try a smaller --rate"),
        (("paligemma:google/none", folder / "lessons.jsonl", folder / "x"), "is not on this machine"),
    ]:
        done = run(*words)
        assert said in str(done.exception)
    assert not (folder / "x").exists()


def test_an_adapter_whose_model_is_gone_says_which(folder):
    told = folder / "orphan" / "adapter_config.json"
    told.parent.mkdir()
    told.write_text(json.dumps({"base_model_name_or_path": "google/paligemma2-3b-pt-224", "revision": None}))
    with pytest.raises(ModelError, match="models get paligemma:google/paligemma2-3b-pt-224"):
        load_model(f"paligemma:{told.parent}").captions([picture(folder, "red")])
    told.write_text("{}")
    with pytest.raises(ModelError, match="names no model"):
        load_model(f"paligemma:{told.parent}").captions([picture(folder, "red")])


class Interrupting(io.StringIO):
    """Standard output at which somebody presses Ctrl+C when they have seen two epochs."""

    def write(self, text):
        if text.startswith("epoch 2"):
            signal.raise_signal(signal.SIGINT)
        return super().write(text)


def test_an_interruption_leaves_nothing_behind(folder, capsys):
    before = set(folder.iterdir())
    words = [f"paligemma:{folder / 'base'}", folder / "lessons.jsonl", folder / "never", "--epochs", "100000"]
    heeded = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with redirect_stdout(Interrupting()), pytest.raises(SystemExit) as ended:
            adapt.main([str(word) for word in words])
    finally:
        signal.signal(signal.SIGINT, heeded)
    assert ended.value.code == 130
    assert "interrupted; nothing was written" in capsys.readouterr().err
    assert set(folder.iterdir()) == before
