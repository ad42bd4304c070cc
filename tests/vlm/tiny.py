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


def gemma3(folder: Path, seed: int = 0) -> Path:
    """Gemma 3 with its vision tower (Gemma3ForConditionalGeneration). What it babbles depends on `seed`."""
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
    torch.manual_seed(seed)
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


# The format of Gemma 4, as Google's page on it tells: a system turn of its own, and thinking asked for in it.
GEMMA4_TEMPLATE = (
    "{{ bos_token }}{% set system = messages[0].role == 'system' %}{% set thinking = enable_thinking | default(false) %}"
    "{% if system or thinking %}<|turn>system\n{% if thinking %}<|think|>\n{% endif %}"
    "{% if system %}{{ messages[0].content[0].text | trim }}{% set messages = messages[1:] %}{% endif %}<turn|>\n{% endif %}"
    "{% for m in messages %}<|turn>{{ 'model' if m.role == 'assistant' else m.role }}\n"
    "{% for part in m.content %}{% if part.type == 'image' %}\n\n<|image|>\n\n{% else %}{{ part.text | trim }}{% endif %}{% endfor %}"
    "<turn|>\n{% endfor %}{% if add_generation_prompt %}<|turn>model\n{% endif %}"
)


def gemma4(folder: Path) -> Path:
    """Gemma 4 E2B's kind, with its vision tower and per-layer embeddings, without the ears (Gemma4ForConditionalGeneration)."""
    import torch
    from transformers import (
        Gemma4AudioFeatureExtractor,
        Gemma4Config,
        Gemma4ForConditionalGeneration,
        Gemma4ImageProcessor,
        Gemma4Processor,
        Gemma4TextConfig,
        Gemma4VideoProcessor,
        Gemma4VisionConfig,
    )

    named = {
        "image_token": "<|image|>", "boi_token": "<|image>", "eoi_token": "<image|>",
        "audio_token": "<|audio|>", "boa_token": "<|audio>", "eoa_token": "<audio|>",
        "sot_token": "<|turn>", "eot_token": "<turn|>", "think_token": "<|think|>", "soc_token": "<|channel>", "eoc_token": "<channel|>",
    }  # fmt: skip
    words = tokenizer(
        ["<pad>", "<eos>", "<bos>", *named.values(), "<|video|>"],
        pad_token="<pad>",
        eos_token="<eos>",
        bos_token="<bos>",
        extra_special_tokens=named,
    )
    torch.manual_seed(0)
    config = Gemma4Config(
        text_config=Gemma4TextConfig(
            vocab_size=len(words), vocab_size_per_layer_input=len(words), hidden_size=32, hidden_size_per_layer_input=8,
            intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1, head_dim=16,
            global_head_dim=16, layer_types=["sliding_attention", "full_attention"], bos_token_id=words.bos_token_id,
        ),
        vision_config=Gemma4VisionConfig(
            hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=2, head_dim=16,
            patch_size=4, position_embedding_size=1120 * 9,
        ),
        audio_config=None,
        **{f"{name}_id": words.convert_tokens_to_ids(named[name]) for name in ("image_token", "boi_token", "eoi_token", "audio_token", "boa_token")},
        eoa_token_index=words.convert_tokens_to_ids("<audio|>"),
        video_token_id=words.convert_tokens_to_ids("<|video|>"),
    )  # fmt: skip
    Gemma4ForConditionalGeneration(config).save_pretrained(folder)
    Gemma4Processor(
        Gemma4AudioFeatureExtractor(), Gemma4ImageProcessor(patch_size=4), words, Gemma4VideoProcessor(patch_size=4),
        chat_template=GEMMA4_TEMPLATE,
    ).save_pretrained(folder)  # fmt: skip
    return folder


