"""manifest.json: what a library folder is, readable before anything in it is opened."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from indexer.errors import LibraryDamaged, LibraryMissing, LibraryTooNew
from indexer.files import write_whole

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """The format of the folder and the model whose vectors are searched."""

    model: str
    revision: str
    dim: int
    format: int = FORMAT


def is_library(folder: Path) -> bool:
    """Whether a library lies in this folder."""
    return (folder / "manifest.json").is_file()


def read_manifest(folder: Path) -> Manifest:
    """Raises LibraryMissing, LibraryTooNew or LibraryDamaged, each with what to do."""
    path = folder / "manifest.json"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LibraryMissing(f"There is no library at {folder}; make one with: imsearch index FOLDER") from None
    except (OSError, ValueError) as error:
        raise LibraryDamaged(f"{path} cannot be read ({error}); restore it, or index into a new folder.") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("format"), int):
        raise LibraryDamaged(f"{path} is not a manifest of imsearch; restore it, or index into a new folder.")
    if raw["format"] > FORMAT:
        raise LibraryTooNew(
            f"The library {folder} was written by a newer imsearch (format {raw['format']}); update imsearch."
        )
    try:
        return Manifest(**{name: raw[name] for name in ("model", "revision", "dim", "format")})
    except KeyError as error:
        raise LibraryDamaged(f"{path} lacks {error}; restore it, or index into a new folder.") from None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest whole."""
    write_whole(folder / "manifest.json", (json.dumps(asdict(manifest), indent=2) + "\n").encode())
