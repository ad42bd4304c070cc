"""From a file's bytes to an upright RGB picture: every format, by content, within limits."""

from __future__ import annotations

import io
import os
import stat
import threading
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import pillow_heif
from PIL import Image, UnidentifiedImageError

from indexer.errors import PictureError
from indexer.exif import read_exif
from indexer.fingerprint import bytes_hash
from indexer.formats import RAW
from indexer.raw import decode_raw, hides_raw, may_be_raw
from indexer.records import Exif, Told
from indexer.told import read_own
from indexer.upright import REPAIR, Corners, check_size, is_flat, load_upright, shrunk, strictly, within
from indexer.walk import HEIF

pillow_heif.register_heif_opener()

# Pillow knows more (its JPEG reader opens MPO too); some of those run other programs (EPS: Ghostscript) or decode before
# their size can be checked (ICO). TGA has no signature: anything might be one.
FORMATS = tuple("JPEG PNG WEBP AVIF GIF TIFF BMP DIB HEIF JPEG2000 PPM PSD QOI SGI".split())

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_TELLS = (b"eXIf", b"XML:com.adobe.xmp", b"Raw profile type")

# What may follow a JPEG that lacks its end.
_ANYTHING = bytes(range(128)) + b"\xff\xd9"

_RENAME = "Give it its right name, or remove it."
# What else is found under a picture's name, by how it begins.
_OTHERS: tuple[tuple[tuple[bytes, ...], str, str], ...] = (
    ((b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"), "JPEG XL pictures cannot be read yet.", "Save a copy as JPEG or PNG."),
    ((b"%!PS", b"%PDF", b"\xc5\xd0\xd3\xc6"), "The file holds a PostScript or PDF document, not a picture.", _RENAME),
    ((b"\0\0\1\0", b"\0\0\2\0"), "The file holds an icon (ICO), not a picture.", "Save a copy as PNG."),
    (
        (b"8BPS",),
        "This kind of Photoshop file (more than 8 bits a channel, or PSB) cannot be read.",
        "Save a copy with 8 bits, or as PNG.",
    ),
    (
        (b"v/1\1", b"#?RADIANCE", b"#?RGBE"),
        "High-dynamic-range pictures (EXR, HDR) cannot be read.",
        "Save a copy as JPEG or PNG.",
    ),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is refused before it is decoded: bytes of the file, pixels of the picture."""

    bytes: int = 500_000_000
    pixels: int = 300_000_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """An upright RGB picture, as big as asked or whole; `width` and `height` are of the full upright one.

    `damaged`: a part of it is missing in the file, and filled up with some colour.
    """

    picture: Image.Image
    width: int
    height: int
    format: str
    exif: Exif
    told: Told
    hash: str
    damaged: bool = False


def decode(path: Path, side: int, limits: Limits = Limits(), part: Corners | None = None) -> Decoded:
    """Read a picture, or a part of it (what lies outside is left out), so that its shorter side has at least `side` pixels (or all it
    has; less in a ribbon, see `shrunk`). Raises PictureError.
    """
    return decode_bytes(_read(path, limits), path.suffix, side, limits, part)


def decode_bytes(
    data: bytes, suffix: str, side: int, limits: Limits = Limits(), part: Corners | None = None
) -> Decoded:
    """As `decode`, for what is no file; `suffix` (".nef") tells some cameras' raw files from TIFF. Raises PictureError."""
    suffix = suffix.lower().lstrip(".")
    try:
        with _quiet:
            return _decode(data, suffix, side, limits, part)
    except PictureError:
        raise
    except MemoryError:
        raise PictureError("The picture does not fit into memory.", "Make a smaller copy of it.") from None
    except UnidentifiedImageError:
        raise PictureError(*_unknown(data, suffix)) from None
    except Exception as error:  # noqa: BLE001 - decoders of hostile data raise anything; one bad picture ends no run
        # What Pillow says of a picture helps; what it tripped over does not.
        said = str(error).strip().splitlines() if isinstance(error, OSError | SyntaxError) else []
        detail = f" ({said[0][:120]})" if said else ""
        raise PictureError(f"The picture is damaged{detail}.", REPAIR) from None


def read_told(path: Path) -> Told:
    """What a file says that was written of it, as `decode` tells it, without decoding it if its format allows; never raises."""
    suffix = path.suffix.lower().lstrip(".")
    try:
        if suffix in RAW:
            return decode(path, 1).told
        with path.open("rb") as file, _quiet:
            # Pillow decodes a whole PNG to see whether anything is told behind its pixels
            if file.read(len(_PNG)) == _PNG:
                rest = file.read()
                if not any(mark in rest for mark in _PNG_TELLS):
                    return Told()
            file.seek(0)
            with Image.open(file, formats=FORMATS) as opened:
                check_size(*opened.size, Limits().pixels)
                return read_own(opened, read_exif(opened))
    except Exception:  # noqa: BLE001 - decoders of hostile data raise anything; the picture was indexed without it
        return Told()


class _Quiet:
    """Silences Pillow's warnings. Filters are global to a process: set once, while any thread decodes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._catch: warnings.catch_warnings[None] | None = None

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._catch = warnings.catch_warnings()
                self._catch.__enter__()
                warnings.simplefilter("ignore")
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0 and self._catch:
                self._catch.__exit__(None, None, None)


_quiet = _Quiet()


def _read(path: Path, limits: Limits) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise PictureError(
            "The file vanished while it was being indexed.", "Index again if it should be there."
        ) from None
    except OSError as error:
        raise PictureError(
            f"The file cannot be opened ({error.strerror}).", "Give yourself permission to read it."
        ) from None
    with os.fdopen(handle, "rb") as file:
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode):
            raise PictureError("It is not a plain file.", "Nothing to do; it is passed over.")
        if info.st_size == 0:
            raise PictureError("The file is empty.", "Restore it from a backup, or delete it.")
        if info.st_size > limits.bytes:
            raise PictureError(f"The file is bigger than {limits.bytes // 1_000_000} MB.", "Make a smaller copy of it.")
        try:
            return file.read()
        except OSError as error:
            raise PictureError(f"The file cannot be read ({error.strerror}).", "Check the disk it lies on.") from None


def _unknown(data: bytes, suffix: str) -> tuple[str, str]:
    """What to say of a file that no decoder knows."""
    if may_be_raw(data, suffix):
        return "This camera's raw format cannot be read.", "Save a copy as DNG or JPEG."
    for starts, reason, remedy in _OTHERS:
        if data.startswith(starts):
            return reason, remedy
    if data.lstrip()[:5].lower() in (b"<?xml", b"<html", b"<!doc", b"<svg "):
        return "The file holds a web page or drawing, not a picture.", _RENAME
    if data[4:8] == b"ftyp":
        if data[8:12] in HEIF:
            return "The HEIC or AVIF picture is damaged, or bigger than its decoder takes.", REPAIR
        return "The file holds a video, not a picture.", _RENAME
    return "The content is not a picture that imsearch knows.", REPAIR


def _open(data: bytes, suffix: str) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=(*FORMATS, "TGA") if suffix == "tga" else FORMATS)


def _decode(data: bytes, suffix: str, side: int, limits: Limits, part: Corners | None) -> Decoded:
    raw = may_be_raw(data, suffix) and _decode_raw(data, suffix, side, limits, part)
    if raw:
        return raw
    try:
        with strictly():
            return _decode_opened(data, suffix, side, limits, part)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - decoders of hostile data raise anything; with patience some of it may be had
        made = _decode_opened(data, suffix, side, limits, part)
    if not _is_cut(data, suffix, side, limits, part, made):
        return made
    if is_flat(made.picture):
        raise PictureError("Nothing of the picture can be read; the file is cut off or damaged.", REPAIR)
    return replace(made, damaged=True)


def _is_cut(data: bytes, suffix: str, side: int, limits: Limits, part: Corners | None, made: Decoded) -> bool:
    """Whether pixels are missing in a file that is not as it should be: some lack an end mark alone, or have a bad checksum where no pixels are."""
    if made.format == "jpeg":
        # a decoder fills up what is missing, and does so from what follows
        return _decode_opened(data + _ANYTHING, suffix, side, limits, part).picture.tobytes() != made.picture.tobytes()
    try:
        with _open(data, suffix) as opened, strictly():
            opened.load()
    except Exception:  # noqa: BLE001 - as above
        return True
    return False


def _decode_opened(data: bytes, suffix: str, side: int, limits: Limits, part: Corners | None) -> Decoded:
    with _open(data, suffix) as opened:
        check_size(*opened.size, limits.pixels)  # first of all: of a PNG even the EXIF is read by decoding the whole
        raw = hides_raw(opened) and _decode_raw(data, suffix, side, limits, part)
        if raw:
            return raw
        kind = (opened.format or "").lower()
        exif = read_exif(opened)
        told = read_own(opened, exif)
        picture, width, height = load_upright(opened, side, limits.pixels, part)
    return Decoded(
        picture, width, height, {"mpo": "jpeg", "heif": "heic"}.get(kind, kind), exif, told, bytes_hash(data)
    )


def _decode_raw(data: bytes, suffix: str, side: int, limits: Limits, part: Corners | None) -> Decoded | None:
    made = decode_raw(data, 10**9 if part else side, limits.pixels)
    if made is None:
        return None
    picture, width, height, exif, told = made
    if part:
        # developed at half size, or the camera's smaller copy
        scale = picture.width / width
        corners = tuple(round(scale * at) for at in within(part, width, height))
        picture = shrunk(picture.crop(within(corners, *picture.size)), side)  # type: ignore[arg-type]
    return Decoded(picture, width, height, suffix if suffix in RAW else "raw", exif, told, bytes_hash(data))
