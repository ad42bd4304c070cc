"""A folder that hates programs that read pictures: name -> what must become of each file."""

from __future__ import annotations

import io
import os
import random
import socket
import struct
import zlib
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

import indexer.decode  # noqa: F401 - teaches Pillow to write HEIC

Fate = Literal["indexed", "listed", "ignored"]


def _bytes(picture: Image.Image, form: str, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def _png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000))
        + chunk(b"IEND", b"")
    )


def psd(width: int, height: int) -> bytes:
    """A Photoshop file of three plain channels and no layers: only its composite."""
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, height, width, 8, 3)
    return (
        head + struct.pack(">IIIH", 0, 0, 0, 0) + b"".join(bytes([value]) * width * height for value in (200, 30, 30))
    )


def _icon_with_a_bomb() -> bytes:
    inside = _png_claiming(30_000, 30_000)
    return struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", 0, 0, 0, 0, 1, 32, len(inside), 22) + inside


def make_hostile(folder: Path) -> dict[str, Fate]:
    """Write it; returns each relative name with its fate."""
    rng = random.Random(0)
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 255, (90, 120, 3), np.uint8)).resize((300, 200))
    jpeg, png, heic = (_bytes(photo, form) for form in ("JPEG", "PNG", "HEIF"))
    deep = np.linspace(0, 65535, 120 * 90).reshape(90, 120).astype(np.uint16)
    frames = [photo.rotate(turn) for turn in (0, 90, 180)]
    grey = photo.convert("L")
    orientation = Image.Exif()
    orientation[0x0112] = 6
    files: dict[str, tuple[bytes, Fate]] = {
        "truncated.jpg": (jpeg[: len(jpeg) // 2], "indexed"),
        "truncated.png": (png[: len(png) // 2], "indexed"),
        "empty.jpg": (b"", "listed"),
        "really-a-png.jpg": (png, "indexed"),
        "no-extension": (jpeg, "indexed"),
        "strange.extension": (jpeg, "indexed"),
        "bomb.png": (_png_claiming(60_000, 60_000), "listed"),
        "bomb.gif": (
            b"GIF89a"
            + struct.pack("<HH", 65535, 65535)
            + b"\xf7\0\0"
            + bytes(768)
            + b"\x2c"
            + bytes(4)
            + struct.pack("<HH", 65535, 65535)
            + b"\0\x08\x01\0\0\x3b",
            "listed",
        ),
        "sixteen-bit.png": (_bytes(Image.fromarray(deep), "PNG"), "indexed"),
        "float.tif": (_bytes(Image.fromarray(deep.astype(np.float32) / 65535), "TIFF"), "indexed"),
        "one-bit.png": (_bytes(photo.convert("1"), "PNG"), "indexed"),
        "cmyk.jpg": (_bytes(photo.convert("CMYK"), "JPEG"), "indexed"),
        "palette-alpha.png": (_bytes(photo.convert("P"), "PNG", transparency=3), "indexed"),
        "grey-alpha.png": (_bytes(grey.convert("LA"), "PNG"), "indexed"),
        "transparent.webp": (_bytes(photo.convert("RGBA"), "WEBP"), "indexed"),
        "one-pixel.png": (_bytes(Image.new("RGB", (1, 1), "red"), "PNG"), "indexed"),
        "ribbon.png": (_bytes(Image.new("RGB", (20_000, 10), "blue"), "PNG"), "indexed"),
        "progressive.jpg": (_bytes(photo, "JPEG", progressive=True), "indexed"),
        "turned.jpg": (_bytes(photo, "JPEG", exif=orientation), "indexed"),
        "animated.gif": (_bytes(frames[0], "GIF", save_all=True, append_images=frames[1:]), "indexed"),
        "animated.webp": (_bytes(frames[0], "WEBP", save_all=True, append_images=frames[1:]), "indexed"),
        "animated.png": (_bytes(frames[0], "PNG", save_all=True, append_images=frames[1:]), "indexed"),
        "text.jpg": (b"Dear diary, today I was named like a picture.", "listed"),
        "page.png": (b"<!doctype html><script>alert(1)</script>", "listed"),
        "noise-after-header.jpg": (jpeg[:20] + rng.randbytes(500), "listed"),
        "not.heic": (b"\0\0\0\x18ftypheic" + rng.randbytes(300), "listed"),
        "absurd-exif.jpg": (jpeg[:2] + b"\xff\xe1\x00\x20Exif\0\0" + b"\xff" * 22 + jpeg[2:], "indexed"),
        "composite.psd": (psd(60, 40), "indexed"),
        "cut-off.heic": (heic[: len(heic) * 3 // 4], "listed"),
        "cut-off.tif": (_bytes(photo, "TIFF")[:300], "listed"),
        "photoshop-named.jpg": (psd(50, 40), "indexed"),
        "postscript.jpg": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) show\n", "listed"),
        "bomb-in-icon.jpg": (_icon_with_a_bomb(), "listed"),
        "icon.ico": (_icon_with_a_bomb(), "ignored"),
        "grey-map.pgm": (b"P5 8 8 255\n" + bytes(range(64)), "indexed"),
        "letter.txt": (b"not a picture and not named like one", "ignored"),
        "newline\nin-name.png": (png + b"1", "indexed"),
        "émoji-📷.png": (png + b"2", "indexed"),
        "n" * 240 + ".png": (png + b"3", "indexed"),
        ".hidden.png": (png + b"4", "ignored"),
        "folder.jpg/inside.png": (png + b"5", "indexed"),
        "/".join(f"deep{i}" for i in range(40)) + "/x.png": (png + b"6", "indexed"),
    }
    fates: dict[str, Fate] = {}
    for name, (data, fate) in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        fates[name] = fate
    raw = os.fsencode(folder) + b"/caf\xe9.png"
    Path(os.fsdecode(raw)).write_bytes(png + b"7")
    fates[os.fsdecode(b"caf\xe9.png")] = "indexed"
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "dangling.jpg").symlink_to(folder / "nowhere.jpg")
    (folder / "self.jpg").symlink_to(folder / "self.jpg")
    fates |= {"dangling.jpg": "listed", "self.jpg": "listed", "pipe.jpg": "ignored", "socket.jpg": "ignored"}
    os.mkfifo(folder / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as made:
        here = Path.cwd()
        os.chdir(folder)  # a socket's path may have a hundred characters at most
        try:
            made.bind("socket.jpg")
        finally:
            os.chdir(here)
    return fates