def paligemma(folder: Path, second: bool = False) -> Path:
    """PaliGemma, or PaliGemma 2 (PaliGemmaForConditionalGeneration over Gemma or Gemma 2)."""
    import torch
    from transformers import (
        Gemma2Config,
        GemmaConfig,
        PaliGemmaConfig,
        PaliGemmaForConditionalGeneration,
        PaliGemmaProcessor,
        SiglipImageProcessor,
        SiglipVisionConfig,
    )

    words = tokenizer(["<pad>", "<eos>", "<bos>"], pad_token="<pad>", eos_token="<eos>", bos_token="<bos>")
    pictures = SiglipImageProcessor(size={"height": 56, "width": 56})
    pictures.image_seq_length = 16
    processor = PaliGemmaProcessor(pictures, words)  # adds <image>, the places and the codes
    torch.manual_seed(0)
    kind = Gemma2Config if second else GemmaConfig
    config = PaliGemmaConfig(
        text_config=kind(
            vocab_size=len(words), hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=2,
            num_key_value_heads=1, head_dim=16, pad_token_id=words.pad_token_id, eos_token_id=words.eos_token_id,
            bos_token_id=words.bos_token_id,
        ),
        vision_config=SiglipVisionConfig(
            hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2, image_size=56, patch_size=14,
            vision_use_head=False,
        ),
        image_token_index=words.convert_tokens_to_ids("<image>"), projection_dim=64, hidden_size=64, vocab_size=len(words),
    )  # fmt: skip
    model = PaliGemmaForConditionalGeneration(config)
    # weights of the size that trained ones have for so small a model, or no answer could ever be likely
    for name, weight in model.named_parameters():
        if "language_model" in name and weight.ndim == 2:
            torch.nn.init.normal_(weight, std=0.3 if "embed" in name else 0.125)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def gemma3n(folder: Path) -> Path:
    """Gemma 3n with its MobileNet and its ears (Gemma3nForConditionalGeneration)."""
    import torch
    from transformers import (
        Gemma3nAudioConfig,
        Gemma3nAudioFeatureExtractor,
        Gemma3nConfig,
        Gemma3nForConditionalGeneration,
        Gemma3nProcessor,
        Gemma3nTextConfig,
        Gemma3nVisionConfig,
        SiglipImageProcessor,
    )

    named = {
        "image_token": "<image_soft_token>", "boi_token": "<start_of_image>", "eoi_token": "<end_of_image>",
        "audio_token": "<audio_soft_token>", "boa_token": "<start_of_audio>", "eoa_token": "<end_of_audio>",
    }  # fmt: skip
    before = ["<pad>", "<eos>", "<bos>", "<start_of_turn>", "<end_of_turn>", "<start_of_image>", "<start_of_audio>"]
    words = tokenizer(before, pad_token="<pad>", eos_token="<eos>", bos_token="<bos>")
    # as in the real vocabulary: after all words those for pictures, then those for sounds, each with a table of its own
    text, vision = len(words), 128
    words.add_tokens(
        ["<end_of_image>", "<image_soft_token>", *(f"<vision{n}>" for n in range(vision - 2))], special_tokens=True
    )
    words.add_tokens(["<end_of_audio>", "<audio_soft_token>"], special_tokens=True)
    for name, token in named.items():
        setattr(words, name, token)
    words._set_model_specific_special_tokens(named)
    ids = {name: words.convert_tokens_to_ids(token) for name, token in named.items()}
    torch.manual_seed(0)
    config = Gemma3nConfig(
        text_config=Gemma3nTextConfig(
            vocab_size=len(words), vocab_size_per_layer_input=text, hidden_size=32, hidden_size_per_layer_input=8,
            intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1, head_dim=16,
            layer_types=["sliding_attention", "full_attention"], num_kv_shared_layers=0, laurel_rank=4,
            activation_sparsity_pattern=[0.0, 0.0], bos_token_id=words.bos_token_id, pad_token_id=words.pad_token_id,
        ),
        vision_config=Gemma3nVisionConfig(
            model_args={"channel_multiplier": 0.05, "msfa_output_resolution": 2}, vocab_size=vision, vocab_offset=text
        ),
        audio_config=Gemma3nAudioConfig(
            hidden_size=16, conf_num_hidden_layers=1, conf_num_attention_heads=2, sscp_conv_channel_size=(4, 4),
            vocab_size=2, vocab_offset=text + vision,
        ),
        vision_soft_tokens_per_image=4, audio_soft_tokens_per_image=2, boi_token_id=ids["boi_token"],
        eoi_token_id=ids["eoi_token"], image_token_id=ids["image_token"], boa_token_id=ids["boa_token"],
        eoa_token_id=ids["eoa_token"], audio_token_id=ids["audio_token"],
    )  # fmt: skip
    Gemma3nForConditionalGeneration(config).save_pretrained(folder)
    Gemma3nProcessor(
        Gemma3nAudioFeatureExtractor(), SiglipImageProcessor(size={"height": 64, "width": 64}), words,
        chat_template=GEMMA3_TEMPLATE.replace("<start_of_image>", "<image_soft_token>"), audio_seq_length=2, image_seq_length=4,
    ).save_pretrained(folder)  # fmt: skip
    return folder


# How ShieldGemma 2 is asked, as its model card tells it.
SHIELDGEMMA2_TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}<start_of_turn>user\nYou are a policy expert.{% for part in m.content %}"
    "{% if part.type == 'image' %}<start_of_image>{% else %}{{ part.text | trim }}{% endif %}{% endfor %}\n"
    "Your answer must start with the word Yes or No.<end_of_turn>\n<start_of_turn>model\n{% endfor %}"
)


def shieldgemma2(folder: Path) -> Path:
    """ShieldGemma 2 (ShieldGemma2ForImageClassification) around the Gemma 3 above."""
    import torch
    from transformers import (
        AutoProcessor,
        AutoTokenizer,
        Gemma3ForConditionalGeneration,
        ShieldGemma2Config,
        ShieldGemma2ForImageClassification,
        ShieldGemma2Processor,
    )

    inner = Gemma3ForConditionalGeneration.from_pretrained(gemma3(folder / "gemma3"))
    words, looks = AutoTokenizer.from_pretrained(folder / "gemma3"), AutoProcessor.from_pretrained(folder / "gemma3")
    names = (
        "text_config",
        "vision_config",
        "mm_tokens_per_image",
        "boi_token_index",
        "eoi_token_index",
        "image_token_index",
    )
    config = ShieldGemma2Config(
        **{name: getattr(inner.config, name) for name in names},
        yes_token_index=words.encode("yes")[0], no_token_index=words.encode("no")[0],
    )  # fmt: skip
    made = ShieldGemma2ForImageClassification(config)
    made.model = inner
    # it begins at zero, and no picture would make a difference
    torch.nn.init.normal_(inner.model.multi_modal_projector.mm_input_projection_weight)
    made.save_pretrained(folder)
    ShieldGemma2Processor(
        looks.image_processor, words, chat_template=SHIELDGEMMA2_TEMPLATE, image_seq_length=4
    ).save_pretrained(folder)
    return folder
