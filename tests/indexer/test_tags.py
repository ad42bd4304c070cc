"""Tags that the built-in model gives: there after indexing, filtered by, gone with the picture's content, not ranked by."""

from __future__ import annotations

from PIL import Image

from search import Library
from tests.conftest import shared


def test_pictures_are_tagged_when_they_are_indexed_and_found_by_their_tags(tmp_path):
    photos = shared("data/photos")
    (tmp_path / "pictures").mkdir()
    for name in ("000000000139.jpg", "000000022892.jpg", "000000189806.jpg"):
        Image.open(photos / name).save(tmp_path / "pictures" / name)
    with Library.open(tmp_path / "library", create=True, model="mini") as library:
        library.index([tmp_path / "pictures"], ocr=False)
        dogs = [hit.picture for hit in library.search("tag:dog").hits]
        assert {picture.path.rpartition("/")[2] for picture in dogs} >= {"000000022892.jpg"}
        tags = [text for text in library.store.texts(dogs[0].id) if text.kind == "tag"]
        assert {tag.model for tag in tags} == {"mini"}
        assert library.search("dog", mode="lexical").hits == ()
        Image.new("RGB", (300, 200), (90, 90, 90)).save(tmp_path / "pictures" / "000000022892.jpg")
        library.index([tmp_path / "pictures"], ocr=False)
        assert "000000022892.jpg" not in {h.picture.path.rpartition("/")[2] for h in library.search("tag:dog").hits}
        before = library.store.texts(dogs[0].id)
        library.index([tmp_path / "pictures"], ocr=False)
        assert library.store.texts(dogs[0].id) == before
