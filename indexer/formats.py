"""The names of the formats that pictures are read from, as the catalog keeps them and `type:` asks for them."""

from __future__ import annotations

RAW = frozenset(
    ("arw cr2 cr3 crw dcr dng erf iiq kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2 srf srw x3f 3fr").split()
)
"""What cameras call their raw files. `raw` is one whose name does not say; asked for, it means them all."""
PLAIN = tuple("jpeg png heic tiff gif webp avif bmp dib jpeg2000 ppm psd qoi sgi tga".split())
ALIASES = {
    "jpg": "jpeg", "jpe": "jpeg", "jfif": "jpeg", "mpo": "jpeg", "apng": "png", "tif": "tiff", "heif": "heic", "hif": "heic",
    "jp2": "jpeg2000", "j2k": "jpeg2000", "jpf": "jpeg2000", "jpx": "jpeg2000", "pgm": "ppm", "pbm": "ppm",
}  # fmt: skip
