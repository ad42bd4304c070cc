"""The built-in model as shipped: its size, its promises as an Embedder, and what it finds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import vlm.embedders.mini as mini_package
from vlm.embedders.mini import MiniEmbedder
from vlm.protocols import Embedder

FOLDER = Path(mini_package.__file__).parent
PHOTOS = Path(__file__).resolve().parents[3] / "shared" / "data" / "photos"
FLOOR = 0.70
ODD_TEXTS = [
    "",
    " ",
    "\x00",
    "\ud800 lone surrogate",
    "🦊 in the snow",
    "собака на пляже",
    "海辺の犬",
    "é" * 500,
    "x" * 100_000,
    "word " * 5_000,
]


@pytest.fixture(scope="module")
def mini() -> MiniEmbedder:
    return MiniEmbedder()


def some_pictures() -> list[Image.Image]:
    rng = np.random.default_rng(0)
    sizes = [(1, 1), (640, 480), (48, 300), (2000, 9)]
    return [Image.fromarray(rng.integers(0, 256, (h, w, 3), np.uint8)) for w, h in sizes]


def assert_unit_rows(vectors: np.ndarray, rows: int, dim: int) -> None:
    assert vectors.shape == (rows, dim)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_is_an_embedder_and_small(mini: MiniEmbedder) -> None:
    assert isinstance(mini, Embedder)
    assert mini.spec == "mini"
    assert len(mini.revision) == 12
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) <= 25_000_000


def test_pictures_of_any_size_give_unit_rows(mini: MiniEmbedder) -> None:
    assert_unit_rows(mini.embed_pictures(some_pictures()), 4, mini.dim)
    assert_unit_rows(mini.embed_pictures([]), 0, mini.dim)


def test_any_text_gives_a_unit_row(mini: MiniEmbedder) -> None:
    assert_unit_rows(mini.embed_texts(ODD_TEXTS), len(ODD_TEXTS), mini.dim)
    assert_unit_rows(mini.embed_texts([]), 0, mini.dim)
    assert_unit_rows(mini.embed_texts([""]), 1, mini.dim)


def test_the_same_again_and_alone(mini: MiniEmbedder) -> None:
    texts = ["a dog", "two people on a long wooden bench beside the sea", "", "red"] * 6
    together = mini.embed_texts(texts)
    assert np.array_equal(together, mini.embed_texts(texts))
    np.testing.assert_allclose(together, np.concatenate([mini.embed_texts([text]) for text in texts]), atol=1e-4)
    pictures = some_pictures() * 5
    together = mini.embed_pictures(pictures)
    assert np.array_equal(together, mini.embed_pictures(pictures))
    np.testing.assert_allclose(
        together[:4], np.concatenate([mini.embed_pictures([p]) for p in pictures[:4]]), atol=1e-4
    )


def test_case_and_accents_do_not_matter(mini: MiniEmbedder) -> None:
    one, other = mini.embed_texts(["CAFÉ on the Street", "cafe on the street"])
    assert one @ other > 0.999


def test_needs_no_torch_and_a_text_loads_no_picture_tower() -> None:
    code = (
        "import sys; from PIL import Image; from vlm.embedders.mini import MiniEmbedder; m = MiniEmbedder();"
        "m.embed_texts(['a dog']); assert '_pictures' not in vars(m);"
        "m.embed_pictures([Image.new('RGB', (9, 9))]);"
        "assert not {'torch', 'transformers', 'timm', 'open_clip'} & set(sys.modules)"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.skipif(not PHOTOS.is_dir(), reason="no ../shared/data/photos")
def test_finds_a_photo_by_its_caption(mini: MiniEmbedder) -> None:
    rows = [json.loads(line) for line in (PHOTOS / "annotations.jsonl").read_text(encoding="utf-8").splitlines()]
    pictures = mini.embed_pictures([Image.open(PHOTOS / row["file"]).convert("RGB") for row in rows])
    owner = np.repeat(np.arange(len(rows)), [len(row["captions"]) for row in rows])
    scores = mini.embed_texts([caption for row in rows for caption in row["captions"]]) @ pictures.T
    rank = (scores > scores[np.arange(len(owner)), owner][:, None]).sum(1)
    assert (rank < 10).mean() >= FLOOR
