"""`imsearch caption`, `classify`, `describe` and `generate` on plain files, without a library."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from PIL import Image

from imsearch import cli
from tests.small import COLOURS

CHAT = ("--model", "colour-chat")


def run(*arguments, **more):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], **more)


pytestmark = pytest.mark.usefixtures("installed")


@pytest.fixture
def files(tmp_path):
    for name in ("red", "blue"):
        Image.new("RGB", (60, 40), COLOURS[name]).save(tmp_path / f"{name}.png")
    return tmp_path / "red.png", tmp_path / "blue.png"


def test_captions_are_listed_for_scripts_and_shown_under_names(files):
    made = run("caption", *files, *CHAT, "--json")
    assert json.loads(made.stdout) == [
        {"file": str(files[0]), "model": "colour-chat", "text": "red"},
        {"file": str(files[1]), "model": "colour-chat", "text": "blue"},
    ]
    assert run("caption", *files, *CHAT).stdout.splitlines() == [f"{files[0]}:", "red", f"{files[1]}:", "blue"]


def test_captions_follow_examples_and_a_bad_line_of_them_is_told(files, tmp_path):
    listed = tmp_path / "mine.jsonl"
    listed.write_text('{"file": "red.png", "caption": "rosso"}\n{"file": "none.png", "caption": "nero"}\n')
    made = run("caption", files[1], *CHAT, "--examples", listed)
    # the small model says the colour of every picture that it is shown: first the example's
    assert made.stdout == "redblue\n"
    assert "mine.jsonl, line 2: none.png is no picture" in made.stderr
    (tmp_path / "empty.csv").write_text("file,caption\n")
    refused = run("caption", files[1], *CHAT, "--examples", tmp_path / "empty.csv")
    assert refused.exit_code == 2 and "each line needs: file, caption." in refused.stderr


def test_a_bad_file_is_one_line_and_the_others_go_on(files, tmp_path):
    (tmp_path / "bad.jpg").write_text("no picture")
    for command in (("caption", *CHAT), ("describe", *CHAT), ("classify", "--labels", "a,b", "--model", "colour")):
        made = run(*command, tmp_path / "bad.jpg", files[0], tmp_path / "none.jpg", "--json")
        assert made.exit_code == 1
        assert [one["file"] for one in json.loads(made.stdout)] == [str(files[0])]
        bad, none = made.stderr.splitlines()
        assert bad.startswith(f"{tmp_path / 'bad.jpg'}: The content is not a picture")
        assert none == f"{tmp_path / 'none.jpg'}: There is no such file."


@pytest.mark.parametrize("model", ["colour", "colour-chat"])
def test_pictures_are_classified_by_vectors_or_by_a_model_that_looks(model, files):
    made = run("classify", *files, "--labels", "blue, red,yellow", "--model", model, "--json")
    told = json.loads(made.stdout)
    assert [one["labels"][0]["label"] for one in told] == ["red", "blue"]
    assert all(sum(label["chance"] for label in one["labels"]) == pytest.approx(1, abs=0.001) for one in told)
    assert {one["model"] for one in told} == {model}


def test_pictures_are_ranked_by_one_label(files):
    made = run("classify", *files, "--labels", "blue,red", "--rank", "blue", "--model", "colour-chat")
    assert made.stdout.splitlines() == [f"0.90  {files[1]}", f"0.10  {files[0]}"]
    refused = run("classify", *files, "--labels", "blue,red", "--rank", "green")
    assert refused.exit_code == 2 and "choose blue, red." in refused.stderr


def test_without_a_model_the_best_embedder_here_classifies(files):
    made = run("classify", *files, "--labels", "something red,something blue", "--json")
    assert [one["labels"][0]["label"] for one in json.loads(made.stdout)] == ["something red", "something blue"]


def test_pictures_are_described_part_by_part(files):
    (told,) = json.loads(run("describe", files[0], *CHAT, "--json").stdout)
    assert told == {
        "file": str(files[0]), "model": "colour-chat", "caption": "All red.", "tags": ["red"], "objects": [], "text": "",
        "scene": "", "people": 0,
    }  # fmt: skip


def test_one_text_is_written_about_all_files(files, tmp_path):
    assert run("generate", *files, *CHAT, "--as", "post").stdout == "redblue\n"
    made = run("generate", files[0], tmp_path / "none.png", *CHAT, "--json")
    assert json.loads(made.stdout) == {"files": [str(files[0])], "model": "colour-chat", "text": "red"}
    assert made.exit_code == 1


def test_a_model_that_cannot_is_refused_in_one_sentence(files):
    for command in ("caption", "describe", "generate"):
        made = run(command, files[0], "--model", "rapidocr")
        assert made.exit_code == 4
        assert "Traceback" not in made.stderr and made.stderr.count("\n") == 1


def test_each_file_is_asked_about_alone_and_no_library_is_made(files, tmp_path):
    place = tmp_path / "library"
    made = run("ask", "Which colour?", *files, *CHAT, "--json", env={"IMSEARCH_LIBRARY": str(place)})
    assert json.loads(made.stdout) == [
        {"file": str(files[0]), "model": "colour-chat", "answer": "red"},
        {"file": str(files[1]), "model": "colour-chat", "answer": "blue"},
    ]
    assert not place.exists()
    made = run("ask", "Which colour? " * 50, files[0], tmp_path / "none.png", *CHAT)
    assert (made.exit_code, made.stdout) == (1, f"{files[0]}:\nred\n") and "There is no such file." in made.stderr


def test_all_files_are_asked_about_together_by_number(files):
    made = run("ask", "Which is red?", *files, *CHAT, "--together")
    assert made.stdout.splitlines() == ["red [1] blue [2] ", f"  [1] {files[0]}", f"  [2] {files[1]}"]
    told = json.loads(run("ask", "Which is red?", *files, *CHAT, "--together", "--json").stdout)
    assert told == {
        "files": [str(file) for file in files], "model": "colour-chat", "answer": "red [1] blue [2]", "cited": [1, 2]
    }  # fmt: skip


def test_a_talk_about_a_file_goes_on_until_an_empty_line(files):
    made = run("ask", "Which colour?", files[1], *CHAT, "--chat", input="And the sky?\n\nnot heard\n")
    assert made.stdout.splitlines() == ["blue [1] ", f"  [1] {files[1]}"] * 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["{red}", "What is this?"], "Write the question first, in quotes"),
        (["what", "is", "this"], "Write the question first, in quotes"),
        (["What is this?", "{red}"], "Name the model"),
        (["What is this?", "{red}", *CHAT, "--search", "dog"], "--search is for a library"),
        (["What is this?", "{red}", *CHAT, "--library", "x"], "--library is for a library"),
        (["What is this?", "--together"], "--together is for files"),
    ],
)
def test_what_was_mixed_up_is_said(words, told, files):
    made = run("ask", *(word.format(red=files[0]) for word in words))
    assert made.exit_code == 2 and told in made.stderr
