"""Odd, broken and hostile files: each is indexed or listed with its reason, and the run ends well."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from indexer.ahead import ahead
from indexer.decode import Limits, decode, read_told
from indexer.errors import PictureError
from indexer.paths import to_path, to_text
from tests.conftest import paint, shared
from tests.pictures.hostile import make_hostile, png_claiming


def test_a_hostile_folder_is_indexed_or_listed_file_by_file(shelf):
    fates = make_hostile(shelf.pictures)
    assert len(fates) >= 25
    report = shelf.index()
    prefix = f"{shelf.pictures}/"
    indexed = {str(to_path(p.path)).removeprefix(prefix) for p in shelf.catalog.get(shelf.catalog.ids(1).tolist())}
    listed = {str(to_path(f.path)).removeprefix(prefix): f for f in shelf.catalog.failures.all()}
    assert {n: "indexed" if n in indexed else "listed" if n in listed else "ignored" for n in fates} == fates
    assert all(failure.reason and failure.remedy for failure in listed.values())
    assert report.failed + report.damaged == len(listed)
    again = shelf.index()
    assert (again.added, again.removed, again.unchanged) == (0, 0, len(indexed))


def test_postscript_never_reaches_another_program(tmp_path, monkeypatch):
    def launched(*_, **__):
        raise AssertionError("a program was started")

    monkeypatch.setattr("subprocess.Popen", launched)
    (tmp_path / "a.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n")
    with pytest.raises(PictureError, match="PostScript"):
        decode(tmp_path / "a.jpg", 64)


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (b"\0\0\1\0\1\0", "icon"),
        (b"SIMPLE  =                    T", "not a picture that imsearch knows"),  # FITS, which Pillow would read
        (b"\xd7\xcd\xc6\x9a\0\0", "not a picture that imsearch knows"),  # WMF
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not a picture that imsearch knows"),  # FPX, MIC
        (b"\0\0\0\x18ftypisom", "video"),
        (b"v/1\1", "High-dynamic-range"),
        (b"%PDF-1.7", "PDF"),
        (b"8BPS\0\2", "Photoshop"),
        (b"<!doctype html>", "web page"),
    ],
)
def test_what_only_bears_a_pictures_name_is_refused_by_what_it_is(tmp_path, start, said):
    (tmp_path / "a.jpg").write_bytes(start + bytes(600))
    with pytest.raises(PictureError, match=said) as caught:
        decode(tmp_path / "a.jpg", 64)
    assert caught.value.remedy


def test_a_picture_too_big_or_too_heavy_is_refused_before_it_is_decoded(tmp_path):
    path = paint(tmp_path / "a.png", "red", size=(100, 80))
    decode(path, 64, Limits(pixels=8_000))
    with pytest.raises(PictureError, match="claims 100 x 80 pixels"):
        decode(path, 64, Limits(pixels=7_999))
    with pytest.raises(PictureError, match="bigger than"):
        decode(path, 64, Limits(bytes=100))


@pytest.mark.parametrize("read", [lambda path: decode(path, 64), read_told], ids=["the picture", "what is told of it"])
def test_of_a_picture_too_big_nothing_is_decoded_to_see_what_else_the_file_tells(tmp_path, monkeypatch, read):
    (tmp_path / "a.png").write_bytes(png_claiming(60_000, 60_000) + b"eXIf")
    loaded = []
    monkeypatch.setattr(PngImageFile, "load", lambda picture: loaded.append(picture.size))
    with suppress(PictureError):
        read(tmp_path / "a.png")
    assert not loaded


def test_a_bomb_in_a_raw_files_preview_is_not_decoded(tmp_path):
    data = bytearray((shared("data/formats/exiftool") / "FujiFilm.raf").read_bytes())
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    (tmp_path / "a.raf").write_bytes(data)
    with pytest.raises(PictureError):
        decode(tmp_path / "a.raf", 64)


@pytest.mark.parametrize("kind", ["tif", "heic", "bmp"])
def test_a_file_whose_pixels_are_all_missing_is_listed_rather_than_shown_as_black(tmp_path, kind):
    path = paint(tmp_path / f"a.{kind}", "green", size=(200, 100))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 3 // 4] if kind == "heic" else data[:300])
    with pytest.raises(PictureError, match=r"Nothing of the picture|damaged"):
        decode(path, 32)


def test_a_picture_cut_off_is_shown_as_far_as_it_goes_while_others_are_looked_at_strictly(tmp_path):
    paint(tmp_path / "whole.jpg", "green", size=(400, 400))
    data = (tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "half.jpg").write_bytes(data[: len(data) // 2])
    Image.new("RGB", (300, 300), "red").save(tmp_path / "flat.png")
    paths = [tmp_path / name for name in ("half.jpg", "flat.png")] * 20
    made = list(ahead(lambda path: decode(path, 400).picture.getpixel((9, 9)), paths, threads=4, window=8))
    assert all(abs(value[1] - 180) < 30 for value in made[::2])
    assert set(made[1::2]) == {(255, 0, 0)}


def test_a_long_ribbon_costs_no_more_memory_than_other_pictures(tmp_path):
    Image.new("RGB", (40_000, 40), "blue").save(tmp_path / "a.png")
    decoded = decode(tmp_path / "a.png", 32)
    assert (decoded.width, decoded.height) == (40_000, 40)
    assert decoded.picture.width * decoded.picture.height <= 4 * 64 * 32 * 32


def test_any_name_on_disk_survives_the_way_to_text_and_back(tmp_path):
    for name in (b"plain.png", b"caf\xe9.png", b"\xff\xfe.png", "名前.png".encode()):
        path = to_path(to_text(str(tmp_path))) / name.decode("utf-8", "surrogateescape")
        text = to_text(path)
        text.encode("utf-8")
        assert to_path(text) == path


@settings(max_examples=80)
@given(
    place=st.floats(0, 1),
    junk=st.binary(min_size=1, max_size=40),
    kind=st.sampled_from(["jpg", "png", "webp", "gif", "tif"]),
)
def test_a_file_damaged_anywhere_decodes_or_raises_only_a_picture_error(tmp_path_factory, place, junk, kind):
    path = paint(tmp_path_factory.mktemp("d") / f"a.{kind}", "green")
    data = path.read_bytes()
    at = int(place * len(data))
    path.write_bytes(data[:at] + junk + data[at + len(junk) :])
    try:
        assert decode(path, 32).picture.mode == "RGB"
    except PictureError as error:
        assert error.reason
