"""Tiny random checkpoints of the real transformers families, saved as their hub repositories hold them."""

from __future__ import annotations

from pathlib import Path

WORDS = "a the dog cat beach is in on of what this picture shows caption describe answer yes no red person detect ocr en".split()


def tokenizer(special: list[str], **named):
    """A byte-level tokenizer with these special tokens; `named` are its pad_token, eos_token and the like."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    made.train_from_iterator([" ".join(WORDS)] * 3, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=made, **named)


# The format of Gemma 3, as its model card tells it; the system turn goes into the first turn of the user.
GEMMA3_TEMPLATE = (
    "{{ bos_token }}{% set ns = namespace(first='') %}"
    "{% if messages[0].role == 'system' %}{% set ns.first = messages[0].content[0].text + '\n\n' %}"
    "{% set messages = messages[1:] %}{% endif %}"
    "{% for m in messages %}<start_of_turn>{{ 'model' if m.role == 'assistant' else m.role }}\n"
    "{% if loop.first %}{{ ns.first }}{% endif %}"
    "{% for part in m.content %}{% if part.type == 'image' %}<start_of_image>{% else %}{{ part.text | trim }}{% endif %}{% endfor %}"
    "<end_of_turn>\n{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)


def gemma3(folder: Path) -> Path:
    """Gemma 3 with its vision tower (Gemma3ForConditionalGeneration)."""
    import torch
    from transformers import (
        Gemma3Config,
        Gemma3ForConditionalGeneration,
        Gemma3ImageProcessor,
        Gemma3Processor,
        Gemma3TextConfig,
        SiglipVisionConfig,
    )

    names = [
        "<pad>",
        "<eos>",
        "<bos>",
        "<start_of_image>",
        "<end_of_image>",
        "<image_soft_token>",
        "<start_of_turn>",
        "<end_of_turn>",
    ]
    words = tokenizer(
        names, pad_token="<pad>", eos_token="<eos>", bos_token="<bos>",
        extra_special_tokens={"boi_token": "<start_of_image>", "eoi_token": "<end_of_image>", "image_token": "<image_soft_token>"},
    )  # fmt: skip
    ids = dict(zip(names, words.convert_tokens_to_ids(names), strict=True))
    torch.manual_seed(0)
    config = Gemma3Config(
        text_config=Gemma3TextConfig(
            vocab_size=len(words), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
            num_key_value_heads=1, head_dim=16, pad_token_id=ids["<pad>"], eos_token_id=ids["<eos>"], bos_token_id=ids["<bos>"],
        ),
        vision_config=SiglipVisionConfig(
            hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2, image_size=56, patch_size=14
        ),
        mm_tokens_per_image=4, boi_token_index=ids["<start_of_image>"], eoi_token_index=ids["<end_of_image>"],
        image_token_index=ids["<image_soft_token>"],
    )  # fmt: skip
    Gemma3ForConditionalGeneration(config).save_pretrained(folder)
    Gemma3Processor(
        Gemma3ImageProcessor(size={"height": 56, "width": 56}), words, chat_template=GEMMA3_TEMPLATE, image_seq_length=4
    ).save_pretrained(folder)
    return folder
