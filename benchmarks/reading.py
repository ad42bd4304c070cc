"""How much of what is printed does a reader read?

    python -m benchmarks.reading ../shared/data/receipts rapidocr --half 1
    python -m benchmarks.reading ../shared/data/ocr_scripts rapidocr

The folder holds annotations.jsonl with `file`, `words` and `language`. For each language: the part of the words that
are read as words of their own, of those that stand anywhere in what was read (as the search of parts of words finds
them), and of characters (for scripts without spaces), without case; seconds and seconds of processor a picture.
`--half 0` takes every second picture, by name, for choosing settings; `--half 1` the others, for reporting.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import time
from collections import Counter, defaultdict
from pathlib import Path

from indexer.looking import look
from vlm import load_model
from vlm.tasks.ocr import Ocr


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", type=Path)
    asked.add_argument("model")
    asked.add_argument("--half", type=int)
    asked.add_argument("--language", help="only pictures whose language begins so")
    given = asked.parse_args()
    rows = [json.loads(line) for line in (given.folder / "annotations.jsonl").read_text("utf-8").splitlines()]
    rows = sorted(rows, key=lambda row: row["file"])[slice(None) if given.half is None else slice(given.half, None, 2)]
    rows = [row for row in rows if row["language"].startswith(given.language or "")]
    annotator = Ocr(load_model(given.model))
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    begun = time.perf_counter()
    for row in rows:
        made = measured(row["words"], look(given.folder / row["file"], annotator).text)
        print(row["file"], dict(made), flush=True)
        sums[row["language"]].update(made)
        sums["all"].update(made)
    annotator.close()
    wall, work = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    print("language | pictures | words | words, also inside others | characters")
    for language, counts in sorted(sums.items()):
        words, characters = counts["words"], counts["characters"]
        shares = counts["whole"] / words, counts["inside"] / words, counts["same"] / characters
        print(f"{language} | {counts['pictures']} | " + " | ".join(f"{share:.3f}" for share in shares))
    worked = work.ru_utime + work.ru_stime
    print(f"{wall / len(rows):.2f} s a picture, {worked / len(rows):.2f} s of processor")


def measured(printed: list[str], text: str) -> Counter[str]:
    """Counts of words and characters that were printed, and of those that were read."""
    words, read = _words(" ".join(printed)), _words(text)
    letters, flat = Counter("".join(words.elements())), "".join(re.findall(r"[^\W_]", text.casefold()))
    return Counter(
        pictures=1,
        words=words.total(),
        whole=(words & read).total(),
        inside=sum(count for word, count in words.items() if word in flat),
        characters=letters.total(),
        same=(letters & Counter(flat)).total(),
    )


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", text.casefold()))


if __name__ == "__main__":
    main()
