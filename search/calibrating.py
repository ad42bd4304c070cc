"""What everyday texts score over a library: measured when it is indexed, kept beside its vectors."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path

import numpy as np

from indexer.local import LocalStore
from search.cutoff import FEWEST, Calibration
from vlm import Embedder
from vlm.everyday import everyday_texts
from vlm.protocols import Vectors

# Vectors that mean and scatter are taken from: with 2,000 the mean cosine of a text is known to 1/45 of its scatter.
SAMPLE = 2000
# Pictures whose cosines with all others are taken; what they scatter by hardly differs from one to the next.
BETWEEN = 200
# A library that has grown (or shrunk) by this share is measured again.
GROWN = 0.25


def calibrate(store: LocalStore, embedder: Embedder) -> None:
    """Measure and keep, unless what is kept is of this model and of nearly this many pictures. Under the writer's lock."""
    ids = store.catalog.ids(store.model_id)
    kept = _read(store.calibration_file, _stamp(store.calibration_file))
    if len(ids) < FEWEST or (kept and kept[0] == _label(store) and abs(len(ids) - kept[1]) < GROWN * kept[1]):
        return
    texts = embedder.embed_texts(everyday_texts())
    drawn = ids if len(ids) <= SAMPLE else np.random.default_rng(0).choice(ids, SAMPLE, replace=False)
    rows = store.vectors(drawn.tolist())
    cosines = texts @ rows.T
    means = cosines.mean(axis=1)
    scatter = float(np.sqrt(((cosines - means[:, None]) ** 2).mean()))
    # the best picture of a text is sought among all of them, as a query's is: the more pictures, the better the best
    best = np.array([store.dense(text, 1)[1][0] for text in texts])
    made = {
        "model": _label(store),
        "count": len(ids),
        "mean": [round(float(value), 6) for value in rows.mean(axis=0)],
        "scatter": max(scatter, 1e-6),
        "middle": float(means.mean()),
        "spread": max(float(means.std()), 1e-6),
        "between": between(rows),
        "top": float(np.median((best - means) / max(scatter, 1e-6))),
    }
    place = store.calibration_file
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_suffix(".new")
    beside.write_text(json.dumps(made) + "\n", encoding="utf-8")
    os.replace(beside, place)  # noqa: PTH105 - atomic, also on Windows


def between(rows: Vectors) -> float:
    """How far the cosines of pictures with one of them scatter, once the mean picture is taken from that one."""
    some = rows[:BETWEEN] - rows.mean(axis=0)
    some /= np.maximum(np.linalg.norm(some, axis=1, keepdims=True), 1e-6)
    return max(float((some @ rows.T).std(axis=1).mean()), 1e-6)


def calibration(store: LocalStore) -> Calibration | None:
    """What was measured for this library and model, or None: then a query's own scores must do."""
    place = store.calibration_file
    kept = _read(place, _stamp(place))
    return kept[2] if kept and kept[0] == _label(store) else None


def _label(store: LocalStore) -> str:
    return f"{store.manifest.model}@{store.manifest.revision}"


def _stamp(place: Path) -> int:
    try:
        return place.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=16)
def _read(place: Path, stamp: int) -> tuple[str, int, Calibration] | None:
    """The file as it was at this time: a search costs one look at its date."""
    if not stamp:
        return None
    try:
        made = json.loads(place.read_text(encoding="utf-8"))
        mean = np.array(made["mean"], np.float32)
        numbers = [float(made[name]) for name in ("scatter", "middle", "spread", "top", "between")]
        return str(made["model"]), int(made["count"]), Calibration(mean, *numbers)
    except (OSError, ValueError, KeyError, TypeError):
        return None
