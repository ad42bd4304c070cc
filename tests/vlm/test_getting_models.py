"""`imsearch models`, and which model is taken: with a hub on the loopback, a dead one and none."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from imsearch import cli
from tests.conftest import paint
from tests.vlm.checkpoints import TOWER, save, save_to_cache, save_tower
from tests.vlm.hub import Hub
from vlm import UnknownModel, load_embedder
from vlm.choices import CHOICES, MINI, choose, sentence

ROOT = Path(__file__).parents[2]
NAMED = next(choice for choice in CHOICES if choice.name == "ViT-B-32-256")
# torch, timm and transformers warn of their own deprecations while they load
pytestmark = pytest.mark.filterwarnings("ignore")


def imsearch(*words, home, hub=""):
    """Run the command with an HF_HOME; without a hub, with the network's use forbidden."""
    environment = os.environ | {"HF_HOME": str(home), "OMP_NUM_THREADS": "1"}
    environment |= {"HF_ENDPOINT": hub, "HF_HUB_OFFLINE": "0"} if hub else {"HF_HUB_OFFLINE": "1"}
    return subprocess.run(
        [sys.executable, "-m", "imsearch", *map(str, words)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def failed(done):
    """The one sentence on standard error."""
    assert done.exit_code == 4
    return done.stderr.splitlines()[-1].removeprefix("imsearch: ")


def test_without_a_model_on_the_machine_auto_takes_mini_and_says_what_to_get(home):
    assert choose() is MINI
    assert "imsearch models get ViT-B-32-SigLIP2-256" in sentence(MINI)
    assert "\n" not in sentence(MINI)


def test_auto_takes_the_best_model_on_the_machine(home):
    save_to_cache("clip", home, NAMED.hub)
    assert choose() is NAMED
    assert NAMED.name in sentence(NAMED)
    assert load_embedder(NAMED.name).embed_texts(["red"]).shape == (1, 64)
    # better, but for research only: not without being asked
    save_to_cache("clip", home, next(c.hub for c in CHOICES if not c.automatic))
    assert choose() is NAMED


def test_a_config_without_weights_is_no_model_on_the_machine(home):
    save_to_cache("clip", home, NAMED.hub)
    next(home.rglob("snapshots/*/open_clip_model.safetensors")).unlink()
    assert choose() is MINI


def test_the_named_models_lie_where_open_clip_looks_for_them():
    for choice in CHOICES[:-1]:
        assert load_embedder(choice.name).hub == choice.hub


def test_an_unknown_name_lists_the_near_ones():
    with pytest.raises(UnknownModel, match="did you mean ViT-B-32-256"):
        load_embedder("ViT-B32-256")


def test_the_list_says_which_models_are_here(tmp_path):
    done = imsearch("models", "list", "--json", home=tmp_path)
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert set(rows) == {choice.name for choice in CHOICES}
    assert [name for name, row in rows.items() if row["here"]] == ["mini"]
    assert all(row["source"] and row["licence"] and row["languages"] for row in rows.values())


def test_the_list_has_one_line_a_model_in_a_pipe(tmp_path):
    done = imsearch("models", "list", home=tmp_path)
    assert len(done.stdout.splitlines()) == 1 + len(CHOICES) + 3
    assert all(choice.name in done.stdout.split() for choice in CHOICES)


@pytest.mark.parametrize("hub", ["closed", "silent"])
def test_a_hub_that_is_out_of_reach_is_given_up_on_with_a_sentence(home, get, hub):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        if hub == "closed":
            server.close()
        done = get(NAMED.name, url)
    assert failed(done).startswith(f"{NAMED.name} cannot be downloaded from {url} (")
    assert failed(done).endswith("). Check the network and try again; mini works without.")
    assert len(done.stderr.splitlines()) == 1
    assert not [path for path in home.rglob("*") if path.is_file()]


def test_no_download_while_the_network_is_forbidden(get, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with Hub({}) as hub:
        assert "HF_HUB_OFFLINE is set" in failed(get(NAMED.name, hub.url))
        assert not hub.asked


@pytest.mark.parametrize("name", ["nonsense", "hf-hub:nonsense", "hf-hub:a/b/c"])
def test_a_name_that_is_none_is_refused_without_asking(get, name):
    with Hub({}) as hub:
        failed(get(name, hub.url))
        assert not hub.asked


def test_what_the_hub_does_not_have_is_told_apart(tmp_path, get):
    (tmp_path / "empty").mkdir()
    with Hub({"someone/empty": tmp_path / "empty"}) as hub:
        assert "the hub has no some/body" in failed(get("hf-hub:some/body", hub.url))
        assert "holds no open_clip model" in failed(get("hf-hub:someone/empty", hub.url))


def test_a_disk_that_cannot_be_written_is_the_reason_given(tmp_path, home, get):
    home.write_text("a file where the folder should be")
    with Hub({NAMED.hub: save("clip", tmp_path / "model")}) as hub:
        said = failed(get(NAMED.name, hub.url))
    assert said.startswith(f"{NAMED.name} cannot be downloaded to {home}/hub (")


def test_a_model_is_got_taken_by_auto_and_searched_with(tmp_path, home, get):
    library = tmp_path / "library"
    paint(tmp_path / "pictures/red.png", "red")
    with Hub({NAMED.hub: save("clip", tmp_path / "model")}) as hub:
        done = imsearch("models", "get", NAMED.name, home=home, hub=hub.url)
        assert done.stdout == f"{NAMED.name} is on this machine.\n", done.stderr
        # no telemetry: nothing but the repository is asked for
        assert all(NAMED.hub in path for path in hub.asked)
        asked = len(hub.asked)
        assert get(NAMED.name, hub.url).exit_code == 0
        assert len(hub.asked) == asked

    def run(*words):
        return CliRunner().invoke(cli, ["--library", str(library), *map(str, words)]).stdout

    # in this process, which has loaded torch already; no hub is there any more
    said = run("index", tmp_path / "pictures", "--no-ocr")
    assert said.startswith(f"Model: {NAMED.name}, the best that lies on this machine.\n")
    assert "red.png" in run("search", "a red wall", "--json")


def test_a_download_that_breaks_leaves_no_model_and_can_be_tried_again(tmp_path, home, get):
    repositories = {NAMED.hub: save("clip", tmp_path / "model")}
    with Hub(repositories, breaks_after=1_000_000) as hub:
        assert "cannot be downloaded" in failed(get(NAMED.name, hub.url))
    assert not list(home.rglob("*.safetensors"))
    assert not list(home.rglob("*.incomplete"))
    with Hub(repositories) as hub:
        assert get(NAMED.name, hub.url).exit_code == 0
    assert choose() is NAMED
    assert load_embedder(NAMED.name).dim == 64


@pytest.mark.parametrize("kind", ["siglip", "multilingual"])
def test_what_a_model_needs_besides_its_weights_is_got_too(tmp_path, get, kind):
    repositories = {"someone/model": save(kind, tmp_path / "model"), TOWER: save_tower(tmp_path / "tower")}
    with Hub(repositories) as hub:
        done = get("hf-hub:someone/model", hub.url)
    assert done.exit_code == 0, done.output
    assert load_embedder("openclip:hf-hub:someone/model").dim == 64
