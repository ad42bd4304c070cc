"""The real command with the real reader, killed in the middle: what was read is kept, and no picture is read twice."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from click.testing import CliRunner
from PIL import Image, ImageDraw, ImageFont

from imsearch import cli
from indexer.indexer import Indexer
from indexer.manifest import Manifest, write_manifest
from search import Library
from tests.small import ColourEmbedder

ROOT = Path(__file__).parents[2]
PICTURES = 12
MANIFEST = Manifest("colour", "1", 4)


def annotate(library, **options):
    command = [sys.executable, "-m", "imsearch", "annotate", "--ocr", "rapidocr", "--json"]
    environment = os.environ | {"IMSEARCH_LIBRARY": str(library), "HF_HUB_OFFLINE": "1"}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, **options)


def read(library):
    with sqlite3.connect(library / "catalog.sqlite") as db:
        return db.execute("SELECT picture_id, at FROM annotated WHERE task = 'ocr' ORDER BY 1").fetchall()


def finished(running):
    out, _ = running.communicate(timeout=120)
    assert running.returncode == 0
    return json.loads(out)[0]


def test_killed_halfway_nothing_is_lost_and_nothing_is_read_again(tmp_path):
    (tmp_path / "pictures").mkdir()
    for n in range(PICTURES):
        picture = Image.new("RGB", (300, 300), "white")
        ImageDraw.Draw(picture).text((12, 12), f"HOTEL {100 + n}", font=ImageFont.load_default(28), fill="black")
        picture.save(tmp_path / "pictures" / f"{n}.png")
    (tmp_path / "library").mkdir()
    write_manifest(tmp_path / "library", MANIFEST)
    with Library(tmp_path / "library", MANIFEST, ColourEmbedder()) as library:
        Indexer(library.store, library.embedder).run([tmp_path / "pictures"])
    running = annotate(tmp_path / "library")
    while running.poll() is None and len(read(tmp_path / "library")) < PICTURES // 4:
        time.sleep(0.02)
    running.kill()
    running.communicate()
    kept = read(tmp_path / "library")
    assert PICTURES // 4 <= len(kept) < PICTURES
    assert finished(annotate(tmp_path / "library")) == {
        "task": "ocr", "model": "rapidocr", "done": PICTURES - len(kept), "failed": 0,
    }  # fmt: skip
    assert set(kept) < set(read(tmp_path / "library"))
    again = CliRunner().invoke(cli, ["--library", str(tmp_path / "library"), "annotate", "--ocr", "rapidocr", "--json"])
    assert json.loads(again.stdout)[0]["done"] == 0
    with Library.open(tmp_path / "library") as library:
        assert len(library.search("hotel", mode="lexical", limit=50).hits) == PICTURES
        assert library.status()["ocr texts"] == PICTURES
