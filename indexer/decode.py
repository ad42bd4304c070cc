"""From a file's bytes to an upright RGB picture: every format, by content, within limits."""

from __future__ import annotations

import io
import os
import stat
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from indexer.errors import PictureError
from indexer.exif import read_exif
from indexer.fingerprint import bytes_hash
from indexer.records import Exif
from indexer.walk import RAW

pillow_heif.register_heif_opener()
# Browsers show a JPEG whose end is missing; so do we. A setting of Pillow's, global by its design.
ImageFile.LOAD_TRUNCATED_IMAGES = True
# Our own limits are checked from the header, with a message of ours.
Image.MAX_IMAGE_PIXELS = None

# Pillow knows more (its JPEG reader opens MPO too); some of those run other programs (EPS: Ghostscript) or decode before their size can be checked
# (ICO). TGA has no signature: anything might be one.
FORMATS = tuple("JPEG PNG WEBP AVIF GIF TIFF BMP DIB HEIF JPEG2000 PPM PSD QOI SGI".split())
# How raw files begin that are not named as such. Most others are TIFFs, which only their name tells apart.
_RAW_STARTS = (b"FUJIFILMCCD-RAW", b"IIU\0", b"IIRO", b"IIRS", b"MMOR", b"FOVb", b"\0MRM")

REPAIR = "Open it in a picture viewer; if that fails too, restore it from a backup."


@dataclass(frozen=True, slots=True)
class Limits:
    """What is refused before it is decoded: bytes of the file, pixels of the picture."""

    bytes: int = 500_000_000
    pixels: int = 300_000_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """An upright RGB picture at least as big as asked (or whole); `width` and `height` are of the full upright one."""

    picture: Image.Image
    width: int
    height: int
    format: str
    exif: Exif
    hash: str


def decode(path: Path, side: int, limits: Limits = Limits()) -> Decoded:
    """Read a picture so that its shorter side has at least `side` pixels (or all it has). Raises PictureError."""
    data = _read(path, limits)
    try:
        with _quiet:
            return _decode(data, path.suffix.lower().lstrip("."), side, limits)
    except PictureError:
        raise
    except MemoryError:
        raise PictureError("The picture does not fit into memory.", "Make a smaller copy of it.") from None
    except UnidentifiedImageError:
        raise PictureError(*_unknown(data, path)) from None
    except Exception as error:  # noqa: BLE001 - decoders of hostile data raise anything; one bad picture ends no run
        said = str(error).strip().splitlines()
        raise PictureError(f"The picture is damaged ({(said or [type(error).__name__])[0][:120]}).", REPAIR) from None


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


def _unknown(data: bytes, path: Path) -> tuple[str, str]:
    if data[:2] == b"\xff\x0a" or data[:12] == b"\0\0\0\x0cJXL \r\n\x87\n":
        return "JPEG XL pictures cannot be read yet.", "Save a copy as JPEG or PNG."
    if data.lstrip()[:5].lower() in (b"<?xml", b"<html", b"<!doc", b"<svg "):
        return "The file holds a web page or drawing, not a picture.", "Give it its right name, or remove it."
    if data[:4] in (b"%!PS", b"%PDF", b"\xc5\xd0\xd3\xc6"):
        return "The file holds a PostScript or PDF document, not a picture.", "Give it its right name, or remove it."
    if path.suffix.lower().lstrip(".") in RAW:
        return "This camera's raw format cannot be read.", "Save a copy as DNG or JPEG."
    return "The content is not a picture that imsearch knows.", REPAIR


