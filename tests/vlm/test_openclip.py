"""The open_clip adapter on a small random model of a real architecture, saved and loaded as a folder."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest
from PIL import Image

from vlm import ModelUnavailable, UnknownModel, load_embedder

CONFIG = {
    "embed_dim": 64,
    "vision_cfg": {"image_size": 48, "layers": 2, "width": 64, "head_width": 32, "patch_size": 16},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 64, "heads": 2, "layers": 2},
}
PREPROCESS = {"mean": [0.5, 0.4, 0.3], "std": [0.2, 0.2, 0.2], "interpolation": "bicubic", "resize_mode": "squash"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import open_clip
        import torch
        from safetensors.torch import save_file

        place = tmp_path_factory.mktemp("clip")
        torch.manual_seed(0)
        model = open_clip.CLIP(CONFIG["embed_dim"], CONFIG["vision_cfg"], CONFIG["text_cfg"])
        save_file(model.state_dict(), place / "open_clip_model.safetensors")
        (place / "open_clip_config.json").write_text(json.dumps({"model_cfg": CONFIG, "preprocess_cfg": PREPROCESS}))
    return place


@pytest.mark.filterwarnings("ignore")
def test_a_folder_is_loaded_with_its_own_preprocessing_and_agrees_with_open_clip(folder):
    import open_clip
    import torch

    embedder = load_embedder(f"openclip:{folder}")
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 255, (70, 90, 3), np.uint8))
    made = embedder.embed_pictures([picture, picture.resize((3, 400))])
    assert made.shape == (2, embedder.dim) == (2, 64)
    assert embedder.picture_side == 48
    model, _, transform = open_clip.create_model_and_transforms(f"local-dir:{folder}")
    assert list(transform.transforms[-1].mean) == PREPROCESS["mean"]
    with torch.inference_mode():
        plain = torch.nn.functional.normalize(model.eval().encode_image(transform(picture)[None]), dim=-1)[0].numpy()
        tokens = open_clip.get_tokenizer(f"local-dir:{folder}")(["a long phrase about a dog"])
        said = torch.nn.functional.normalize(model.encode_text(tokens), dim=-1)[0].numpy()
    assert np.allclose(made[0], plain, atol=1e-5)
    assert np.allclose(embedder.embed_texts(["a long phrase about a dog"])[0], said, atol=1e-5)
    rows = embedder.embed_texts(["", "dog", "狗 📷", "word " * 300])
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert embedder.embed_texts([]).shape == embedder.embed_pictures([]).shape == (0, 64)


@pytest.mark.filterwarnings("ignore")
def test_a_model_that_is_not_here_is_never_downloaded_and_says_how_to_get_it():
    with pytest.raises(ModelUnavailable, match="imsearch models get"):
        load_embedder("ViT-B-32-256").embed_texts(["x"])
    with pytest.raises(UnknownModel, match="ARCHITECTURE/PRETRAINED"):
        load_embedder("openclip:nonsense/none").embed_texts(["x"])


def test_an_unknown_name_lists_the_near_ones():
    with pytest.raises(UnknownModel, match="did you mean ViT-B-32-256"):
        load_embedder("ViT-B32-256")
