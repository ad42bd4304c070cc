"""Does a library that was killed again and again end like one that was left alone?

    python -m benchmarks.killed --files 2000 --kills 10

Draws the files, indexes them undisturbed with `mini`, then into a second library with `kill -9` at random moments
until the kills are used up, lets a last run finish, and compares every row: pictures, vectors, words.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

TABLES = {
    "pictures": "SELECT path, hash, size, mtime_ns, width, height, format, colours FROM pictures ORDER BY path",
    "vectors": "SELECT path, vector FROM pictures JOIN embeddings ON picture_id = pictures.id ORDER BY path",
    "words": "SELECT path, words.name, words.folder FROM pictures JOIN words ON words.rowid = pictures.id ORDER BY path",
    "failures": "SELECT path, reason FROM failures ORDER BY path",
}


def draw(folder: Path, count: int) -> None:
    """Different pictures of some shapes on noise, in a hundred folders; one in a hundred is broken."""
    for i in range(count):
        rng = np.random.default_rng(i)
        path = folder / f"{i % 100:02}" / f"picture {i}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray(rng.integers(0, 255, (12, 16, 3), np.uint8)).resize((640, 480))
        box = sorted(rng.integers(0, 400, 2).tolist()) + sorted(rng.integers(0, 400, 2).tolist())
        ImageDraw.Draw(picture).ellipse((box[0], box[2], box[1] + 60, box[3] + 60), fill=tuple(rng.integers(0, 255, 3)))
        picture.save(path, quality=85)
        if i % 100 == 99:
            path.write_bytes(b"not a picture")


def index(pictures: Path, library: Path, kill_after: float | None = None) -> dict[str, object] | None:
    """One run of the command; None when it was killed."""
    command = [
        sys.executable,
        "-m",
        "imsearch",
        "index",
        str(pictures),
        "--library",
        str(library),
        "--no-ocr",
        "--json",
    ]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        out, _ = running.communicate(timeout=kill_after)
    except subprocess.TimeoutExpired:
        running.send_signal(signal.SIGKILL)
        running.communicate()
        return None
    if running.returncode:
        raise SystemExit(f"index exited with {running.returncode}")
    report: dict[str, object] = json.loads(out.splitlines()[-1])
    return report


def rows(library: Path) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(library / "catalog.sqlite") as db:
        return {name: db.execute(sql).fetchall() for name, sql in TABLES.items()}


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--files", type=int, default=2000)
    ask.add_argument("--kills", type=int, default=10)
    ask.add_argument("--seed", type=int, default=0)
    given = ask.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        pictures, calm, killed = (Path(folder) / name for name in ("pictures", "calm", "killed"))
        draw(pictures, given.files)
        started = time.monotonic()
        print("undisturbed:", index(pictures, calm))
        whole = time.monotonic() - started
        done = []
        for _ in range(given.kills):
            moment = chance.uniform(0.1, 1.7 * whole / given.kills)
            finished = index(pictures, killed, moment)
            with sqlite3.connect(killed / "catalog.sqlite") as db:
                has = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'pictures'").fetchone()[0]
                done.append(db.execute("SELECT count(*) FROM pictures").fetchone()[0] if has else 0)
            print(f"killed after {moment:.1f} s: {done[-1]} pictures kept" + (" (had ended)" if finished else ""))
        print("the last run:", index(pictures, killed))
        first, second = rows(calm), rows(killed)
        for name in TABLES:
            print(f"{name}: {len(first[name])} rows, {'equal' if first[name] == second[name] else 'DIFFERENT'}")
        doctor = subprocess.run([sys.executable, "-m", "imsearch", "doctor", "--library", str(killed)], check=False)
        raise SystemExit(doctor.returncode or first != second)


if __name__ == "__main__":
    main()
