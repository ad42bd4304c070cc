"""Does reading words keep its memory? Pages of a folder, round and round.

    python -m benchmarks.reading_memory ../shared/data/receipts --pages 2000

Every 25 pages: how many were read, megabytes held by this process and by the reader's, and which reader's process it
is: a new one takes over every 300 pages.
"""

from __future__ import annotations

import argparse
import itertools
import time
from pathlib import Path

from indexer.looking import look
from vlm.models.rapidocr import RapidOcr
from vlm.tasks.ocr import Ocr


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", type=Path)
    asked.add_argument("--pages", type=int, default=2000)
    given = asked.parse_args()
    files = sorted(path for path in given.folder.iterdir() if path.suffix in (".jpg", ".png"))
    reader = RapidOcr("")
    annotator = Ocr(reader)
    begun = time.perf_counter()
    print("pages  ours MB  reader MB  reader  seconds")
    for done, file in enumerate(itertools.islice(itertools.cycle(files), given.pages), 1):
        look(file, annotator)
        if done % 25 == 0 and reader.process:
            held = f"{_megabytes('self'):7.0f}  {_megabytes(reader.process):9.0f}"
            print(f"{done:5d}  {held}  {reader.process:6d}  {time.perf_counter() - begun:7.0f}", flush=True)
    annotator.close()


def _megabytes(process: int | str) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


if __name__ == "__main__":
    main()
