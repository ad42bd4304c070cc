"""Does a library that changes its model under a stream of searches ever fail or mix two models?

    python -m benchmarks.switching ../shared/data/photos

Indexes the folder with `mini`, starts `imsearch serve`, and asks it from three threads without a pause, by words and by
example. Meanwhile: `imsearch models use` of a small random open_clip checkpoint (64 numbers a vector, mini has 256),
killed with `kill -9` half-way, then run again; `imsearch models rollback`. Every answer is held against what each model
alone says, to four digits.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import numpy as np

from search.library import Library
from search.query import Results
from tests.vlm.checkpoints import save
from vlm import load_embedder

WORDS = ["a dog", "a red bus in the street", "people eating", "a cat on a sofa", "snow", "a train", "food on a plate"]
Answer = tuple[tuple[int, float], ...]


def answer(results: Results) -> Answer:
    """Ids with their cosines."""
    return tuple((hit.picture.id, round(hit.signals[0].score, 4)) for hit in results.hits)


@dataclass
class Stream:
    """What the threads saw: when, how long it took (ms), by which model."""

    base: str
    known: dict[str, dict[str, Answer]]
    seen: list[tuple[float, float, str]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    stop: bool = False

    def run(self) -> None:
        while not self.stop:
            for asked in self.known["mini"]:
                self.ask(asked)

    def ask(self, asked: str) -> None:
        started = time.monotonic()
        address = f"{self.base}/search?{urlencode({'q': asked, 'mode': 'dense', 'limit': 10})}"
        try:
            with urllib.request.urlopen(address, timeout=120) as response:
                hits = json.load(response)["hits"]
        except (OSError, urllib.error.HTTPError) as error:
            self.failed.append(f"{asked}: {error}")
            return
        taken = 1000 * (time.monotonic() - started)
        got = tuple((hit["id"], round(hit["signals"]["dense"]["score"], 4)) for hit in hits)
        model = next((name for name, answers in self.known.items() if close(answers[asked], got)), None)
        if model is None:
            self.mixed.append(asked)
        else:
            self.seen.append((time.monotonic(), taken, model))

    def told(self, name: str, since: float, until: float) -> None:
        """One line on the answers of a stretch of time."""
        part = [(taken, model) for at, taken, model in self.seen if since <= at < until]
        p50, p95 = (np.percentile([taken for taken, _ in part], p) if part else 0.0 for p in (50, 95))
        models = {name: sum(model == name for _, model in part) for name in self.known}
        print(f"{name}: {until - since:.1f} s, answers {models}, p50 {p50:.0f} ms, p95 {p95:.0f} ms")

    def wait_for(self, model: str, since: float) -> float:
        """When the last answer by another model came, once ten in a row came by this one."""
        while [seen for _, _, seen in self.seen[-10:]] != [model] * 10:
            time.sleep(0.02)
        return max([at for at, _, seen in self.seen if seen != model and at > since], default=since)


def close(one: Answer, other: Answer) -> bool:
    """The same pictures in the same order, with cosines that differ by rounding only."""
    same = [picture for picture, _ in one] == [picture for picture, _ in other]
    return same and np.allclose([score for _, score in one], [score for _, score in other], atol=2e-4)


def command(library: Path, *arguments: str) -> subprocess.Popen[str]:
    run = [sys.executable, "-m", "imsearch", *arguments, "--library", str(library)]
    return subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finished(library: Path, *arguments: str) -> str:
    running = command(library, *arguments)
    said = running.communicate()[0].strip()
    if running.returncode:
        raise SystemExit(f"{' '.join(arguments)} exited with {running.returncode}: {said}")
    return said


def embedded(library: Path, spec: str) -> int:
    with sqlite3.connect(library / "catalog.sqlite") as db:
        sql = "SELECT count(*) FROM embeddings JOIN models ON id = model_id WHERE spec = ?"
        return int(db.execute(sql, (spec,)).fetchone()[0])


def answers_of_each(library: Path, other: str) -> dict[str, dict[str, Answer]]:
    """What each model alone says to every question; the other's vectors are dropped again."""
    known: dict[str, dict[str, Answer]] = {}
    with Library.open(library) as alone:
        asked = [*WORDS, *(f"like:{i}" for i in alone.store.ordered(None, True, 5))]
        for name, spec in (("mini", "mini"), ("other", other)):
            alone.models.use(load_embedder(spec))
            known[name] = {one: answer(alone.search(one, mode="dense", limit=10)) for one in asked}
        alone.models.roll_back()
        alone.models.drop(other)
    return known


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("pictures", type=Path)
    given = ask.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        library, other = Path(folder) / "library", f"openclip:{save('clip', Path(folder) / 'clip')}"
        print(finished(library, "index", str(given.pictures), "--no-ocr", "--model", "mini"))
        known = answers_of_each(library, other)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        server = command(library, "serve", "--port", str(port))
        stream = Stream(f"http://127.0.0.1:{port}/api/v1", known)
        try:
            wait_until_ready(stream.base)
            follow(stream, library, other)
        finally:
            stream.stop = True
            server.kill()
        print(f"in all: {len(stream.seen)} answers, {len(stream.failed)} failed, {len(stream.mixed)} by no model alone")
        for line in (stream.failed + stream.mixed)[:5]:
            print(" ", line)
        raise SystemExit(bool(stream.failed or stream.mixed))


def wait_until_ready(base: str) -> None:
    while True:
        try:
            with urllib.request.urlopen(f"{base}/ready"):
                return
        except OSError:
            time.sleep(0.2)


def follow(stream: Stream, library: Path, other: str) -> None:
    """The story: searched, killed, switched, gone back."""
    threads = [threading.Thread(target=stream.run) for _ in range(3)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    time.sleep(10)
    stream.told("mini in use, nothing else going on", began, time.monotonic())

    began = time.monotonic()
    switching = command(library, "models", "use", other)
    while not embedded(library, other):
        time.sleep(0.02)
    switching.kill()
    switching.communicate()
    part = embedded(library, other)
    stream.told(f"models use, killed with {part} pictures embedded", began, time.monotonic())

    began = time.monotonic()
    print(finished(library, "models", "use", other))
    swapped = time.monotonic()
    stream.told("models use, run again", began, swapped)
    moved = stream.wait_for("other", swapped)
    stream.told(
        f"the server's last answer by mini came {max(0.0, moved - swapped):.1f} s later", swapped, time.monotonic()
    )
    time.sleep(5)

    began = time.monotonic()
    print(finished(library, "models", "rollback"))
    back = time.monotonic()
    moved = stream.wait_for("mini", back)
    print(
        f"rollback: {back - began:.1f} s with the program's start, its last answer {max(0.0, moved - back):.1f} s later"
    )
    stream.told("rollback and after", began, time.monotonic())
    stream.stop = True
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
