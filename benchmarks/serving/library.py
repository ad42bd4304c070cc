"""A library of 100,000 pictures with the real `mini` model, made of some 1,200 real ones."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet

from benchmarks.narrowing import fill
from benchmarks.spread import spread
from benchmarks.variants import draw_variants
from imsearch import Library
from indexer.content import insert_text, refresh_words
from indexer.records import Picture, Text
from search.library import READER
from vlm import load_model
from vlm.tasks.ocr import Ocr

Captions = Mapping[str, list[str]]


def make(data: Path, work: Path, count: int) -> Path:
    """The library's folder; made once, in five minutes or so."""
    made = work / f"library-{count}"
    if (work / f"made-{count}").exists():
        return made
    shutil.rmtree(made, ignore_errors=True)
    shutil.rmtree(work / f"pictures-{count}", ignore_errors=True)
    captions = draw_originals(data, work / "originals")
    with Library.open(work / "originals-library", create=True, model="mini") as originals:
        print(f"Indexing {len(captions):,} real pictures ...")
        originals.index([work / "originals"], ocr=False)
        with Library.open(made, create=True, model="mini") as library:
            print(f"Making {count:,} of them ...")
            multiply(originals, library, captions, work / f"pictures-{count}", count)
            print("Naming what they show ...")
            library.follow_the_model()  # tags, and where matches end: by mini, of these vectors
            library.store.rebuild()
    (work / f"made-{count}").touch()
    return made


def draw_originals(data: Path, folder: Path) -> Captions:
    """The photos and the pictures of Flickr8k as files, and what people wrote of each."""
    folder.mkdir(parents=True, exist_ok=True)
    captions = {}
    for line in (data / "photos" / "annotations.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        shutil.copyfile(data / "photos" / row["file"], folder / row["file"])
        captions[row["file"]] = row["captions"]
    for row in pyarrow.parquet.read_table(data / "flickr8k_dev.parquet").to_pylist():
        (folder / row["file"]).write_bytes(row["image"])
        captions[row["file"]] = row["captions"]
    return captions


def multiply(originals: Library, library: Library, captions: Captions, root: Path, count: int) -> None:
    """Fill a library with pictures that each look like one of the originals."""
    store, made = originals.store, library.store.catalog
    ids = store.catalog.ids(store.model_id).tolist()
    pictures, real = store.get(ids), store.vectors(ids)
    vectors = spread(real, count)
    looks = store.catalog.marks.looks()
    fill(made, count, str(root), told=False)
    chance = random.Random(2)
    with made.connections.writing() as db:
        rows = db.execute("SELECT id, path, moment FROM pictures ORDER BY id").fetchall()
        for start in range(0, count, 1000):
            some = vectors[start : start + 1000]
            nearest = (some @ real.T).argmax(axis=1)
            for (i, path, moment), vector, near in zip(rows[start : start + 1000], some, nearest, strict=True):
                like = pictures[near]
                content = hashlib.blake2b(str(i).encode(), digest_size=32).hexdigest()
                _link(like, store.thumbnail(like), root / path, _thumbnail(library.folder, content))
                _tell(db, i, like, content, moment, chance)
                said = chance.choice(captions[Path(like.path).name])
                insert_text(db, Text(i, "caption", said, "import", created_at=moment))
                blob = vector.astype(np.float16).tobytes()
                db.execute("INSERT INTO embeddings VALUES (?, ?, ?)", (i, library.store.model_id, blob))
                db.execute("INSERT INTO looks VALUES (?, ?, ?)", (content, *looks[like.hash]))
        refresh_words(db, [i for i, *_ in rows])
        reader = Ocr(load_model(READER))
        sql = "INSERT INTO annotated (picture_id, task, model, revision, at, prompt_version) SELECT id, ?, ?, ?, moment, ? FROM pictures"
        db.execute(sql, (reader.task, reader.spec, reader.revision, reader.prompt_version))


def _link(like: Picture, thumbnail: Path, file: Path, beside: Path) -> None:
    for source, name in ((Path(like.path), file), (thumbnail, beside)):
        name.parent.mkdir(parents=True, exist_ok=True)
        os.link(source, name)


def _thumbnail(folder: Path, content: str) -> Path:
    return folder / "thumbnails" / content[:2] / f"{content}.webp"


def _tell(db: sqlite3.Connection, i: int, like: Picture, content: str, moment: str, chance: random.Random) -> None:
    what: dict[str, Any] = {
        "hash": content, "size": like.size, "mtime_ns": like.mtime_ns, "width": like.width, "height": like.height,
        "taken_at": moment, "lens": chance.choice(("35mm", "50mm", None)),
        "rating": chance.choice((None, None, None, 3, 4, 5)), "told_sought": 1,
        "colours": json.dumps([[c.name, c.rgb, c.share] for c in like.colours]),
    }  # fmt: skip
    db.execute(f"UPDATE pictures SET {', '.join(f'{name} = ?' for name in what)} WHERE id = ?", (*what.values(), i))


def new_pictures(data: Path, work: Path, name: str, count: int) -> Path:
    """A folder of files that no library knows: photos cut, turned, framed and saved anew, others for each name."""
    folder = work / f"new-{name}"
    if not folder.exists():
        draw_variants(
            sorted((data / "photos").glob("*.jpg")), folder, count, seed=int.from_bytes(name.encode()[:4], "big")
        )
    return folder
