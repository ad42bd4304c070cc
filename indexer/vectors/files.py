"""An index on disk: the file, and a meta.json that it is verified against. Never trusted, always checked."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from blake3 import blake3

from indexer.errors import LibraryDamaged
from indexer.vectors.protocol import Ids
from vlm.protocols import Vectors


@dataclass(frozen=True, slots=True)
class Meta:
    """What an index file claims to be; `checksum` is the blake3 of its bytes."""

    kind: str
    model: str
    dim: int
    count: int
    checksum: str


def checked(ids: Ids, vectors: Vectors, dim: int) -> None:
    """Raises ValueError unless these are n distinct keys and n finite rows of `dim`."""
    if vectors.ndim != 2 or vectors.shape != (len(ids), dim):
        raise ValueError(f"expected ({len(ids)}, {dim}) vectors, got {vectors.shape}")
    if len(np.unique(ids)) != len(ids):
        raise ValueError("keys must be distinct")
    if not np.isfinite(vectors).all():
        raise ValueError("vectors must be finite")


def save_beside(folder: Path, write: Callable[[Path], None], *, kind: str, model: str, dim: int, count: int) -> None:
    """Write `index` and meta.json into a folder beside, fsync them, and swap it in."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        write(beside / "index")
        meta = Meta(kind, model, dim, count, _checksum(beside / "index"))
        (beside / "meta.json").write_text(json.dumps(asdict(meta), indent=2) + "\n", encoding="utf-8")
        for file in beside.iterdir():
            _sync(file)
        old = folder.with_name(f".{folder.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        beside.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def read_meta(folder: Path, model: str) -> Meta:
    """The verified meta of the index in `folder`. Raises LibraryDamaged with what does not agree."""
    try:
        meta = Meta(**json.loads((folder / "meta.json").read_text(encoding="utf-8")))
        checksum = _checksum(folder / "index")
    except (OSError, ValueError, TypeError) as error:
        raise LibraryDamaged(
            f"The vector index {folder} cannot be read ({error}); it is rebuilt from the catalog."
        ) from None
    if meta.model != model:
        raise LibraryDamaged(
            f"The vector index {folder} is of {meta.model}, not {model}; it is rebuilt from the catalog."
        )
    if meta.checksum != checksum:
        raise LibraryDamaged(
            f"The vector index {folder} does not agree with its checksum; it is rebuilt from the catalog."
        )
    return meta


def _checksum(path: Path) -> str:
    # mapped and on every core: over 1 GB a second, so 100,000 vectors verify in some tens of milliseconds
    return blake3(max_threads=blake3.AUTO).update_mmap(path).hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
