"""Words and boxes of pictures as files that other programs read: XMP sidecars, captions as .txt, COCO JSON."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from indexer.concepts import SOURCE
from indexer.content import FROM_VECTOR
from indexer.fingerprint import bytes_hash, content_hash
from indexer.lock import writing
from indexer.paths import printable, to_path, to_text
from indexer.plain import plain
from indexer.records import Picture, Text, Told
from indexer.walk import sidecar_stamp
from indexer.xmp import one_line, write_xmp
from search.coco import coco_files
from search.library import Library
from search.query import Mode, Query
from search.searcher import MOST
from vlm.errors import UsageError
from vlm.wording import many

Form = Literal["coco", "txt", "xmp"]

_PEOPLE = ("user", "file", "import")
_LONGEST = 100_000


@dataclass(slots=True)
class ExportReport:
    """Files: written; as they were; left alone because they hold what somebody else wrote, or share their name with another one.

    `away` counts pictures whose folder is not there.
    """

    written: int = 0
    unchanged: int = 0
    refused: list[str] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    away: int = 0


def found(library: Library, asked: Query, mode: Mode, limit: int | None) -> list[Picture]:
    """The pictures that a query finds, without the weak ones; every one that its filters keep where it has nothing else."""
    if not asked.text and not asked.terms:
        among = library.store.filter(asked.filters)
        ids = library.store.ordered(among, asked.order != "oldest", -1 if limit is None else limit)
        return library.store.get(ids.tolist())
    hits = library.search(asked, mode=mode, limit=MOST if limit is None else limit).hits
    return [hit.picture for hit in hits if not hit.weak]


def export_sidecars(
    library: Library, pictures: Sequence[Picture], form: Form, folder: Path | None, overwrite: bool = False
) -> ExportReport:
    """Write what is known of pictures into a folder, laid out as theirs, or (None) beside them. The pictures are not touched.

    A file that this library did not write, or that was changed since, stays unless `overwrite`. Raises LibraryBusy, UsageError.
    """
    names = _names(library, pictures)
    if folder is None and form == "coco":
        raise UsageError("COCO JSON is one file for all pictures; say where with --output FOLDER.")
    place = None if folder is None else folder.expanduser().absolute()
    if place and form != "coco" and any(place / to_path(names[p.id]) == to_path(p.path) for p in pictures):
        raise UsageError(f"{folder} is where the pictures lie; to write beside them, say --beside.")
    report = ExportReport()
    with writing(library.folder):
        if place and form == "coco":
            said = ((p, names[p.id], captions_of(library, p), library.store.objects(p.id)) for p in pictures)
            for name, written in coco_files(said).items():
                _write(library, place / name, written.encode(), overwrite, report)
            return report
        taken: set[Path] = set()
        for picture in pictures:
            content = _xmp(library, picture) if form == "xmp" else _txt(library, picture)
            path = _target(place / to_path(names[picture.id]) if place else to_path(picture.path), form, place is None)
            if place is None and not path.parent.is_dir():
                report.away += 1  # a disk that is not plugged in: no folder is made in its place
            elif content and path in taken:
                report.shared.append(str(path))
            elif content:
                taken.add(path)
                _write(library, path, content, overwrite, report, picture if place is None and form == "xmp" else None)
    return report


def told(report: ExportReport, where: str) -> Iterator[str]:
    """The report for people."""
    made = f"{many(report.written, 'file')} written {where}" if report.written else "Nothing was written"
    yield f"{made}{f'; {report.unchanged:,} were so already' if report.unchanged else ''}."
    if report.refused:
        yield f"{_some(report.refused)} not written by this library, or changed since; replace with --overwrite."
    if report.shared:
        yield f"{_some(report.shared)} left out: another picture of that folder has the same name but for its ending."
    if report.away:
        yield f"{many(report.away, 'picture')} in folders that are not there now; export again when they are."


def _some(paths: Sequence[str]) -> str:
    shown = ", ".join(printable(Path(path).name) for path in paths[:3])
    return f"{many(len(paths), 'file')} ({shown}{' …' if len(paths) > 3 else ''})"


def _names(library: Library, pictures: Sequence[Picture]) -> dict[int, str]:
    """Each picture's path below the folder that all roots lie in; below its root, where there is one."""
    roots = list(library.store.catalog.roots.paths().values())
    top = os.path.commonpath([to_path(root) for root in roots]) if roots else "/"
    return {picture.id: to_text(os.path.relpath(to_path(picture.path), top)) for picture in pictures}


def _target(path: Path, form: Form, beside: bool) -> Path:
    if form == "txt":
        return path.with_suffix(".txt")
    # the sidecar that is there, under whichever of its two names: a second one would hide the first from other programs
    short = path.with_suffix(".xmp")
    full = path.with_name(f"{path.name}.xmp")
    return short if beside and short.exists() and not full.exists() else full


def captions_of(library: Library, picture: Picture) -> list[str]:
    """What people said the picture shows; what models said where nobody did."""
    said = [text for text in library.store.texts(picture.id) if text.kind == "caption"]
    return _once([text for text in said if text.model in _PEOPLE] or said)


def tags_of(library: Library, picture: Picture) -> list[str]:
    """All but those that the search model tells from its vectors, which are right four times in five."""
    tags = [text for text in library.store.texts(picture.id) if text.kind == "tag"]
    return _once([text for text in tags if text.prompt_version != FROM_VECTOR or text.model.startswith(SOURCE)])


def _once(texts: Sequence[Text]) -> list[str]:
    kept: dict[str, str] = {}
    for text in texts:
        line = one_line(text.text, _LONGEST)
        kept.setdefault(plain(line), line)
    return [line for line in kept.values() if line]


def _txt(library: Library, picture: Picture) -> bytes:
    return "".join(f"{caption}\n" for caption in captions_of(library, picture)).encode()


def _xmp(library: Library, picture: Picture) -> bytes:
    captions, tags = captions_of(library, picture), tags_of(library, picture)
    if not (captions or tags or picture.exif.rating is not None):
        return b""
    return write_xmp(Told("", "\n".join(captions), tuple(tags), picture.exif.rating))


def _write(
    library: Library, path: Path, content: bytes, overwrite: bool, report: ExportReport, beside: Picture | None = None
) -> None:
    imports = library.store.catalog.imports
    if path.exists():
        there = content_hash(path)
        if there == bytes_hash(content):
            report.unchanged += 1
            return
        if not overwrite and imports.exported(to_text(path)) != there:
            report.refused.append(str(path))
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    # not synced to the disk one by one: it takes 10 ms each, and what is lost can be exported again
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    report.written += 1
    stamp = (beside.id, sidecar_stamp(path.name, path.stat())) if beside else None
    imports.note_exported(to_text(path), bytes_hash(content), stamp)
