"""manifest.json: what a library folder is, readable before anything in it is opened."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from indexer.errors import LibraryDamaged, LibraryMissing, LibraryTooNew
from indexer.files import write_whole

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Previous:
    """The model that was in use before this one: `imsearch models rollback` goes back to it."""

    model: str
    revision: str
    dim: int

    def same(self, spec: str, revision: str) -> bool:
        """Whether it is this model with these weights."""
        return (self.model, self.revision) == (spec, revision)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The format of the folder, the model whose vectors are searched, and the one before it."""

    model: str
    revision: str
    dim: int
    format: int = FORMAT
    previous: Previous | None = None

    def same_model(self, other: Manifest) -> bool:
        """Whether both name the same vectors."""
        return (self.model, self.revision, self.dim) == (other.model, other.revision, other.dim)


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
        known = {name: raw[name] for name in ("model", "revision", "dim")}
        before = raw.get("previous")
        previous = Previous(**{name: before[name] for name in known}) if before else None
        return Manifest(**known, format=raw["format"], previous=previous)
    except KeyError as error:
        raise LibraryDamaged(f"{path} lacks {error}; restore it, or index into a new folder.") from None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest whole."""
    write_whole(folder / "manifest.json", (json.dumps(asdict(manifest), indent=2) + "\n").encode())
