"""Are scanned receipts found first by three words printed on them?

    python -m benchmarks.receipts FOLDER > queries.jsonl
    imsearch index FOLDER --library L && imsearch evaluate queries.jsonl --library L

FOLDER holds annotations.jsonl, a JSON object a line with `file` and the `words` printed on it. Five queries a receipt,
drawn at random from its words of three letters or more; three words that another receipt holds too are drawn again.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path


def main() -> None:
    chance = random.Random(0)
    rows = [json.loads(line) for line in (Path(sys.argv[1]) / "annotations.jsonl").read_text("utf-8").splitlines()]
    printed = {
        row["file"]: {word.lower() for word in row["words"] if len(word) >= 3 and word.isalpha()} for row in rows
    }
    for file, words in printed.items():
        for _ in range(5):
            for _ in range(1000):
                three = set(chance.sample(sorted(words), 3))
                if sum(three <= other for other in printed.values()) == 1:
                    print(json.dumps({"query": " ".join(sorted(three)), "relevant": [file]}))
                    break


if __name__ == "__main__":
    main()
