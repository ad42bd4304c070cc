"""Every format a camera, a phone or a program writes: shown upright in its colours, whatever it is named."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from indexer.ahead import ahead
from indexer.decode import decode
from indexer.errors import PictureError
from tests.conftest import shared
from tests.pictures.hostile import psd

# Where we differ from plain Pillow, which the collection's manifest tells of.
SHOWN = {
    "exiftool/FujiFilm.raf",  # the camera's preview
    "exiftool/Panasonic.rw2",  # developed
    "libvips/truncated.gif",  # as far as it goes, as in browsers
    "libvips/truncated.jpg",
}
REFUSED = {"pillow/hopper.ico", "exiftool/PhaseOne.iiq"}  # icons are no pictures; one pixel is no raw file
SIZES = {"exiftool/DNG.dng": (3474, 2314), "rawpy/RAW_KODAK_DC50_é.KDC": (768, 512)}  # Pillow sees the small copy only
NO_PLACE = {"pillow/exif_gps.jpg"}  # its GPS holds no position


def attempt(path):
    try:
        return decode(path, 64)
    except PictureError as error:
        assert error.reason
        assert error.remedy
        return None


def test_every_file_of_the_collection_is_shown_with_its_size_turn_camera_and_place_or_refused():
    folder = shared("data/formats")
    rows = [json.loads(line) for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines()]
    wrong = []
    for row, made in zip(rows, ahead(attempt, (folder / row["file"] for row in rows), 2, 8), strict=True):
        name = row["file"]
        expected = (row["loads"] or name in SHOWN) and name not in REFUSED
        if bool(made) != bool(expected):
            wrong.append((name, "shown" if made else "refused"))
        if not made or name in SHOWN:
            continue
        width, height = SIZES.get(name, row["size"])
        if (row.get("orientation") or 1) >= 5:
            width, height = height, width
        facts = {
            "size": (made.width, made.height) == (width, height),
            "upright": made.picture.mode == "RGB"
            and abs(made.picture.width / made.picture.height - width / height) < 0.1,
            "turn": made.exif.orientation == (row.get("orientation") or 1),
            "place": (made.exif.latitude is not None) == (bool(row.get("has_gps")) and name not in NO_PLACE),
            "camera": made.exif.camera is not None or not row.get("make_model"),
        }
        wrong += [(name, fact) for fact, right in facts.items() if not right]
    assert wrong == []


@pytest.mark.parametrize("kind", ["landscape", "portrait"])
def test_orientations_of_one_scene_look_alike_once_upright(kind):
    folder = shared("data/formats/exif-samples")
    sizes = {decode(path, 100).picture.size for path in sorted(folder.glob(f"{kind}_?.jpg"))}
    assert len(sizes) == 1


def test_gps_and_camera_are_read():
    exif = decode(shared("data/formats/exif-samples") / "DSCN0010.jpg", 100).exif
    assert (exif.latitude, exif.longitude) == (pytest.approx(43.4674, abs=1e-3), pytest.approx(11.8851, abs=1e-3))
    assert exif.camera == "NIKON COOLPIX P6000"
    assert exif.taken_at == "2008-10-22T16:28:39"


@pytest.fixture
def corners() -> Image.Image:
    """Red and green above, blue and white below."""
    picture = Image.new("RGB", (120, 80), "white")
    for box, colour in (((0, 0, 60, 40), "red"), ((60, 0, 120, 40), "lime"), ((0, 40, 60, 80), "blue")):
        picture.paste(colour, box)
    return picture


def seen(picture):
    """The colour in each corner, by its initial."""
    values = {"r": (255, 0, 0), "g": (0, 255, 0), "b": (0, 0, 255), "w": (255, 255, 255)}
    width, height = picture.size
    corners = [picture.getpixel((x, y)) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    return "".join(
        min(values, key=lambda name: sum(abs(a - b) for a, b in zip(values[name], c, strict=True))) for c in corners
    )


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tif"])
@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        (1, "rgbw"),
        (2, "grwb"),
        (3, "wbgr"),
        (4, "bwrg"),
        (5, "rbgw"),
        (6, "brwg"),
        (7, "wgbr"),
        (8, "gwrb"),
        (9, "rgbw"),
    ],
)
def test_a_turned_picture_stands_upright_in_every_format(tmp_path, corners, kind, orientation, upright):
    exif = Image.Exif()
    exif[0x0112] = orientation
    corners.save(tmp_path / f"a.{kind}", exif=exif)
    for side in (20, 80):
        made = decode(tmp_path / f"a.{kind}", side)
        assert seen(made.picture) == upright
        assert (made.width, made.height) == ((80, 120) if 5 <= orientation <= 8 else (120, 80))
        assert (made.picture.height > made.picture.width) == (made.height > made.width)


@pytest.mark.parametrize("kind", ["png", "tif", "jpg"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_part_of_a_turned_picture_is_that_part_of_the_upright_one(tmp_path, kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    noise = np.random.default_rng(0).integers(0, 255, (80, 120, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / f"a.{kind}", exif=exif)
    whole = decode(tmp_path / f"a.{kind}", 10**9)
    # the last but one goes over the edge, the last lies outside of it
    for part in ((0, 0, 80, 80), (5, 7, 30, 70), (60, 50, 500, 500), (300, 300, 301, 301)):
        made = decode(tmp_path / f"a.{kind}", 10**9, part=part)
        assert (made.width, made.height) == (whole.width, whole.height)
        if part[0] < 300:
            left = (*part[:2], min(part[2], whole.width), min(part[3], whole.height))
            assert np.array_equal(made.picture, whole.picture.crop(left))
    assert min(decode(tmp_path / f"a.{kind}", 10, part=(10, 10, 60, 60)).picture.size) == 10


@pytest.mark.parametrize("mode", ["RGBA", "P", "1", "I;16"])
def test_a_part_of_a_picture_in_any_mode_is_that_part(tmp_path, corners, mode):
    made = (
        Image.fromarray(np.asarray(corners.convert("L")).astype(np.uint16) * 256)
        if mode == "I;16"
        else corners.convert(mode)
    )
    made.save(tmp_path / "a.png")
    whole = decode(tmp_path / "a.png", 10**9)
    part = decode(tmp_path / "a.png", 10**9, part=(30, 20, 90, 60))
    assert np.array_equal(part.picture, whole.picture.crop((30, 20, 90, 60)))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "CMYK", "YCbCr", "LAB"])
def test_colours_stay_what_they_are_in_every_mode(tmp_path, corners, mode):
    if mode == "LAB":
        profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        corners = ImageCms.profileToProfile(corners, *profiles, outputMode="LAB")
    corners.convert(mode).save(tmp_path / "a.tif")
    assert seen(decode(tmp_path / "a.tif", 20).picture) == "rgbw"


def test_sixteen_bit_and_float_greys_are_scaled_not_clipped(tmp_path):
    ramp = np.linspace(0, 65535, 120 * 90).reshape(90, 120)
    Image.fromarray(ramp.astype(np.uint16)).save(tmp_path / "a.png")
    Image.fromarray(ramp.astype(np.float32)).save(tmp_path / "a.tif")
    for name in ("a.png", "a.tif"):
        for side in (20, 90):
            grey = np.asarray(decode(tmp_path / name, side).picture)[:, :, 0]
            assert grey[0, 0] < 10
            assert abs(int(grey[len(grey) // 2, 0]) - 128) < 8
            assert grey[-1, -1] > 245


def test_what_is_clear_lies_on_white_and_its_hidden_colour_does_not_bleed(tmp_path):
    picture = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    picture.paste((0, 0, 255, 255), (0, 0, 32, 64))
    picture.save(tmp_path / "a.png")
    for side in (16, 64):
        shown = decode(tmp_path / "a.png", side).picture
        assert shown.getpixel((0, 0)) == (0, 0, 255)
        assert shown.getpixel((shown.width - 1, 0)) == (255, 255, 255)


def test_photoshop_files_show_their_composite(tmp_path):
    (tmp_path / "a.psd").write_bytes(psd(60, 40))
    decoded = decode(tmp_path / "a.psd", 64)
    assert (decoded.width, decoded.height, decoded.format) == (60, 40, "psd")
    assert decoded.picture.getpixel((5, 5)) == (200, 30, 30)


def test_a_photoshop_file_with_layers_looks_like_the_jpeg_it_was_made_of():
    folder = shared("data/formats/pillow")
    composite = np.asarray(decode(folder / "hopper.psd", 128).picture, np.int16)
    plain = np.asarray(decode(folder / "hopper.bmp", 128).picture, np.int16)
    assert np.abs(composite - plain).mean() < 8


@pytest.mark.parametrize("kind", ["gif", "webp", "png", "tif", "avif", "heic"])
def test_a_moving_picture_shows_its_first_frame(tmp_path, corners, kind):
    frames = [corners.transpose(Image.Transpose.ROTATE_180), Image.new("RGB", corners.size, "white")]
    corners.save(tmp_path / f"a.{kind}", save_all=True, append_images=frames)
    assert seen(decode(tmp_path / f"a.{kind}", 80).picture) == "rgbw"


@pytest.mark.parametrize(
    "source",
    ["exif-samples/samplefilehub.heif", "pillow/hopper.avif", "pillow/flower.webp", "rawpy/RAW_KODAK_DC50_é.KDC"],
)
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.tga", "a.nef", "a"])
def test_a_picture_is_read_by_its_content_whatever_it_is_named(tmp_path, source, name):
    path = shared("data/formats") / source
    shutil.copy(path, tmp_path / name)
    right, made = decode(path, 64), decode(tmp_path / name, 64)
    assert (made.width, made.height, made.exif, made.hash) == (right.width, right.height, right.exif, right.hash)
    assert made.picture.tobytes() == right.picture.tobytes()


@pytest.mark.parametrize("suffix", ["dng", "nef", "raw", "arw", "cr2", "raf"])
def test_plain_pictures_named_like_raw_files_are_shown(tmp_path, corners, suffix):
    for form in ("TIFF", "PNG", "JPEG"):
        corners.save(tmp_path / f"a.{suffix}", form)
        made = decode(tmp_path / f"a.{suffix}", 80)
        assert (seen(made.picture), made.format) == ("rgbw", form.lower())


@pytest.mark.parametrize("name", ["DNG.dng", "Panasonic.rw2"])
def test_a_part_of_a_raw_file_is_in_pixels_of_the_whole_though_it_is_developed_smaller(name):
    path = shared("data/formats/exiftool") / name
    whole = decode(path, 10**9)
    scale = whole.picture.width / whole.width
    assert scale < 1
    part = (whole.width // 4, whole.height // 4, whole.width // 2, whole.height // 2)
    made = decode(path, 10**9, part=part).picture
    assert np.array_equal(made, whole.picture.crop([round(scale * at) for at in part]))


def test_raw_files_of_many_makers_tell_camera_and_time():
    folder = shared("data/formats/exiftool")
    told = {
        name: (decode(folder / name, 64).exif.camera, decode(folder / name, 64).exif.taken_at)
        for name in ("FujiFilm.raf", "Panasonic.rw2", "DNG.dng")
    }
    assert told == {
        "FujiFilm.raf": ("Fujifilm S5Pro", "2007-05-22T13:58:30"),
        "Panasonic.rw2": ("Panasonic DMC-LX3", "2008-08-06T15:21:56"),
        "DNG.dng": ("Canon EOS 350D DIGITAL", "2005-08-03T18:59:18"),
    }


@settings(max_examples=60)
@given(
    width=st.integers(1, 900),
    height=st.integers(1, 900),
    side=st.integers(1, 300),
    kind=st.sampled_from(["jpg", "png"]),
)
def test_a_picture_is_never_smaller_than_asked_nor_much_bigger(tmp_path_factory, width, height, side, kind):
    path = tmp_path_factory.mktemp("d") / f"a.{kind}"
    Image.new("RGB", (width, height), "teal").save(path)
    made = decode(path, side)
    assert (made.width, made.height) == (width, height)
    if max(width, height) <= 16 * min(width, height):
        assert min(made.picture.size) >= min(side, width, height)
    assert min(made.picture.size) < 2 * max(side, 1) + 2
