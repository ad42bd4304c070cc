"""Which files of a folder are looked at: by name, by content, and by the globs that a user gives."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from indexer.records import Candidate
from indexer.walk import walk
from tests.conftest import paint, shared
from vlm import UsageError


def chosen(folder, include=(), exclude=()):
    return sorted(entry.relative for entry in walk(folder, include, exclude))


@pytest.mark.parametrize(
    ("include", "exclude", "found"),
    [
        (("*.jpg",), (), "a.jpg one/B.JPG one/two/c.jpg"),
        (("**/*.jpg",), (), "a.jpg one/B.JPG one/two/c.jpg"),
        (("/*.jpg",), (), "a.jpg"),
        (("one/",), (), "one/B.JPG one/two/c.jpg one/d.png"),
        (("one/**",), ("*.JPG",), "one/d.png"),
        (("one/*",), (), "one/B.JPG one/two/c.jpg one/d.png"),
        (("one/*.*",), (), "one/B.JPG one/d.png"),
        (("**/two/**",), (), "one/two/c.jpg"),
        (("**/one/**",), (), "one/B.JPG one/two/c.jpg one/d.png"),
        (("one/**/c.jpg",), (), "one/two/c.jpg"),
        (("*.jpg", "!a.jpg"), (), "one/B.JPG one/two/c.jpg"),
        (("a.*", "*.png"), (), "a.jpg one/d.png"),
        (("[ab].jpg",), (), "a.jpg one/B.JPG"),
        ((), ("one/",), "a.jpg"),
        ((), ("**/one",), "a.jpg"),
        ((), ("**/*.jpg",), "one/d.png"),
        ((), ("two",), "a.jpg one/B.JPG one/d.png"),
        ((), ("one/*.png", "a.*"), "one/B.JPG one/two/c.jpg"),
    ],
)
def test_globs_choose_files_as_in_gitignore(tmp_path, include, exclude, found):
    for name in ("a.jpg", "one/B.JPG", "one/two/c.jpg", "one/d.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert chosen(tmp_path, include, exclude) == sorted(found.split())


def test_a_glob_that_means_nothing_is_refused_with_the_reason(tmp_path):
    with pytest.raises(UsageError, match="not a glob"):
        list(walk(tmp_path, ("a\\",)))


NAMES = st.sampled_from(["a", "b", "One", "two.x", "é"])
TREES = st.sets(st.lists(NAMES, min_size=1, max_size=3).map("/".join), min_size=1, max_size=8)
GLOBS = st.lists(st.sampled_from(["a", "b", "one", "*", "**", "two.*", "É", "?"]), min_size=1, max_size=3).map("/".join)


@settings(max_examples=60)
@given(tree=TREES, glob=GLOBS)
def test_whatever_a_glob_takes_in_it_leaves_out_when_excluded(tmp_path_factory, tree, glob):
    folder = tmp_path_factory.mktemp("tree")
    for path in tree:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{path}.jpg").write_bytes(b"x")
    every = chosen(folder)
    assert len(every) == len(tree)
    assert sorted(chosen(folder, (glob,)) + chosen(folder, (), (glob,))) == every
    if "/" not in glob and glob != "**":
        assert chosen(folder, (f"**/{glob}",)) == chosen(folder, (glob,))
        assert chosen(folder, (f"{glob}/",)) == chosen(folder, (f"**/{glob}/**",))


def as_bytes(form):
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, form)
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "BMP", "HEIF", "JPEG2000"])
@pytest.mark.parametrize("name", ["IMG_0001", "IMG 2020.01.05", "picture.jpg~", "picture.jpg_large", "x.unheard-of"])
def test_a_picture_without_a_pictures_name_is_found_by_how_it_begins(tmp_path, form, name):
    (tmp_path / name).write_bytes(as_bytes(form))
    assert chosen(tmp_path) == [name]


@pytest.mark.parametrize(
    "path", ["rawpy/RAW_KODAK_DC50_é.KDC", "exiftool/FujiFilm.raf", "exiftool/Panasonic.rw2", "exiftool/CanonRaw.cr3"]
)
def test_a_raw_file_without_a_name_is_found_by_how_it_begins(tmp_path, path):
    (tmp_path / "DSC0001").write_bytes((shared("data/formats") / path).read_bytes())
    assert chosen(tmp_path) == ["DSC0001"]


@pytest.mark.parametrize(
    "content", [b"BMW, a list of cars", b"", b"\0\0\0\x18ftypisom", b"#!/bin/sh", b"P5 is a motorway"]
)
def test_other_files_without_a_name_are_no_failures(tmp_path, content):
    (tmp_path / "README").write_bytes(content)
    assert chosen(tmp_path) == []


def test_files_named_as_something_else_are_not_opened(tmp_path):
    paint(tmp_path / "a.png", "red").rename(tmp_path / "letter.txt")
    paint(tmp_path / "a.png", "red").rename(tmp_path / "backup.zip")
    assert chosen(tmp_path) == []


def test_sizes_and_times_come_with_the_files(tmp_path):
    path = paint(tmp_path / "a.png", "red")
    (entry,) = walk(tmp_path)
    assert entry == Candidate(path, "a.png", path.stat().st_size, path.stat().st_mtime_ns)
