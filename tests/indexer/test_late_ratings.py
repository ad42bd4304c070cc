"""Stars that were in the files before imsearch read stars: there after the next run, and then never looked for again."""

from __future__ import annotations

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from indexer.decode import decode, read_told
from indexer.filters import condition
from indexer.records import Edit, Told
from tests.conftest import paint

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description xmp:Rating="%d"/></x:xmpmeta>'


def give_stars(path, stars, by="exif"):
    """What cameras and photo managers write."""
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    if path.suffix == ".png":
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", (XMP % stars).decode())
        picture.save(path, pnginfo=info)
    elif by == "xmp":
        picture.save(path, xmp=XMP % stars)
    else:
        exif = Image.Exif()
        exif[0x4746] = stars
        picture.save(path, exif=exif)


@pytest.fixture
def old(shelf):
    """A library as it was before stars were read."""
    for i, (name, stars) in enumerate((("a.jpg", 4), ("b.jpg", 2), ("c.png", 5), ("d.webp", 3), ("e.png", None))):
        paint(shelf.pictures / name, "red", seed=i)
        if stars:
            give_stars(shelf.pictures / name, stars, "xmp" if name == "b.jpg" else "exif")
    shelf.index()
    shelf.catalog.connections.mine().execute("UPDATE pictures SET rating = NULL, told_sought = 0")
    return shelf


def rated(shelf):
    pictures = shelf.catalog.get(shelf.catalog.ids(shelf.store.model_id).tolist())
    return {picture.path.rpartition("/")[2]: picture.exif.rating for picture in pictures}


def test_the_next_run_finds_them_without_embedding_anything(old):
    seen = old.embedder.seen
    assert old.index().unchanged == 5
    assert rated(old) == {"a.jpg": 4, "b.jpg": 2, "c.png": 5, "d.webp": 3, "e.png": None}
    assert len(old.catalog.filter(condition("rating", "3", ">="))) == 3
    assert old.embedder.seen == seen


def test_they_are_looked_for_once(old):
    old.index()
    opened = []
    old.catalog.told.seek(opened.append, lambda _: None, "now")
    assert opened == []
    paint(old.pictures / "new.png", "blue")
    old.index()
    old.catalog.told.seek(opened.append, lambda _: None, "now")
    assert opened == []


def test_a_run_that_was_stopped_goes_on_and_a_missing_disk_waits(old, monkeypatch):
    monkeypatch.setattr("indexer.told.BATCH", 2)
    away = (old.pictures / "b.jpg").rename(old.library / "b.jpg")

    def stop(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        old.catalog.told.seek(read_told, stop, "now")
    assert sorted(filter(None, rated(old).values())) == [4]
    away.rename(old.pictures / "b.jpg")
    old.index()
    assert rated(old)["b.jpg"] == 2


def test_stars_that_a_person_gave_stay(old):
    old.catalog.edits.make([old.catalog.find(f"{old.pictures}/a.jpg").id], Edit(rating=1), "now")
    old.index()
    assert rated(old)["a.jpg"] == 1


def test_they_are_read_as_indexing_reads_them_and_broken_files_have_none(old):
    for name in ("a.jpg", "b.jpg", "c.png", "d.webp", "e.png"):
        assert read_told(old.pictures / name).rating == decode(old.pictures / name, 8).exif.rating
    (old.pictures / "a.jpg").write_bytes(b"\xff\xd8\xff\xe1 broken")
    assert read_told(old.pictures / "a.jpg") == Told()
