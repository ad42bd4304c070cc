"""Tiny random BLIP, BLIP-2 and InstructBLIP, saved as their hub repositories hold them."""

from __future__ import annotations

from pathlib import Path

from tests.vlm.tiny import WORDS, tokenizer

SEEING = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2, "image_size": 28, "patch_size": 14, "initializer_range": 0.02}  # fmt: skip
ASKING = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "encoder_hidden_size": 32}  # fmt: skip


def wordpieces():
    """BERT's way: lower case, [CLS] before and [SEP] behind; [DEC] begins what BLIP writes."""
    from transformers import BertTokenizer

    letters = "abcdefghijklmnopqrstuvwxyz0123456789?.:,"
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *letters, *(f"##{letter}" for letter in letters)]
    made = BertTokenizer(vocab={piece: place for place, piece in enumerate(dict.fromkeys(pieces))})
    made.add_special_tokens({"bos_token": "[DEC]", "additional_special_tokens": ["[ENC]"]})
    return made


def blip(folder: Path, architecture: str) -> Path:
    """BLIP by the name of its class: BlipForConditionalGeneration, BlipForQuestionAnswering, BlipForImageTextRetrieval."""
    import torch
    import transformers

    words = wordpieces()
    torch.manual_seed(0)
    config = transformers.BlipConfig(
        text_config={
            "vocab_size": len(words), "hidden_size": 32, "encoder_hidden_size": 32, "intermediate_size": 64,
            "num_hidden_layers": 2, "num_attention_heads": 2, "bos_token_id": words.bos_token_id,
            "sep_token_id": words.sep_token_id, "pad_token_id": words.pad_token_id, "initializer_range": 0.5,
        },
        vision_config={**SEEING, "initializer_range": 0.5},
    )  # fmt: skip
    getattr(transformers, architecture)(config).save_pretrained(folder)
    pictures = transformers.BlipImageProcessor(size={"height": 28, "width": 28})
    transformers.BlipProcessor(pictures, words).save_pretrained(folder)
    return folder


def blip2(folder: Path, instruct: bool = False) -> Path:
    """BLIP-2 with OPT; InstructBLIP with Vicuna, which has a second tokenizer, for what is asked of the picture."""
    import torch
    import transformers
    from tokenizers.processors import TemplateProcessing

    begins = "<s>" if instruct else "</s>"
    special = ["<pad>", "<s>", "</s>"]
    words = tokenizer(special, pad_token="<pad>", bos_token=begins, eos_token="</s>")
    words.add_special_tokens({"additional_special_tokens": ["<image>"]})
    named = [(begins, words.bos_token_id)]
    words.backend_tokenizer.post_processor = TemplateProcessing(single=f"{begins} $A", special_tokens=named)
    pictures = transformers.BlipImageProcessor(size={"height": 28, "width": 28})
    asked = wordpieces() if instruct else None
    if instruct:
        processor = transformers.InstructBlipProcessor(pictures, words, asked, num_query_tokens=4)
        text = {"model_type": "llama", "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2}  # fmt: skip
        kind = "InstructBlip"
    else:
        processor = transformers.Blip2Processor(pictures, words, num_query_tokens=4)
        text = {"model_type": "opt", "hidden_size": 32, "ffn_dim": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "word_embed_proj_dim": 32, "init_std": 0.5}  # fmt: skip
        kind = "Blip2"
    torch.manual_seed(0)
    config = getattr(transformers, f"{kind}Config")(
        vision_config=SEEING,
        qformer_config={**ASKING, **({"vocab_size": len(asked)} if asked else {})},
        text_config={"vocab_size": len(words), "pad_token_id": 0, "bos_token_id": words.bos_token_id, "eos_token_id": 2, **text},
        num_query_tokens=4, image_token_index=words.convert_tokens_to_ids("<image>"),
    )  # fmt: skip
    getattr(transformers, f"{kind}ForConditionalGeneration")(config).save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
