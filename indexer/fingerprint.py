"""What a file's content is called, whatever its name: blake3."""

from __future__ import annotations

from pathlib import Path

from blake3 import blake3


def content_hash(path: Path) -> str:
    """The hash of a file, read in blocks. Raises OSError."""
    hasher = blake3()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            hasher.update(block)
    return hasher.hexdigest()


def bytes_hash(data: bytes) -> str:
    """The hash of content already read; the same as `content_hash` of its file."""
    return blake3(data).hexdigest()