def _decode(data: bytes, suffix: str, side: int, limits: Limits) -> Decoded:
    content = bytes_hash(data)
    if _may_be_raw(data, suffix):
        raw = _decode_raw(data, suffix, side, content)
        if raw:
            return raw
    with Image.open(io.BytesIO(data), formats=[*FORMATS, "TGA"] if suffix == "tga" else FORMATS) as opened:
        kind = (opened.format or "").lower()
        width, height = opened.size
        if width * height > limits.pixels:
            raise PictureError(
                f"The picture claims {width} x {height} pixels, more than {limits.pixels // 1_000_000} million.",
                "Make a smaller copy of it.",
            )
        exif = read_exif(opened)
        if kind in ("jpeg", "mpo"):
            opened.draft("RGB", _draft_size(width, height, side))
        opened.load()
        upright = ImageOps.exif_transpose(opened)
    if exif.orientation >= 5:
        width, height = height, width
    if (upright.width > upright.height) != (width > height) and upright.width != upright.height:
        width, height = height, width  # the decoder had turned it already (HEIF), or the tag was not to be trusted
    picture = _to_rgb(_shrunk(upright, side))
    return Decoded(picture, width, height, {"mpo": "jpeg", "heif": "heic"}.get(kind, kind), exif, content)


def _may_be_raw(data: bytes, suffix: str) -> bool:
    if data.startswith(_RAW_STARTS) or (data[:4] == b"II*\0" and data[8:10] == b"CR") or data[4:12] == b"ftypcrx ":
        return True
    return suffix in RAW and not data.startswith(b"\xff\xd8")


def _draft_size(width: int, height: int, side: int) -> tuple[int, int]:
    scale = min(1.0, side / max(1, min(width, height)))
    return max(1, int(width * scale)), max(1, int(height * scale))


def _shrunk(picture: Image.Image, side: int) -> Image.Image:
    """Whole-number reduction of pictures at least twice as big as asked: quick, and all later steps are cheaper."""
    factor = min(picture.size) // max(1, side)
    if factor < 2 or picture.mode not in ("RGB", "RGBA", "L", "LA", "CMYK", "YCbCr"):
        return picture
    return picture.reduce(factor)


def _to_rgb(picture: Image.Image) -> Image.Image:
    """8-bit RGB; deep greys are scaled rather than clipped, transparency is laid on white."""
    if picture.mode.startswith(("I", "F")):
        return _levelled(picture).convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear).convert("RGB")
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _levelled(picture: Image.Image) -> Image.Image:
    values = np.asarray(picture).astype(np.float32)
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    # 16-bit data that uses its range keeps its levels; data of unknown range is stretched over what is there.
    low, high = (0.0, 65535.0) if picture.mode.startswith("I;16") and high > 4095 else (min(low, 0.0), high)
    return Image.fromarray((255 * (values - low) / max(high - low, 1e-9)).clip(0, 255).astype(np.uint8))


def _decode_raw(data: bytes, suffix: str, side: int, content: str) -> Decoded | None:
    """The camera's embedded preview, else half-size development; None when LibRaw does not know it."""
    import rawpy

    exif = Exif()
    try:
        with Image.open(io.BytesIO(data), formats=("TIFF",)) as container:
            exif = read_exif(container)
    except Exception:  # noqa: BLE001 - many raw formats are no TIFF; then there is no EXIF that way
        exif = Exif()
    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            width, height = raw.sizes.width, raw.sizes.height
            picture = _preview(raw, side)
            if picture is None:
                picture = Image.fromarray(raw.postprocess(half_size=True, use_camera_wb=True, output_bps=8))
            elif raw.sizes.flip in (5, 6) and picture.width > picture.height:
                picture = picture.rotate(90 if raw.sizes.flip == 5 else -90, expand=True)
    except rawpy.LibRawError:
        return None
    if (picture.width > picture.height) != (width > height):
        width, height = height, width
    return Decoded(_to_rgb(_shrunk(picture, side)), width, height, suffix, exif, content)


def _preview(raw: object, side: int) -> Image.Image | None:
    import rawpy

    try:
        thumb = raw.extract_thumb()  # type: ignore[attr-defined]
        if thumb.format != rawpy.ThumbFormat.JPEG:
            return None
        with Image.open(io.BytesIO(thumb.data), formats=("JPEG",)) as opened:
            opened.load()
            preview = ImageOps.exif_transpose(opened)
    except (rawpy.LibRawError, OSError):
        return None
    return preview if min(preview.size) >= side else None
