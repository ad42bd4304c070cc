"""Small random checkpoints of open_clip's own architectures, as its hub repositories hold them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

PREPROCESS = {
    "clip": {"mean": [0.48, 0.46, 0.41], "std": [0.27, 0.26, 0.28], "interpolation": "bicubic", "resize_mode": "shortest"},
    "siglip": {"mean": [0.5] * 3, "std": [0.5] * 3, "interpolation": "bicubic", "resize_mode": "squash"},
    "convnext": {"mean": [0.5, 0.4, 0.3], "std": [0.2, 0.3, 0.2], "interpolation": "bilinear", "resize_mode": "longest"},
    "resnet": {"mean": [0.0] * 3, "std": [1.0] * 3, "interpolation": "bilinear", "resize_mode": "shortest"},
    "multilingual": {"mean": [0.5] * 3, "std": [0.5] * 3},
}  # fmt: skip
SMALL_TEXT = {"context_length": 77, "vocab_size": 49408, "width": 64, "heads": 2, "layers": 2}
CONFIGS = {
    # ViT-B-32 and its like, a sixteenth as wide
    "clip": {
        "embed_dim": 64,
        "vision_cfg": {"image_size": 48, "layers": 2, "width": 64, "head_width": 32, "patch_size": 16},
        "text_cfg": SMALL_TEXT,
    },
    # ViT-B-32-SigLIP2-256 with the towers of a smaller model: a tokenizer from the hub, no causal mask, logit bias
    "siglip": {
        "embed_dim": 64,
        "init_logit_bias": -10,
        "custom_text": True,
        "vision_cfg": {"image_size": 160, "timm_model_name": "test_vit3", "timm_model_pretrained": False, "timm_pool": "map", "timm_proj": "linear"},
        "text_cfg": {
            "context_length": 16, "vocab_size": 300, "hf_tokenizer_name": "someone/siglip",
            "tokenizer_kwargs": {"clean": "canonicalize"}, "width": 64, "heads": 2, "layers": 2, "no_causal_mask": True,
            "proj_bias": True, "pool_type": "last", "norm_kwargs": {"eps": 1e-6}, "act_kwargs": {"approximate": "tanh"},
        },
    },
    # convnext_base with timm's smallest of the family
    "convnext": {
        "embed_dim": 48,
        "vision_cfg": {"image_size": 64, "timm_model_name": "test_convnext", "timm_model_pretrained": False, "timm_pool": "", "timm_proj": "linear"},
        "text_cfg": SMALL_TEXT,
    },
    # RN50, an eighth as wide and with one block a stage
    "resnet": {
        "embed_dim": 32,
        "vision_cfg": {"image_size": 64, "layers": [1, 1, 1, 1], "width": 16, "patch_size": None},
        "text_cfg": SMALL_TEXT,
    },
}  # fmt: skip
# xlm-roberta-base-ViT-B-32, small: the text tower's shape lies in another repository, TOWER
TOWER = "someone/tower"
MULTILINGUAL = CONFIGS["clip"] | {
    "text_cfg": {
        "hf_model_name": TOWER, "hf_tokenizer_name": "someone/multilingual", "hf_pooler_type": "mean_pooler",
        "hf_proj_type": "mlp", "context_length": 16,
    },
}  # fmt: skip
TOWER_SHAPE = {
    "model_type": "xlm-roberta", "vocab_size": 300, "hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
    "intermediate_size": 64, "max_position_embeddings": 64, "pad_token_id": 0,
}  # fmt: skip
REVISION = "0123456789abcdef0123456789abcdef01234567"


def save(kind: str, folder: Path) -> Path:
    """Write one with its config (and tokenizer) into a folder, as `open_clip.push_to_hf_hub` would."""
    import open_clip
    import torch
    from safetensors.torch import save_file

    config = MULTILINGUAL if kind == "multilingual" else CONFIGS[kind]
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    given = {
        name: config[name] for name in ("embed_dim", "vision_cfg", "text_cfg", "init_logit_bias") if name in config
    }
    if kind == "multilingual":
        tower = save_tower(folder / "tower")
        given["text_cfg"] = config["text_cfg"] | {"hf_model_name": str(tower), "hf_model_pretrained": False}
    towers = open_clip.CLIP if config["text_cfg"] is SMALL_TEXT else open_clip.CustomTextCLIP
    model = towers(**given)
    save_file(
        {name: tensor.contiguous() for name, tensor in model.state_dict().items()},
        folder / "open_clip_model.safetensors",
    )
    (folder / "open_clip_config.json").write_text(
        json.dumps({"model_cfg": config, "preprocess_cfg": PREPROCESS[kind]})
    )  # fmt: skip
    if "hf_tokenizer_name" in config["text_cfg"]:
        _tokenizer(folder)
    return folder


def save_tower(folder: Path) -> Path:
    """Write the repository that tells the shape of a multilingual text tower."""
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(TOWER_SHAPE))
    return folder


def save_to_cache(kind: str, home: Path, repository: str) -> None:
    """Lay it into the hub cache of an HF_HOME as a download would have: blobs by hash, and links to them by name."""
    lay_into_cache(save(kind, home / "made" / kind), home, repository)


def lay_into_cache(saved: Path, home: Path, repository: str) -> None:
    """Move the files of a repository there."""
    place = home / "hub" / f"models--{repository.replace('/', '--')}"
    (place / "snapshots").mkdir(parents=True)
    folder = saved.rename(place / "snapshots" / REVISION)
    (place / "blobs").mkdir()
    for path in folder.iterdir():
        blob = place / "blobs" / hashlib.sha256(path.read_bytes()).hexdigest()
        path.rename(blob)
        path.symlink_to(Path("../../blobs") / blob.name)
    (place / "refs").mkdir()
    (place / "refs/main").write_text(REVISION)


def _tokenizer(folder: Path) -> None:
    """A byte-level tokenizer of some 300 tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    special = ["<pad>", "<eos>", "<unk>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    made.train_from_iterator(
        ["a dog on the beach"], trainers.BpeTrainer(vocab_size=280, special_tokens=special, initial_alphabet=alphabet)
    )
    made.save(str(folder / "tokenizer.json"))
    tokens = {"pad_token": "<pad>", "eos_token": "<eos>", "unk_token": "<unk>"}
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", **tokens}))
