"""Odd, broken and hostile files: each is indexed or listed with its reason, and the run ends well."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.decode import decode
from indexer.errors import PictureError
from indexer.paths import to_path, to_text
from indexer.walk import walk
from tests.conftest import paint, shared
from tests.pictures.hostile import make_hostile, psd
from vlm import UsageError


def test_a_hostile_folder_is_indexed_or_listed_file_by_file(shelf):
    fates = make_hostile(shelf.pictures)
    assert len(fates) >= 25
    report = shelf.index()
    prefix = f"{shelf.pictures}/"
    indexed = {str(to_path(p.path)).removeprefix(prefix) for p in shelf.catalog.get(shelf.catalog.ids(1).tolist())}
    listed = {str(to_path(f.path)).removeprefix(prefix): f for f in shelf.catalog.failures()}
    assert {n: "indexed" if n in indexed else "listed" if n in listed else "ignored" for n in fates} == fates
    assert all(failure.reason and failure.remedy for failure in listed.values())
    assert report.failed == len(listed)
    again = shelf.index()
    assert (again.added, again.removed, again.unchanged) == (0, 0, len(indexed))


def test_sixteen_bit_pictures_keep_their_greys_and_turned_ones_stand_upright(shelf):
    make_hostile(shelf.pictures)
    grey = decode(shelf.pictures / "sixteen-bit.png", 64).picture
    assert grey.getpixel((0, 0))[0] < 10
    assert 100 < grey.getpixel((60, 45))[0] < 150
    turned = decode(shelf.pictures / "turned.jpg", 64)
    assert (turned.width, turned.height) == (200, 300)
    assert turned.picture.height > turned.picture.width


def test_photoshop_files_show_their_composite(tmp_path):
    (tmp_path / "a.psd").write_bytes(psd(60, 40))
    decoded = decode(tmp_path / "a.psd", 64)
    assert (decoded.width, decoded.height, decoded.format) == (60, 40, "psd")
    assert decoded.picture.getpixel((5, 5)) == (200, 30, 30)


def test_postscript_never_reaches_another_program(tmp_path, monkeypatch):
    def launched(*_, **__):
        raise AssertionError("a program was started")

    monkeypatch.setattr("subprocess.Popen", launched)
    (tmp_path / "a.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n")
    with pytest.raises(PictureError, match="PostScript"):
        decode(tmp_path / "a.jpg", 64)


@pytest.mark.parametrize(
    ("include", "exclude", "found"),
    [
        (("*.jpg",), (), "a.jpg one/B.JPG one/two/c.jpg"),
        (("**/*.jpg",), (), "a.jpg one/B.JPG one/two/c.jpg"),
        (("/*.jpg",), (), "a.jpg"),
        (("one/",), (), "one/B.JPG one/two/c.jpg one/d.png"),
        (("one/**",), ("*.JPG",), "one/d.png"),
        ((), ("two",), "a.jpg one/B.JPG one/d.png"),
        ((), ("one/*.png", "a.*"), "one/B.JPG one/two/c.jpg"),
    ],
)
def test_globs_choose_files_as_in_gitignore(tmp_path, include, exclude, found):
    for name in ("a.jpg", "one/B.JPG", "one/two/c.jpg", "one/d.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert sorted(entry.relative for entry in walk(tmp_path, include, exclude)) == sorted(found.split())


def test_a_glob_that_means_nothing_is_refused_with_the_reason(tmp_path):
    with pytest.raises(UsageError, match="not a glob"):
        list(walk(tmp_path, ("a\\",)))


def test_any_name_on_disk_survives_the_way_to_text_and_back(tmp_path):
    for name in (b"plain.png", b"caf\xe9.png", b"\xff\xfe.png", "名前.png".encode()):
        path = to_path(to_text(str(tmp_path))) / name.decode("utf-8", "surrogateescape")
        text = to_text(path)
        text.encode("utf-8")
        assert to_path(text) == path


def test_every_file_of_the_format_collection_decodes_or_says_why():
    folder = shared("data/formats")
    made, refused = 0, 0
    for candidate in walk(folder):
        try:
            decoded = decode(candidate.path, 224)
        except PictureError as error:
            assert error.reason
            assert error.remedy
            refused += 1
            continue
        assert decoded.picture.mode == "RGB"
        made += 1
    assert made >= 126
    assert refused <= 30


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


@settings(deadline=None, max_examples=80)
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
