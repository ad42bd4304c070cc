"""Camera raw files: the preview that the camera put in, else the sensor's data developed at half size."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

from PIL import Image

from indexer.errors import PictureError
from indexer.exif import read_exif
from indexer.formats import RAW
from indexer.records import Exif, Told
from indexer.told import read_own
from indexer.upright import check_size, load_upright, shrunk
from indexer.walk import RAW_STARTS

if TYPE_CHECKING:
    import rawpy

_DNG_VERSION, _SUBFILE_TYPE = 0xC612, 0x00FE


def may_be_raw(data: bytes, suffix: str) -> bool:
    """Whether LibRaw should have a look first: how the file begins says so, or its name does and it is no JPEG."""
    if data.startswith(RAW_STARTS) or (data[:4] == b"II*\0" and data[8:10] == b"CR") or data[4:12] == b"ftypcrx ":
        return True
    return suffix in RAW and not data.startswith(b"\xff\xd8")


def hides_raw(opened: Image.Image) -> bool:
    """Whether a TIFF is a raw file under another name: it says that it is a DNG, or that its first picture is a small copy."""
    tags = getattr(opened, "tag_v2", {})
    return _DNG_VERSION in tags or tags.get(_SUBFILE_TYPE) == 1


def decode_raw(data: bytes, side: int, most: int) -> tuple[Image.Image, int, int, Exif, Told] | None:
    """Upright RGB picture, full upright width and height, EXIF and what was written of it; None when LibRaw does not know the file.

    Raises PictureError when it does, and nothing in it can be read.
    """
    import rawpy

    exif, told = _container(data)
    try:
        opened = rawpy.imread(io.BytesIO(data))
    except rawpy.LibRawError:
        return None
    with opened as raw:
        width, height = raw.sizes.width, raw.sizes.height
        check_size(width, height, most)
        preview = _preview(raw, side, most)
        if preview and exif == Exif():
            exif = preview[1]
            told = replace(told, rating=exif.rating)
        if preview and min(preview[0].size) >= side:
            picture = preview[0]
        else:
            try:
                developed = raw.postprocess(half_size=True, use_camera_wb=True, output_bps=8)
                picture = shrunk(Image.fromarray(developed), side)
            except rawpy.LibRawError:
                if not preview:
                    raise PictureError(
                        "The raw data is damaged, cut off or of a kind that cannot be read.",
                        "Save a copy as DNG or JPEG, or restore it from a backup.",
                    ) from None
                picture = preview[0]
    if (picture.width > picture.height) != (width > height):
        width, height = height, width
    return picture, width, height, exif, told


def _container(data: bytes) -> tuple[Exif, Told]:
    # Olympus and Panasonic write a TIFF under another first word.
    tiff = b"II*\0" + data[4:] if data.startswith((b"IIRO", b"IIRS", b"IIU\0")) else data
    try:
        with Image.open(io.BytesIO(tiff), formats=("TIFF",)) as container:
            exif = read_exif(container)
            return exif, read_own(container, exif)
    except Exception:  # noqa: BLE001 - many raw formats are no TIFF; then there is no EXIF that way
        return Exif(), Told()


def _preview(raw: rawpy.RawPy, side: int, most: int) -> tuple[Image.Image, Exif] | None:
    """The camera's own JPEG with its EXIF, if there is a sound one."""
    import rawpy

    try:
        thumb = raw.extract_thumb()
        if thumb.format != rawpy.ThumbFormat.JPEG:
            return None
        with Image.open(io.BytesIO(thumb.data), formats=("JPEG",)) as opened:
            exif = read_exif(opened)
            picture, _, _ = load_upright(opened, side, most)
    except (rawpy.LibRawError, OSError, PictureError):
        return None
    if raw.sizes.flip in (5, 6) and picture.width > picture.height:  # the camera did not say so in the preview
        picture = picture.transpose(Image.Transpose.ROTATE_90 if raw.sizes.flip == 5 else Image.Transpose.ROTATE_270)
    return picture, exif
