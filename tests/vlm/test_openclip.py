"""The open_clip adapter on random checkpoints of real architectures, from folders and from a hub cache."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.contracts.embedder import picture
from tests.vlm.checkpoints import CONFIGS, PREPROCESS, save, save_to_cache
from vlm import ModelUnavailable, UnknownModel, UsageError, load_embedder
from vlm.choices import CHOICES, choose, sentence

ROOT = Path(__file__).parents[2]
# torch, timm and transformers warn of their own deprecations while they load
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A hub cache that holds one repository of each kind, as downloads leave it."""
    place = tmp_path_factory.mktemp("hub")
    for kind in CONFIGS:
        save_to_cache(kind, place, f"someone/{kind}")
    return place


@pytest.fixture
def with_cache(cache, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(cache / "hub"))
    return cache


@pytest.mark.parametrize("kind", sorted(CONFIGS))
def test_both_towers_and_the_preprocessing_agree_with_open_clip(tmp_path, kind):
    import open_clip
    import torch

    folder = save(kind, tmp_path)
    pictures = [picture(70, 90), picture(200, 30, 1), picture(31, 31, 2, "L").convert("RGB")]
    texts = ["a long phrase about a dog", "yet another phrase, this one of cats"]
    embedder = load_embedder(f"openclip:{folder}")
    model, _, transform = open_clip.create_model_and_transforms(f"local-dir:{folder}")
    assert list(transform.transforms[-1].mean) == PREPROCESS[kind]["mean"]
    assert embedder.picture_side == CONFIGS[kind]["vision_cfg"]["image_size"]
    with torch.inference_mode():
        seen = model.eval().encode_image(torch.stack([transform(p) for p in pictures]), normalize=True)
        said = model.encode_text(open_clip.get_tokenizer(f"local-dir:{folder}")(texts), normalize=True)
    np.testing.assert_allclose(embedder.embed_pictures(pictures), seen.numpy(), atol=1e-5)
    np.testing.assert_allclose(embedder.embed_texts(texts), said.numpy(), atol=1e-5)


@pytest.mark.parametrize("kind", sorted(CONFIGS))
def test_a_hub_repository_in_the_cache_is_loaded_without_asking_the_hub(with_cache, kind):
    embedder = load_embedder(f"openclip:hf-hub:someone/{kind}")
    assert embedder.embed_texts(["a dog on the beach"]).shape == (1, embedder.dim)
    assert embedder.embed_pictures([picture(40, 90)]).shape == (1, CONFIGS[kind]["embed_dim"])


def test_a_named_model_in_the_cache_is_what_auto_takes(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    assert choose().name == "mini"
    assert "imsearch models get" in sentence(choose())
    best = next(choice for choice in CHOICES if choice.name == "ViT-B-32-256")
    save_to_cache("clip", tmp_path, best.hub)
    assert choose() == best
    assert best.name in sentence(choose())
    assert load_embedder(best.name).embed_texts(["red"]).shape == (1, 64)


def test_short_queries_are_put_into_sentences_and_remembered(tmp_path):
    embedder = load_embedder(f"openclip:{save('clip', tmp_path)}")
    alone = [
        embedder._embed_one(f"{start}dog at the seaside today") for start in ("a photo of a ", "a picture of a ", "a ")
    ]
    (short,) = embedder.embed_texts(["dog"])
    sentences = np.stack([embedder.embed_texts([f"a photo of {'dog'} and nothing else"])[0], *alone])
    assert not np.allclose(short, sentences, atol=1e-3)
    asked = embedder._one.cache_info().misses
    assert np.array_equal(embedder.embed_texts(["dog"])[0], short)
    assert embedder._one.cache_info().misses == asked


def test_a_copied_folder_is_the_same_revision_and_other_weights_are_not(tmp_path):
    save("clip", tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b", copy_function=shutil.copyfile)
    first, second = (load_embedder(f"openclip:{tmp_path / name}").revision for name in "ab")
    assert first == second
    weights = tmp_path / "b/open_clip_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"\1\2\3\4")
    assert load_embedder(f"openclip:{tmp_path / 'b'}").revision != first


def test_naming_a_model_loads_nothing_yet():
    code = (
        "import sys; from vlm import load_embedder; load_embedder('ViT-B-32-256'); "
        "assert not {'torch', 'open_clip'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_a_model_that_is_not_here_is_never_downloaded_and_says_how_to_get_it():
    with pytest.raises(ModelUnavailable, match="imsearch models get"):
        load_embedder("ViT-B-32-256").embed_texts(["x"])
    with pytest.raises(ModelUnavailable, match="imsearch models get"):
        load_embedder("openclip:hf-hub:no/body").embed_texts(["x"])
    with pytest.raises(UnknownModel, match="ARCHITECTURE/PRETRAINED"):
        load_embedder("openclip:nonsense/none").embed_texts(["x"])
    with pytest.raises(ModelUnavailable, match="holds no open_clip_config"):
        load_embedder("openclip:/nowhere").embed_texts(["x"])
    with pytest.raises(UsageError, match="precision="):
        load_embedder("openclip:a/b?precision=int2")


def test_a_damaged_checkpoint_is_refused_with_a_sentence(tmp_path):
    folder = save("clip", tmp_path)
    config = json.loads((folder / "open_clip_config.json").read_text())
    config["model_cfg"]["embed_dim"] = 63
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        load_embedder(f"openclip:{folder}").embed_texts(["x"])


def test_an_unknown_name_lists_the_near_ones():
    with pytest.raises(UnknownModel, match="did you mean ViT-B-32-256"):
        load_embedder("ViT-B32-256")


@pytest.mark.parametrize("hub", ["closed", "silent"])
def test_a_hub_that_is_out_of_reach_is_given_up_on_with_a_sentence(tmp_path, hub):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if hub == "closed":
            server.close()
        environment = os.environ | {
            "HF_ENDPOINT": f"http://127.0.0.1:{port}",
            "HF_HOME": str(tmp_path),
            "HF_HUB_OFFLINE": "0",
        }
        done = subprocess.run(
            [sys.executable, "-m", "imsearch", "models", "get", "ViT-B-32-256"],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert done.returncode == 4
    assert done.stderr.startswith("imsearch: laion/CLIP-ViT-B-32-256x256")
    assert "does not answer" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("*.safetensors"))


def test_the_list_says_which_models_are_here():
    done = subprocess.run(
        [sys.executable, "-m", "imsearch", "models", "list", "--json"], cwd=ROOT, capture_output=True, text=True, check=True
    )  # fmt: skip
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert rows["mini"]["here"]
    assert set(rows) == {choice.name for choice in CHOICES}


def test_two_threads_that_need_a_model_load_it_once(tmp_path, monkeypatch):
    import open_clip

    loads, make = [], open_clip.create_model_and_transforms
    monkeypatch.setattr(open_clip, "create_model_and_transforms", lambda *a, **k: loads.append(1) or make(*a, **k))
    embedder = load_embedder(f"openclip:{save('clip', tmp_path)}")
    threads = [threading.Thread(target=embedder.embed_texts, args=(["a dog"],)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loads == [1]
