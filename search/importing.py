"""The command import: captions, keywords, boxes and stars from files that other programs wrote."""

from __future__ import annotations

import json
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from indexer.errors import LibraryError
from indexer.imports import Names
from indexer.indexer import utc_now
from indexer.lock import writing
from indexer.paths import printable, to_text
from indexer.records import Imported, Picture
from indexer.told import caption_of, decoded
from indexer.words import clean
from indexer.xmp import LONGEST_DESCRIPTION, MOST_BYTES, one_line, read_xmp
from search.coco import CocoPicture, is_coco, placed, read_coco
from search.library import Library
from vlm.errors import UsageError
from vlm.wording import many

CAPTIONS = (".txt", ".caption")
# Nobody writes so much of one picture: such a text is no caption.
MOST_CAPTION_BYTES = 100_000


@dataclass(slots=True)
class ImportReport:
    """What was imported, counted, and what was not: names of which there is no picture, or several; files left out, by why."""

    pictures: int = 0
    captions: int = 0
    tags: int = 0
    objects: int = 0
    ratings: int = 0
    missing: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


@click.command(name="import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE|FOLDER…")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.pass_obj
def import_command(place: Path, files: tuple[Path, ...], as_json: bool) -> None:
    """Take in what other programs wrote of indexed pictures: captions (photo.txt for photo.jpg), XMP sidecars that lie
    elsewhere, and COCO JSON with captions or boxes.

    A FOLDER is looked through with all below it. Titles, keywords and stars in the pictures themselves, and in XMP files
    beside them, need no import: `imsearch index` reads them.
    """
    with Library.open(place) as library:
        report = import_files(library, files)
    if as_json:
        click.echo(json.dumps({name: getattr(report, name) for name in report.__slots__}))
        return
    for line in _told(report):
        click.echo(line)


def import_files(library: Library, files: Sequence[Path]) -> ImportReport:
    """Take in these files, and what lies in these folders. Raises LibraryBusy, and UsageError for what cannot be imported."""
    for path in files:
        if not path.expanduser().exists():
            raise UsageError(f"{path} is not there; check its name.")
    report = ImportReport()
    with writing(library.folder):
        importing = _Importing(library, report)
        for path in files:
            importing.take(path.expanduser().absolute())
        importing.finish()
    return report


