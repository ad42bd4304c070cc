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


def png_claiming(width: int, height: int) -> bytes:
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
    inside = png_claiming(30_000, 30_000)
    return struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", 0, 0, 0, 0, 1, 32, len(inside), 22) + inside


def _gif_claiming(width: int, height: int) -> bytes:
    size = struct.pack("<HH", width, height)
    return b"GIF89a" + size + b"\xf7\0\0" + bytes(768) + b"\x2c" + bytes(4) + size + b"\0\x08\x01\0\0\x3b"


def make_hostile(folder: Path) -> dict[str, Fate]:
    """Write it; returns each relative name with its fate."""
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 255, (90, 120, 3), np.uint8)).resize((300, 200))
    files = _broken(photo) | _odd(photo) | _oddly_named(_bytes(photo, "PNG"))
    for name, (data, _) in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return {name: fate for name, (_, fate) in files.items()} | _no_files(folder)


def _broken(photo: Image.Image) -> dict[str, tuple[bytes, Fate]]:
    """Cut off, damaged, claiming what is not there, or no picture at all."""
    rng = random.Random(0)
    jpeg, png, heic, tiff = (_bytes(photo, form) for form in ("JPEG", "PNG", "HEIF", "TIFF"))
    return {
        "truncated.jpg": (jpeg[: len(jpeg) // 2], "indexed"),
        "truncated.png": (png[: len(png) // 2], "indexed"),
        "cut-off.heic": (heic[: len(heic) * 3 // 4], "listed"),
        "cut-off.tif": (tiff[:300], "listed"),
        "empty.jpg": (b"", "listed"),
        "bomb.png": (png_claiming(60_000, 60_000), "listed"),
        "bomb.gif": (_gif_claiming(65_535, 65_535), "listed"),
        "bomb-in-icon.jpg": (_icon_with_a_bomb(), "listed"),
        "icon.ico": (_icon_with_a_bomb(), "ignored"),
        "text.jpg": (b"Dear diary, today I was named like a picture.", "listed"),
        "page.png": (b"<!doctype html><script>alert(1)</script>", "listed"),
        "postscript.jpg": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) show\n", "listed"),
        "noise-after-header.jpg": (jpeg[:20] + rng.randbytes(500), "listed"),
        "not.heic": (b"\0\0\0\x18ftypheic" + rng.randbytes(300), "listed"),
        "absurd-exif.jpg": (jpeg[:2] + b"\xff\xe1\x00\x20Exif\0\0" + b"\xff" * 22 + jpeg[2:], "indexed"),
    }


def _odd(photo: Image.Image) -> dict[str, tuple[bytes, Fate]]:
    """Whole pictures of unusual kinds and shapes."""
    deep = np.linspace(0, 65535, 120 * 90).reshape(90, 120).astype(np.uint16)
    frames = {"save_all": True, "append_images": [photo.rotate(turn) for turn in (90, 180)]}
    orientation = Image.Exif()
    orientation[0x0112] = 6
    made = {
        "sixteen-bit.png": _bytes(Image.fromarray(deep), "PNG"),
        "float.tif": _bytes(Image.fromarray(deep.astype(np.float32) / 65535), "TIFF"),
        "one-bit.png": _bytes(photo.convert("1"), "PNG"),
        "cmyk.jpg": _bytes(photo.convert("CMYK"), "JPEG"),
        "palette-alpha.png": _bytes(photo.convert("P"), "PNG", transparency=3),
        "grey-alpha.png": _bytes(photo.convert("L").convert("LA"), "PNG"),
        "transparent.webp": _bytes(photo.convert("RGBA"), "WEBP"),
        "one-pixel.png": _bytes(Image.new("RGB", (1, 1), "red"), "PNG"),
        "ribbon.png": _bytes(Image.new("RGB", (20_000, 10), "blue"), "PNG"),
        "progressive.jpg": _bytes(photo, "JPEG", progressive=True),
        "turned.jpg": _bytes(photo, "JPEG", exif=orientation),
        "animated.gif": _bytes(photo, "GIF", **frames),
        "animated.webp": _bytes(photo, "WEBP", **frames),
        "animated.png": _bytes(photo, "PNG", **frames),
        "composite.psd": psd(60, 40),
        "grey-map.pgm": b"P5 8 8 255\n" + bytes(range(64)),
    }
    return {name: (data, "indexed") for name, data in made.items()}


def _oddly_named(png: bytes) -> dict[str, tuple[bytes, Fate]]:
    """Names that lie or hurt; a sign behind each picture, so that no two have the same content."""
    names: dict[str, Fate] = {
        "really-a-png.jpg": "indexed",
        "no-extension": "indexed",
        "strange.extension": "indexed",
        "newline\nin-name.png": "indexed",
        "émoji-📷.png": "indexed",
        "n" * 240 + ".png": "indexed",
        os.fsdecode(b"caf\xe9.png"): "indexed",
        ".hidden.png": "ignored",
        "folder.jpg/inside.png": "indexed",
        "/".join(f"deep{i}" for i in range(40)) + "/x.png": "indexed",
    }
    made: dict[str, tuple[bytes, Fate]] = {
        name: (png + bytes([n]), fate) for n, (name, fate) in enumerate(names.items())
    }
    return made | {
        "photoshop-named.jpg": (psd(50, 40), "indexed"),
        "letter.txt": (b"not a picture and not named like one", "ignored"),
    }


def _no_files(folder: Path) -> dict[str, Fate]:
    """Links that lead round, nowhere and to themselves, a pipe and a socket."""
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "dangling.jpg").symlink_to(folder / "nowhere.jpg")
    (folder / "self.jpg").symlink_to(folder / "self.jpg")
    os.mkfifo(folder / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as made:
        here = Path.cwd()
        os.chdir(folder)  # a socket's path may have a hundred characters at most
        try:
            made.bind("socket.jpg")
        finally:
            os.chdir(here)
    return {"dangling.jpg": "listed", "self.jpg": "listed", "pipe.jpg": "ignored", "socket.jpg": "ignored"}
