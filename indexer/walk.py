"""A folder's files that may be pictures. Only walks: no file is opened but those whose name says nothing."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pathspec import GitIgnoreSpec

from indexer.formats import RAW
from indexer.paths import to_text
from indexer.records import Candidate, Skipped
from vlm.errors import UsageError

# How raw files begin that say so. Most others are TIFFs, which their name or tags tell apart.
RAW_STARTS = (b"FUJIFILMCCD-RAW", b"IIU\0", b"IIRO", b"IIRS", b"MMOR", b"FOVb", b"\0MRM")
PICTURES = RAW | frozenset(
    (
        "jpg jpeg jpe jfif jif png apng webp avif avifs gif tif tiff bmp dib heic heif hif jp2 j2k jpf jpx jpc ppm "
        "pgm pbm pnm pfm psd qoi tga sgi rgb mpo jxl"
    ).split()
)
# Files of other kinds that lie in every picture folder: not worth a look inside, and no failure either.
OTHERS = frozenset(
    (
        "txt md pdf doc docx xls xlsx ppt pptx odt csv json xml html htm svg xmp aae thm ini db lnk url log zip gz "
        "tar 7z rar mp4 mov avi mkv webm m4v mpg mpeg 3gp wmv mp3 wav m4a flac ogg py js css ts c h sh exe dll so "
        "sqlite xcf ai eps ico gpx yaml yml toml lock bin dat bak tmp part crdownload"
    ).split()
)
_STARTS = (
    *RAW_STARTS,
    b"\xff\xd8\xff",
    b"\x89PNG\r\n",
    b"GIF8",
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"8BPS",
    b"\0\0\0\x0cjP",
    b"\xff\x4f\xff\x51",
    b"qoif",
)
# The kinds of HEIF, AVIF and CR3, at bytes 8 to 12.
HEIF = frozenset((b"avif", b"avis", b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"crx "))


def walk(
    root: Path, include: Sequence[str] = (), exclude: Sequence[str] = (), hidden: bool = False
) -> Iterator[Candidate | Skipped]:
    """Every file below `root` that may be a picture, in a stable order, one stat each.

    Globs are those of .gitignore, in any case: a name matches at any depth, a path from the root; "folder/" is all in
    it, "**" any number of folders. Links to folders are followed once, so a loop ends;
    pipes, sockets and devices are never opened; a folder that holds an imsearch library is passed over. What looks
    like a picture and cannot be reached is yielded as Skipped. Raises OSError when the root itself cannot be read, UsageError for a glob
    that means nothing.
    """
    included, excluded = (_spec(globs) for globs in (include, exclude))
    first = os.stat(root)
    seen = {(first.st_dev, first.st_ino)}
    folders = [(str(root), "")]
    while folders:
        folder, below = folders.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            if not below:
                raise
            yield Skipped(
                below,
                f"The folder cannot be read ({error.strerror}).",
                "Give yourself permission to read it, then index again.",
            )
            continue
        if {"manifest.json", "catalog.sqlite"} <= {entry.name for entry in entries}:
            continue
        inner = []
        named = [(entry, entry.name.lower()) for entry in entries]
        sidecars = {
            name: entry for entry, name in named if name.endswith(".xmp") and not entry.is_dir(follow_symlinks=False)
        }
        for entry, name in named:
            if name in sidecars:
                continue
            relative = to_text(f"{below}/{entry.name}" if below else entry.name)
            if (entry.name.startswith(".") and not hidden) or excluded.match_file(relative.casefold()):
                continue
            try:
                info = entry.stat()
            except FileNotFoundError:
                if entry.is_symlink() and _looks_like_a_picture(entry.name):
                    yield Skipped(relative, "The link points to a file that is not there.", "Mend or remove the link.")
                continue
            except OSError as error:
                if _looks_like_a_picture(entry.name):
                    yield Skipped(
                        relative,
                        f"The file cannot be reached ({error.strerror}).",
                        "Mend or remove it, then index again.",
                    )
                continue
            if stat.S_ISDIR(info.st_mode):
                if excluded.match_file(f"{relative.casefold()}/"):
                    continue
                if (info.st_dev, info.st_ino) not in seen:
                    seen.add((info.st_dev, info.st_ino))
                    inner.append((entry.path, relative))
            elif (
                stat.S_ISREG(info.st_mode)
                and (not include or included.match_file(relative.casefold()))
                and _may_be_a_picture(entry)
            ):
                yield Candidate(
                    Path(entry.path), relative, info.st_size, info.st_mtime_ns, _sidecar(entry.name, sidecars)
                )
        folders.extend(reversed(inner))


def _sidecar(name: str, sidecars: Mapping[str, os.DirEntry[str]]) -> str:
    """A picture's XMP file as "name/size/mtime_ns", of those in its folder, by lower-case name: x.jpg.xmp before x.xmp."""
    if not sidecars:
        return ""
    for beside in (f"{name}.xmp", f"{name.rpartition('.')[0] or name}.xmp"):
        with contextlib.suppress(KeyError, OSError):
            entry = sidecars[beside.lower()]
            info = entry.stat()
            if stat.S_ISREG(info.st_mode):
                return sidecar_stamp(entry.name, info)
    return ""


def sidecar_stamp(name: str, info: os.stat_result) -> str:
    """How a sidecar is known: its name, and what changes with it."""
    return to_text(f"{name}/{info.st_size}/{info.st_mtime_ns}")


def _spec(globs: Sequence[str]) -> GitIgnoreSpec:
    try:
        return GitIgnoreSpec.from_lines(glob.casefold() for glob in globs)
    except ValueError as error:
        raise UsageError(f"{', '.join(map(repr, globs))}: not a glob ({error}); write for example '*.jpg'.") from None


def _suffix(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _looks_like_a_picture(name: str) -> bool:
    return _suffix(name) in PICTURES


def _may_be_a_picture(entry: os.DirEntry[str]) -> bool:
    suffix = _suffix(entry.name)
    return suffix in PICTURES or (suffix not in OTHERS and starts_like_a_picture(entry.path))


def starts_like_a_picture(path: str | Path) -> bool:
    """Whether a file begins as pictures do; False for one that cannot be read."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - the path may hold bytes that are not UTF-8
            start = file.read(16)
    except OSError:
        return False
    return (
        start.startswith(_STARTS)
        or (start[:4] == b"RIFF" and start[8:12] == b"WEBP")
        or (start[4:8] == b"ftyp" and start[8:12] in HEIF)
        or (start[:2] == b"BM" and start[6:10] == bytes(4))  # two letters alone begin many a text
    )
