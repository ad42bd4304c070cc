"""The open_clip adapter on random checkpoints of real architectures, from folders and from a hub cache."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.contracts.embedder import picture
from tests.vlm.checkpoints import CONFIGS, PREPROCESS, save, save_to_cache
from vlm import ModelUnavailable, UnknownModel, UsageError, load_embedder
from vlm.embedders.openclip import PRECISIONS

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


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("kind", sorted(CONFIGS))
def test_both_towers_and_the_preprocessing_are_open_clips_own(tmp_path, kind, precision):
    """Against the model made by name, weights file and preprocessing, a way that the embedder does not go."""
    import open_clip
    import torch

    folder = save(kind, tmp_path / "model")
    # open_clip keeps its named architectures; this one's tokenizer, if not its own, lies in the folder
    named = deepcopy(CONFIGS[kind])
    if "hf_tokenizer_name" in named["text_cfg"]:
        named["text_cfg"]["hf_tokenizer_name"] = str(folder)
    (tmp_path / f"small-{kind}.json").write_text(json.dumps(named))
    open_clip.add_model_config(tmp_path / f"small-{kind}.json")
    model, _, transform = open_clip.create_model_and_transforms(
        f"small-{kind}", pretrained=str(folder / "open_clip_model.safetensors"), precision=precision,
        **{f"image_{name}": value for name, value in PREPROCESS[kind].items()},
    )  # fmt: skip
    pictures = [picture(70, 90), picture(200, 30, 1), picture(31, 31, 2, "L"), picture(160, 160, 3)]
    texts = ["a long phrase about a dog", "yet another phrase, this one of cats"]
    with torch.inference_mode():
        batch = torch.stack([transform(p.convert("RGB")) for p in pictures])
        seen = model.eval().encode_image(batch.to(open_clip.get_input_dtype(precision)), normalize=True)
        said = model.encode_text(open_clip.get_tokenizer(f"small-{kind}")(texts), normalize=True)

    embedder = load_embedder(f"openclip:{folder}?precision={precision}")
    assert embedder.picture_side == CONFIGS[kind]["vision_cfg"]["image_size"]
    assert cosines(embedder.embed_pictures(pictures), seen).min() > 0.9999
    assert cosines(embedder.embed_texts(texts), said).min() > 0.9999
    whole = load_embedder(f"openclip:{folder}")
    assert cosines(embedder.embed_pictures(pictures), whole.embed_pictures(pictures)).min() > 0.999


def cosines(mine, theirs):
    theirs = np.asarray(theirs.float() if hasattr(theirs, "float") else theirs)
    return (mine * theirs).sum(1) / np.linalg.norm(mine, axis=1) / np.linalg.norm(theirs, axis=1)


@pytest.mark.parametrize("kind", sorted(CONFIGS))
def test_a_hub_repository_in_the_cache_is_loaded_without_asking_the_hub(with_cache, kind):
    embedder = load_embedder(f"openclip:hf-hub:someone/{kind}")
    assert embedder.embed_texts(["a dog on the beach"]).shape == (1, embedder.dim)
    assert embedder.embed_pictures([picture(40, 90)]).shape == (1, CONFIGS[kind]["embed_dim"])


def test_a_clips_patches_are_those_of_its_last_attention_with_queries_for_keys(tmp_path):
    """Against torch's own attention, given the queries' weights as those of the keys, and hooked where its input comes by."""
    import torch

    embedder = load_embedder(f"openclip:{save('clip', tmp_path)}")
    square = picture(90, 90)
    model, transform, _ = embedder._loaded
    last, came = model.visual.transformer.resblocks[-1], []
    hook = last.register_forward_pre_hook(lambda _, given: came.append(given[0]))
    with torch.inference_mode():
        model.encode_image(transform(square)[None])
        hook.remove()
        attention = deepcopy(last.attn)
        width = attention.embed_dim
        attention.in_proj_weight[width : 2 * width] = attention.in_proj_weight[:width]
        attention.in_proj_bias[width : 2 * width] = attention.in_proj_bias[:width]
        seen = last.ln_1(came[0])
        wanted = model.visual.ln_post(attention(seen, seen, seen)[0])[0, 1:] @ model.visual.proj
    made = embedder.embed_patches([square])
    assert made.shape == (1, 3, 3, 64)
    assert cosines(made[0].reshape(9, 64), wanted).min() > 0.99999


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
@pytest.mark.parametrize("kind", ["clip", "siglip"])
def test_patches_are_the_same_in_half_precision(tmp_path, kind, precision):
    folder = save(kind, tmp_path)
    whole, half = (
        load_embedder(f"openclip:{folder}?precision={name}").embed_patches([picture(160, 160)])[0]
        for name in ("fp32", precision)
    )
    width = whole.shape[-1]
    assert cosines(half.reshape(-1, width), whole.reshape(-1, width)).min() > 0.99


def test_short_queries_are_put_into_sentences_and_remembered(tmp_path):
    import torch

    embedder = load_embedder(f"openclip:{save('clip', tmp_path)}")
    model, _, tokenizer = embedder._loaded
    with torch.inference_mode():
        sentences = model.encode_text(
            tokenizer(["a photo of red dog", "a picture of red dog", "red dog"]), normalize=True
        )
        alone = model.encode_text(tokenizer(["one red dog sleeps"]), normalize=True)
    short, long = embedder.embed_texts(["red dog", "one red dog sleeps"])
    assert cosines(short[None], sentences.mean(0, keepdim=True)) > 0.99999
    assert cosines(long[None], alone) > 0.99999
    short[:] = 0  # the caller's own: what is remembered stays
    asked = embedder._one.cache_info().misses
    assert np.linalg.norm(embedder.embed_texts(["red dog"])[0]) == pytest.approx(1, abs=1e-5)
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
    with pytest.raises(UnknownModel, match="hf-hub:ORG/NAME"):
        load_embedder("openclip:hf-hub:a/b/c").embed_texts(["x"])
    # open_clip names a file of the repository here
    with pytest.raises(ModelUnavailable, match="imsearch models get"):
        load_embedder("openclip:ViTamin-S/datacomp1b").embed_texts(["x"])
    with pytest.raises(UsageError, match="precision="):
        load_embedder("openclip:a/b?precision=int2")


@pytest.mark.parametrize("damage", ["other shape", "no json", "cut short", "no weights", "no tokenizer"])
def test_a_damaged_checkpoint_is_refused_with_a_sentence(tmp_path, damage):
    folder = save("siglip", tmp_path / "model")
    config, weights = folder / "open_clip_config.json", folder / "open_clip_model.safetensors"
    if damage == "other shape":
        config.write_text(config.read_text().replace('"embed_dim": 64', '"embed_dim": 63'))
    elif damage == "no json":
        config.write_text("{")
    elif damage == "cut short":
        weights.write_bytes(weights.read_bytes()[:5000])
    else:
        (folder / ("tokenizer.json" if damage == "no tokenizer" else weights.name)).unlink()
    with pytest.raises(ModelUnavailable, match=r"cannot be loaded from .*; see what lies there, or choose another"):
        load_embedder(f"openclip:{folder}").embed_texts(["x"])


def test_a_damaged_download_says_what_to_delete(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    save_to_cache("clip", tmp_path, "someone/clip")
    (weights,) = tmp_path.rglob("snapshots/*/open_clip_model.safetensors")
    weights.resolve().write_bytes(b"")
    with pytest.raises(ModelUnavailable, match=r"delete \S+/hub/models--someone--clip and get it again"):
        load_embedder("openclip:hf-hub:someone/clip").embed_texts(["x"])


def test_a_folder_means_the_same_from_anywhere(tmp_path, monkeypatch):
    folder = save("clip", tmp_path / "model")
    monkeypatch.chdir(tmp_path)
    assert load_embedder("openclip:model?device=cpu").spec == f"openclip:{folder}?device=cpu"
    assert load_embedder("openclip:./model").spec == f"openclip:{folder}"


def test_the_device_is_the_best_there_is_or_the_one_named(tmp_path):
    def on(device, *here):
        torch = SimpleNamespace(
            cuda=SimpleNamespace(is_available=lambda: "cuda" in here),
            backends=SimpleNamespace(mps=SimpleNamespace(is_available=lambda: "mps" in here)),
        )
        return load_embedder(f"openclip:{tmp_path}?device={device}")._pick_device(torch)

    assert [on("auto"), on("auto", "mps"), on("auto", "mps", "cuda")] == ["cpu", "mps", "cuda"]
    assert [on("cpu", "cuda"), on("cuda:1", "cuda")] == ["cpu", "cuda:1"]
    with pytest.raises(ModelUnavailable, match="this machine has no mps"):
        on("mps", "cuda")
    with pytest.raises(UsageError, match="device=auto"):
        on("tpu")


@pytest.mark.parametrize(
    ("text", "known"), [("dog", True), ("狗", True), ("📷", True), ("7", True), (" ?!", False), ("", False)]
)
def test_it_knows_any_script(text, known):
    assert load_embedder("ViT-B-32-256").knows(text) is known


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