class _Importing:
    """One run: the pictures' names are looked up once."""

    def __init__(self, library: Library, report: ImportReport) -> None:
        self._catalog = library.store.catalog
        self._names = Names(self._catalog.imports.paths())
        self._report = report
        self._seen: set[int] = set()
        self._waiting: dict[str, list[Imported]] = {"txt": [], "xmp": []}

    def take(self, path: Path) -> None:
        """One file or folder that was named."""
        if path.is_dir():
            for file in _below(path):
                self._file(file, named=False)
        else:
            self._file(path, named=True)

    def finish(self) -> None:
        """Write what was gathered of small files."""
        for source, said in self._waiting.items():
            self._put(said, source)

    def _file(self, path: Path, named: bool) -> None:
        kinds: dict[str, Callable[[Path], None]] = {".xmp": self._xmp, ".json": lambda one: self._coco(one, named)}
        kinds |= dict.fromkeys(CAPTIONS, self._captions)
        read = kinds.get(path.suffix.lower())
        if read:
            read(path)
        elif named:
            raise UsageError(f"{path} cannot be imported; name a .txt, .xmp or COCO .json file, or a folder of them.")

    def _captions(self, path: Path) -> None:
        pictures = self._of_file(path)
        if not pictures:
            return
        data = self._read(path, MOST_CAPTION_BYTES)
        if data is None:
            return
        # one caption a line, as data sets with several have them
        lines = (one_line(line, LONGEST_DESCRIPTION) for line in _text(data).splitlines())
        captions = tuple(line for line in lines if line)
        self._waiting["txt"] += [Imported(picture, captions) for picture in pictures if captions]

    def _xmp(self, path: Path) -> None:
        pictures = self._of_file(path)
        if not pictures:
            return
        if any(_beside(path, picture) for picture in self._catalog.get(pictures)):
            self._report.left_out["beside their pictures, where indexing reads them"] += 1
            return
        data = self._read(path, MOST_BYTES)
        if data is None:
            return
        told = read_xmp(data)
        caption = caption_of(told)
        if not (caption or told.keywords or told.rating is not None):
            self._report.left_out["without title, description, keywords or stars"] += 1
            return
        captions = (caption,) if caption else ()
        self._waiting["xmp"] += [Imported(one, captions, told.keywords, None, told.rating) for one in pictures]

    def _coco(self, path: Path, named: bool) -> None:
        try:
            data = json.loads(path.read_bytes())
        except (ValueError, RecursionError):
            data = None  # no JSON, and so no COCO either
        except OSError as error:
            if named:
                raise UsageError(f"{path} cannot be read ({error.strerror}).") from None
            self._leave_out(path, error)
            return
        if not is_coco(data):
            if named:
                raise UsageError(f'{path} is no COCO JSON: that has the lists "images" and "annotations".')
            return  # a folder holds JSON of other kinds, too
        said, strange = read_coco(data)
        if strange:
            self._report.left_out["annotations without a caption, or without a box and its category"] += strange
        known = [(one, found[0]) for one in said if (found := self._noted(one.name, self._names.find(one.name)))]
        for start in range(0, len(known), 1000):
            some = known[start : start + 1000]
            pictures = {picture.id: picture for picture in self._catalog.get([picture for _, picture in some])}
            self._put([self._of_coco(one, pictures[picture]) for one, picture in some], path.name)

    def _of_coco(self, one: CocoPicture, picture: Picture) -> Imported:
        objects = placed(one.objects, one.width, one.height, picture) if one.objects else None
        if one.objects and objects is None:
            self._report.left_out["boxes of a picture that has another shape here"] += len(one.objects)
        return Imported(picture.id, tuple(one.captions), (), objects)

    def _read(self, path: Path, most: int) -> bytes | None:
        """What a file holds; None when it is left out, with the reason in the report."""
        try:
            found = path.stat()
            if stat.S_ISREG(found.st_mode) and found.st_size <= most:
                return path.read_bytes()
        except OSError as error:
            self._leave_out(path, error)
        else:
            self._report.left_out[f"no plain file, or longer than {most // 1000:,} kB"] += 1
        return None

    def _leave_out(self, path: Path, error: OSError) -> None:
        self._report.left_out[f"{printable(str(path))} cannot be read ({error.strerror})"] += 1

    def _of_file(self, path: Path) -> list[int]:
        return self._noted(path.name, self._names.find(to_text(path.with_suffix("")), stem=True))

    def _noted(self, name: str, found: list[int] | None) -> list[int]:
        if not found:
            (self._report.ambiguous if found is None else self._report.missing).append(name)
        return found or []

    def _put(self, said: Sequence[Imported], source: str) -> None:
        self._catalog.imports.put(said, source, utc_now())
        report = self._report
        self._seen.update(one.picture_id for one in said)
        report.pictures = len(self._seen)
        report.captions += sum(len(one.captions) for one in said)
        report.tags += sum(len(one.tags) for one in said)
        report.objects += sum(len(one.objects or ()) for one in said)
        report.ratings += sum(one.rating is not None for one in said)


def _below(folder: Path) -> Iterator[Path]:
    def failed(error: OSError) -> None:
        raise LibraryError(f"{error.filename} cannot be read ({error.strerror}).")

    for place, folders, names in os.walk(folder, onerror=failed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if {"manifest.json", "catalog.sqlite"} <= set(names):
            folders.clear()
            continue
        yield from (Path(place) / name for name in sorted(names))


def _beside(path: Path, picture: Picture) -> bool:
    return picture.path.rpartition("/")[0] == to_text(path.parent)


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    return clean(decoded(data.removeprefix(b"\xef\xbb\xbf")))


def _told(report: ImportReport) -> Iterator[str]:
    counts = {"caption": report.captions, "tag": report.tags, "object": report.objects, "rating": report.ratings}
    made = ", ".join(many(number, word) for word, number in counts.items() if number)
    yield f"Imported {made} for {many(report.pictures, 'picture')}." if made else "Nothing was imported."
    for names, why in (
        (report.missing, "of no indexed picture"),
        (report.ambiguous, "of pictures in several folders"),
    ):
        if names:
            some = ", ".join(printable(name) for name in names[:3])
            yield f"{many(len(names), 'name')} {why}: {some}{' …' if len(names) > 3 else ''}"
    for why, number in report.left_out.items():
        yield f"{number:,} left out: {why}."
