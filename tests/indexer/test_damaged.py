"""A picture of whose file a part is missing: found by what is left, and it is told everywhere that it is not whole."""

from __future__ import annotations

import io
import json
import struct

import numpy as np
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from PIL import Image

import imsearch
from indexer.decode import decode_bytes
from indexer.failures import DAMAGED
from indexer.filters import condition
from search.library import Library
from web.app import create_app


def drawing(kind: str, **how) -> bytes:
    """A picture with much in it, as the file's bytes."""
    noise = np.random.default_rng(0).integers(0, 255, (90, 120, 3), np.uint8)
    made = io.BytesIO()
    Image.fromarray(noise).resize((480, 360)).save(made, kind, **how)
    return made.getvalue()


@pytest.mark.parametrize(
    ("kind", "how"),
    [("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("GIF", {}), ("TIFF", {}), ("BMP", {})],
)
@pytest.mark.parametrize("side", [64, 360])
def test_what_is_cut_off_is_read_as_far_as_it_goes_and_known_to_be(kind, how, side):
    data = drawing(kind, **how)
    assert not decode_bytes(data, f".{kind}", side).damaged
    assert not decode_bytes(data + b"what a phone writes behind a picture", f".{kind}", side).damaged
    for left in (0.4, 0.9):
        made = decode_bytes(data[: int(len(data) * left)], f".{kind}", side)
        assert made.damaged
        assert (made.width, made.height) == (480, 360)


@pytest.mark.parametrize("end", [1, 2])
def test_a_picture_that_lacks_its_end_mark_alone_is_whole(end):
    data = drawing("JPEG")
    assert not decode_bytes(data[:-end], ".jpg", 360).damaged


def test_a_picture_with_a_wrong_checksum_where_no_pixels_are_is_whole():
    data = drawing("PNG")
    at = data.index(b"IDAT") - 4
    comment = struct.pack(">I", 5) + b"tEXt" + b"a\0bcd" + b"\1\2\3\4"
    assert not decode_bytes(data[:at] + comment + data[at:], ".png", 360).damaged


def test_it_is_told_as_long_as_the_file_is_not_mended(shelf):
    whole = drawing("JPEG")
    (shelf.pictures / "whole.jpg").write_bytes(whole)
    (shelf.pictures / "half.jpg").write_bytes(whole[: len(whole) // 2])
    report = shelf.index()
    assert (report.added, report.damaged, report.failed) == (2, 1, 0)
    (told,) = shelf.catalog.failures.all()
    assert (told.path, told.stage, told.reason) == (str(shelf.pictures / "half.jpg"), "damaged", DAMAGED)
    assert shelf.catalog.failures.counts() == {("damaged", ""): 1}
    half = shelf.catalog.find(told.path)
    assert half and half.damaged
    assert shelf.catalog.filter(condition("has", "damage")).tolist() == [half.id]
    assert dict(shelf.catalog.counting.counts(None, ["has"])["has"])["damage"] == 1
    # moved, it is not read again
    (shelf.pictures / "half.jpg").rename(shelf.pictures / "moved.jpg")
    assert shelf.index().moved == 1
    assert [one.path for one in shelf.catalog.failures.all()] == [str(shelf.pictures / "moved.jpg")]
    # restored from a backup
    (shelf.pictures / "moved.jpg").write_bytes(whole)
    assert shelf.index().damaged == 0
    assert shelf.catalog.failures.all() == []


def test_people_read_it_in_the_terminal_and_pages_in_the_api(tmp_path):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    whole = drawing("JPEG")
    (pictures / "half.jpg").write_bytes(whole[: len(whole) // 2])
    place = tmp_path / "library"

    def typed(*arguments):
        done = CliRunner().invoke(imsearch.cli, [*map(str, arguments), "--library", str(place)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    assert "1 file could be read in part alone; see which with: imsearch failures" in typed(
        "index", pictures, "--no-ocr"
    )
    said = typed("failures")
    assert f"half.jpg\n    damaged: {DAMAGED}" in said
    assert "imsearch search has:damage" in said
    assert "imsearch retry" not in said and "annotate" not in said
    assert DAMAGED in typed("show", pictures / "half.jpg")
    assert [hit["id"] for hit in json.loads(typed("search", "has:damage", "--json"))["hits"]] == [1]
    with Library.open(place) as library:
        client = TestClient(create_app(library), base_url="http://127.0.0.1")
        assert client.get("/api/v1/pictures/1").json()["damaged"]
        told = client.get("/api/v1/failures").json()
        assert told["groups"] == [{"stage": "damaged", "model": "", "count": 1}]
        assert [one["name"] for one in told["failures"]] == ["half.jpg"]
