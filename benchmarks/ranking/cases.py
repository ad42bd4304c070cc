"""Libraries with judged queries of which many, one or no pictures are right: what a cut-off is measured on."""

from __future__ import annotations

import io
import json
import random
import re
import string
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from blake3 import blake3
from numpy.typing import NDArray

from benchmarks.ranking.tree import rows
from vlm import Embedder
from vlm.everyday import everyday_texts

Rows = NDArray[np.float32]
HERE = Path(__file__).parent
# A word that so many pictures are said to show is a query with many right answers.
MANY = 3


@dataclass(frozen=True)
class Asked:
    """One query: its vector, the rows that are right, and the rows that are judged (None: all of them)."""

    text: str
    kind: str
    vector: Rows
    right: frozenset[int]
    judged: frozenset[int] | None = None

    @property
    def chooses(self) -> bool:
        """Whether this query is of the half that methods are chosen on: by its text's hash."""
        return chooses(self.text)


@dataclass(frozen=True)
class Case:
    """One library: its vectors, the vectors of everyday texts, and what is asked of it."""

    name: str
    rows: Rows
    everyday: Rows
    asked: tuple[Asked, ...]


def chooses(text: str) -> bool:
    return blake3(text.lower().encode()).digest()[0] % 2 == 0


def kind(right: int) -> str:
    return "none" if not right else "many" if right >= MANY else "one"


def unit(vectors: NDArray[np.floating]) -> Rows:
    wide = np.asarray(vectors, np.float32)
    return np.asarray(wide / np.linalg.norm(wide, axis=1, keepdims=True), np.float32)


def gibberish(count: int) -> list[str]:
    chance = random.Random(5)
    letters = string.ascii_lowercase
    return [
        " ".join("".join(chance.choice(letters) for _ in range(chance.randint(4, 9))) for _ in range(chance.randint(1, 3)))
        for _ in range(count)
    ]  # fmt: skip


@cache
def mentioned(captions: tuple[str, ...]) -> set[str]:
    found = {word for caption in captions for word in words(caption)}
    return found | {word[:-1] for word in found if word.endswith("s")}


def words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower().split("(")[0])


def absent(captions: tuple[str, ...]) -> list[str]:
    """Concepts of absent.txt of which no caption holds any word."""
    said = mentioned(captions)
    every = (HERE / "absent.txt").read_text("utf-8").splitlines()
    return [name for name in every if not any(w in said or w.rstrip("s") in said for w in words(name) if len(w) > 2)]


def saying(name: str, captions: list[set[str]]) -> frozenset[int]:
    """The pictures whose captions hold every word of the name, one or several of it."""
    forms = [{word, word + "s", word.rstrip("s"), word + "es"} for word in words(name)]
    return frozenset(at for at, said in enumerate(captions) if forms and all(form & said for form in forms))


# -- libraries of real CLIP vectors --------------------------------------------------------------------------------


def clip_cases(data: Path) -> list[Case]:
    """Flickr photos in CLIP's space, and design patents; the everyday texts are class names that nobody asks for."""
    made = json.loads((data / "vectors/pairs_clip_vitb32.json").read_text("utf-8"))
    with np.load(data / "vectors/pairs_clip_vitb32_f16.npz") as stored:
        at = {key: unit(stored[key]) if stored[key].ndim == 2 else stored[key] for key in stored}
    captions = made["flickr_captions"]
    of_photo: list[list[str]] = [[] for _ in range(100)]
    for caption, photo in zip(captions, at["flickr_text_image"], strict=True):
        of_photo[photo].append(caption)
    each = [*of_photo, *([caption] for caption in made["distractor_captions"])]
    every = tuple(caption for some in each for caption in some)
    said = [set(words(" ".join(some))) for some in each]
    names: dict[str, Rows] = {}
    for source in ("names_lvis", "names_oid", "names_o365"):
        for name, vector in zip(made[source], at[source], strict=True):
            names.setdefault(" ".join(words(name)), vector)
    gone = set(absent(every))
    asked = [
        Asked(caption, "one", vector, frozenset([int(photo)]))
        for caption, vector, photo in zip(captions, at["flickr_texts"], at["flickr_text_image"], strict=True)
    ]
    taken = set()
    for name, vector in names.items():
        right = saying(name, said)
        if name in gone:
            asked.append(Asked(name, "none", vector, frozenset()))
        elif len(right) >= 8 and len(name) > 2:  # said of one photo only, it is likely true of others too
            asked.append(Asked(name, "many", vector, right))
        else:
            continue
        taken.add(name)
    titles = list(zip(made["patent_titles"], at["patent_texts"], strict=True))
    said_words = mentioned(every)
    strange = [one for one in titles if not any(w in said_words for w in words(one[0]) if len(w) > 3)][:150]
    asked += [Asked(title, "none", vector, frozenset()) for title, vector in strange]
    null = np.stack([v for n, v in names.items() if n not in taken and blake3(n.encode()).digest()[1] % 5 == 0][:200])
    photos = np.concatenate([at["flickr_images"], at["distractor_images"]])
    drawn = [Asked(title, "one", vector, frozenset([i])) for i, (title, vector) in enumerate(titles)][::2]
    drawn += [Asked(one.text, "none", one.vector, frozenset()) for one in asked[:500:2]]
    return [
        Case("CLIP, photos", photos, null, tuple(asked)),
        Case("CLIP, patents", at["patent_images"], null, tuple(drawn)),
    ]


