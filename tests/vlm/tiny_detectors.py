"""Tiny random checkpoints of transformers' detectors, saved as their hub repositories hold them."""

from __future__ import annotations

from pathlib import Path

from tests.vlm import tiny

THINGS = {0: "N/A", 1: "person", 2: "cat", 3: "traffic light"}
SMALL = {"d_model": 32, "encoder_layers": 1, "decoder_layers": 2, "encoder_ffn_dim": 32, "decoder_ffn_dim": 32,
         "encoder_attention_heads": 2, "decoder_attention_heads": 2, "num_queries": 10}  # fmt: skip
NAMES = {"id2label": THINGS, "label2id": {name: n for n, name in THINGS.items()}}


def _resnet():
    from transformers import ResNetConfig

    return ResNetConfig(
        embedding_size=8, hidden_sizes=[8, 8, 16, 16], depths=[1, 1, 1, 1], layer_type="basic",
        out_features=["stage2", "stage3", "stage4"],
    )  # fmt: skip


def _last_stage():
    config = _resnet()
    config.set_output_features_output_indices(out_features=["stage4"], out_indices=None)
    return config


def _save(folder: Path, model, processor) -> Path:
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def detr(folder: Path) -> Path:
    import torch
    from transformers import DetrConfig, DetrForObjectDetection, DetrImageProcessor

    torch.manual_seed(0)
    config = DetrConfig(use_timm_backbone=False, backbone=None, backbone_config=_last_stage(), **SMALL, **NAMES)
    processor = DetrImageProcessor(size={"shortest_edge": 64, "longest_edge": 100})
    return _save(folder, DetrForObjectDetection(config), processor)


def conditional_detr(folder: Path) -> Path:
    import torch
    from transformers import ConditionalDetrConfig, ConditionalDetrForObjectDetection, ConditionalDetrImageProcessor

    torch.manual_seed(0)
    config = ConditionalDetrConfig(
        use_timm_backbone=False, backbone=None, backbone_config=_last_stage(), **SMALL, **NAMES
    )
    processor = ConditionalDetrImageProcessor(size={"shortest_edge": 64, "longest_edge": 100})
    return _save(folder, ConditionalDetrForObjectDetection(config), processor)


def deformable_detr(folder: Path) -> Path:
    import torch
    from transformers import DeformableDetrConfig, DeformableDetrForObjectDetection, DeformableDetrImageProcessor

    torch.manual_seed(0)
    config = DeformableDetrConfig(
        use_timm_backbone=False, backbone=None, backbone_config=_resnet(), num_feature_levels=3, **SMALL, **NAMES
    )
    processor = DeformableDetrImageProcessor(size={"shortest_edge": 64, "longest_edge": 100})
    return _save(folder, DeformableDetrForObjectDetection(config), processor)


def rt_detr(folder: Path) -> Path:
    import torch
    from transformers import RTDetrConfig, RTDetrForObjectDetection, RTDetrImageProcessor, RTDetrResNetConfig

    torch.manual_seed(0)
    backbone = RTDetrResNetConfig(
        embedding_size=8, hidden_sizes=[8, 8, 16, 16], depths=[1, 1, 1, 1], layer_type="basic",
        out_features=["stage2", "stage3", "stage4"],
    )  # fmt: skip
    config = RTDetrConfig(
        backbone_config=backbone, encoder_in_channels=[8, 16, 16], encoder_hidden_dim=32, d_model=32, num_queries=10,
        decoder_in_channels=[32, 32, 32], decoder_layers=1, encoder_ffn_dim=32, decoder_ffn_dim=32,
        encoder_attention_heads=2, decoder_attention_heads=2, num_denoising=0, **NAMES,
    )  # fmt: skip
    return _save(folder, RTDetrForObjectDetection(config), RTDetrImageProcessor(size={"height": 64, "width": 64}))


def owlv2(folder: Path) -> Path:
    import torch
    from transformers import CLIPTokenizer, Owlv2Config, Owlv2ForObjectDetection, Owlv2ImageProcessor, Owlv2Processor

    torch.manual_seed(0)
    letters = [*"abcdefghijklmnopqrstuvwxyz"]
    vocab = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    words = CLIPTokenizer(
        vocab={word: n for n, word in enumerate(vocab)}, merges=[], pad_token="!", model_max_length=16
    )
    config = Owlv2Config(
        text_config={"vocab_size": len(words), "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1,
                     "num_attention_heads": 2, "max_position_embeddings": 16, "pad_token_id": words.pad_token_id,
                     "bos_token_id": words.bos_token_id, "eos_token_id": words.eos_token_id},
        vision_config={"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
                       "image_size": 64, "patch_size": 16},
        projection_dim=16,
    )  # fmt: skip
    pictures = Owlv2ImageProcessor(size={"height": 64, "width": 64})
    return _save(folder, Owlv2ForObjectDetection(config), Owlv2Processor(pictures, words))


def grounding_dino(folder: Path) -> Path:
    import torch
    from transformers import (
        BertConfig,
        BertTokenizer,
        GroundingDinoConfig,
        GroundingDinoForObjectDetection,
        GroundingDinoImageProcessor,
        GroundingDinoProcessor,
        SwinConfig,
    )

    torch.manual_seed(0)
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", "?"]
    words = BertTokenizer(vocab={word: n for n, word in enumerate([*special, *tiny.WORDS])})
    config = GroundingDinoConfig(
        backbone_config=SwinConfig(embed_dim=8, depths=[1, 1, 1, 1], num_heads=[1, 1, 2, 2], window_size=4,
                                   out_features=["stage2", "stage3", "stage4"]),
        text_config=BertConfig(vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
                               intermediate_size=16, max_position_embeddings=64),
        max_text_len=64, num_feature_levels=3, **SMALL,
    )  # fmt: skip
    pictures = GroundingDinoImageProcessor(size={"shortest_edge": 64, "longest_edge": 100})
    return _save(folder, GroundingDinoForObjectDetection(config), GroundingDinoProcessor(pictures, words))
