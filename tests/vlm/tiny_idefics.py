"""Tiny random IDEFICS, Idefics2, Idefics3 and SmolVLM2, saved as their hub repositories hold them."""

from __future__ import annotations

from pathlib import Path

from tests.vlm.tiny import tokenizer

END = "<end_of_utterance>"
# As in the repositories: Idefics2, and the same behind what begins a text for Idefics3 and SmolVLM.
TEMPLATE = (
    "{% for message in messages %}{{message['role'].capitalize()}}"
    "{% if message['content'][0]['type'] == 'image' %}{{':'}}{% else %}{{': '}}{% endif %}"
    "{% for line in message['content'] %}{% if line['type'] == 'text' %}{{line['text']}}"
    "{% elif line['type'] == 'image' %}{{ '<image>' }}{% endif %}{% endfor %}<end_of_utterance>\n{% endfor %}"
    "{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)
VISION = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2, "image_size": 56, "patch_size": 14}  # fmt: skip
LANGUAGE = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1}  # fmt: skip


def idefics(folder: Path, instruct: bool) -> Path:
    """IDEFICS: the marks of pictures lie in a vocabulary of their own behind the other; only -instruct has END."""
    import torch
    from transformers import IdeficsConfig, IdeficsForVisionText2Text, IdeficsImageProcessor, IdeficsProcessor

    marks = ["<fake_token_around_image>", "<image>", *([END] if instruct else [])]
    words = tokenizer(["<unk>", "<s>", "</s>"], bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<unk>")
    words.add_special_tokens({"additional_special_tokens": marks})
    torch.manual_seed(0)
    config = IdeficsConfig(
        vocab_size=len(words) - len(marks), additional_vocab_size=len(marks), hidden_size=32, intermediate_size=64,
        num_hidden_layers=2, num_attention_heads=2, cross_layer_interval=1, qk_layer_norms=True, use_resampler=True,
        alpha_initializer="ones",
        perceiver_config={"use_resampler": True, "resampler_n_latents": 4, "resampler_depth": 1, "resampler_n_heads": 2, "resampler_head_dim": 16},
        vision_config={"embed_dim": 32, "image_size": 56, "patch_size": 14, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2},
    )  # fmt: skip
    IdeficsForVisionText2Text(config).save_pretrained(folder)
    IdeficsProcessor(IdeficsImageProcessor(image_size=56), words).save_pretrained(folder)
    return folder


def idefics2(folder: Path) -> Path:
    """Idefics2: each picture in four quarters and as a whole."""
    import torch
    from transformers import (
        Idefics2Config,
        Idefics2ForConditionalGeneration,
        Idefics2ImageProcessor,
        Idefics2Processor,
    )

    words = tokenizer(["<unk>", "<s>", "</s>"], bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<unk>")
    pictures = Idefics2ImageProcessor(size={"shortest_edge": 28, "longest_edge": 56}, do_image_splitting=True)
    processor = Idefics2Processor(pictures, words, image_seq_len=4, chat_template=TEMPLATE)
    torch.manual_seed(0)
    config = Idefics2Config(
        image_token_id=words.convert_tokens_to_ids("<image>"),
        vision_config=VISION,
        perceiver_config={"hidden_size": 32, "resampler_n_latents": 4, "resampler_depth": 1, "resampler_n_heads": 2, "resampler_head_dim": 16, "num_key_value_heads": 1},
        text_config={"model_type": "mistral", "vocab_size": len(words), "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, **LANGUAGE},
    )  # fmt: skip
    Idefics2ForConditionalGeneration(config).save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def idefics3(folder: Path, smolvlm: bool = False) -> Path:
    """Idefics3 (tiles, rows and columns named in the prompt), or SmolVLM2 with the class and files of its own."""
    import torch
    import transformers
    from transformers.models.smolvlm import processing_smolvlm

    kind, begins = ("SmolVLM", "<|im_start|>") if smolvlm else ("Idefics3", "<|begin_of_text|>")
    marks = ["<fake_token_around_image>", "<image>", END, "<global-img>"]
    places = [f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)]
    named = {
        "global_image_token": "<global-img>",
        "fake_image_token": marks[0],
        "image_token": "<image>",
        "end_of_utterance_token": END,
    }
    words = tokenizer(
        ["<pad>", "<eos>", begins, *marks, *places], pad_token="<pad>", eos_token="<eos>", bos_token=begins,
        **({"extra_special_tokens": named} if smolvlm else {}),
    )  # fmt: skip
    pictures = getattr(transformers, f"{kind}ImageProcessor")(
        size={"longest_edge": 112}, max_image_size={"longest_edge": 56}
    )
    given = {"image_seq_len": 4, "chat_template": begins + TEMPLATE}
    if smolvlm:
        # what it wants the library for is films
        processing_smolvlm.num2words = processing_smolvlm.num2words or str
        processor = transformers.SmolVLMProcessor(pictures, words, transformers.SmolVLMVideoProcessor(), **given)
    else:
        processor = transformers.Idefics3Processor(pictures, words, **given)
    torch.manual_seed(0)
    config = getattr(transformers, f"{kind}Config")(
        image_token_id=words.convert_tokens_to_ids("<image>"), scale_factor=2, pad_token_id=0,
        vision_config=VISION,
        text_config={"model_type": "llama", "vocab_size": len(words), "pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 1, **LANGUAGE},
    )  # fmt: skip
    getattr(transformers, f"{kind}ForConditionalGeneration")(config).save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