# -- libraries of this model's vectors -----------------------------------------------------------------------------


def model_cases(data: Path, embedder: Embedder, cached: Path) -> list[Case]:
    """The COCO photos with the receipts, and (where pyarrow can read them) the Flickr8k development pictures."""
    null = embedder.embed_texts(everyday_texts())
    return [_coco(data, embedder, cached, null), *_flickr(data, embedder, cached, null)]


def _coco(data: Path, embedder: Embedder, cached: Path, null: Rows) -> Case:
    from indexer.decode import decode

    photos, receipts = rows(data / "photos"), rows(data / "receipts")
    files = [data / "photos" / row["file"] for row in photos] + [data / "receipts" / row["file"] for row in receipts]
    vectors = _kept(
        cached / f"coco-{embedder.revision}.npy",
        lambda: np.concatenate(
            [embedder.embed_pictures([decode(file, embedder.picture_side).picture]) for file in files]
        ),
    )
    at = {row["file"]: i for i, row in enumerate(photos)}
    known = frozenset(i for i, row in enumerate(photos) if row["objects_known"]) | frozenset(
        range(len(photos), len(files))
    )
    labels: dict[str, set[int]] = {}
    for row in photos:
        for thing in row["objects"]:
            labels.setdefault(thing["label"], set()).add(at[row["file"]])
    said = tuple([caption for row in photos for caption in row["captions"]] + list(labels))
    texts: list[tuple[str, str, frozenset[int], frozenset[int] | None]] = [
        (caption, "one", frozenset([at[row["file"]]]), None) for row in photos for caption in row["captions"][:2]
    ]
    texts += [(label, kind(len(right)), frozenset(right), known) for label, right in labels.items()]
    for line in (HERE.parent / "everyday.jsonl").read_text("utf-8").splitlines():
        one = json.loads(line)
        texts.append((one["query"], kind(len(one["relevant"])), frozenset(at[f] for f in one["relevant"]), None))
    texts += [(text, "none", frozenset(), None) for text in (*absent(said), *gibberish(60))]
    return Case("mini, photos", vectors, null, _asked(texts, embedder))


def _flickr(data: Path, embedder: Embedder, cached: Path, null: Rows) -> list[Case]:
    from PIL import Image

    try:
        import pyarrow.parquet
    except ImportError:
        return []
    table = pyarrow.parquet.read_table(data / "flickr8k_dev.parquet").to_pylist()

    def embedded() -> Rows:
        side = embedder.picture_side
        blobs = [row["image"] for row in table]
        return np.concatenate(
            [embedder.embed_pictures([Image.open(io.BytesIO(b)).convert("RGB").resize((side, side))]) for b in blobs]
        )

    vectors = _kept(cached / f"flickr-{embedder.revision}.npy", embedded)
    captions = [list(row["captions"]) for row in table]
    every = tuple(caption for some in captions for caption in some)
    said = [set(words(" ".join(some))) for some in captions]
    texts: list[tuple[str, str, frozenset[int], frozenset[int] | None]] = [
        (some[at % len(some)], "one", frozenset([at]), None) for at, some in enumerate(captions)
    ]
    made = json.loads((data / "vectors/pairs_clip_vitb32.json").read_text("utf-8"))
    names = dict.fromkeys(" ".join(words(n)) for k in ("names_lvis", "names_oid", "names_o365") for n in made[k])
    texts += [(n, "many", right, None) for n in names if len(n) > 2 and len(right := saying(n, said)) >= 8]
    texts += [(text, "none", frozenset(), None) for text in (*absent(every), *gibberish(60))]
    return [Case("mini, Flickr8k", vectors, null, _asked(texts, embedder))]


def _asked(
    texts: list[tuple[str, str, frozenset[int], frozenset[int] | None]], embedder: Embedder
) -> tuple[Asked, ...]:
    vectors = embedder.embed_texts([text for text, *_ in texts])
    return tuple(Asked(t, k, v, r, j) for (t, k, r, j), v in zip(texts, vectors, strict=True))


def _kept(path: Path, make) -> Rows:  # type: ignore[no-untyped-def]
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, make())
    return np.asarray(np.load(path), np.float32)
