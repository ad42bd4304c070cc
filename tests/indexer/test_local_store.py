"""The store on this disk keeps the contract of every store."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.catalog import Catalog
from indexer.filters import condition
from indexer.local import LocalStore
from indexer.manifest import Manifest
from indexer.records import Exif, NewPicture, Text
from tests.contracts.store import SAMPLES, StoreContract
from tests.small import said, write
from vlm.protocols import DetectedObject


class TestLocalStore(StoreContract):
    @pytest.fixture(autouse=True)
    def fill(self, tmp_path):
        catalog = Catalog.open(tmp_path / "catalog.sqlite")
        root = catalog.roots.add("/pictures")
        self.store = LocalStore(tmp_path, catalog, Manifest("colour", "1", 4))
        for i, sample in enumerate(SAMPLES, 1):
            picture = NewPicture(
                root, sample.path, f"hash{i}", sample.size, 10**18, sample.width, sample.height, sample.format,
                Exif(taken_at=sample.taken_at), (),
            )  # fmt: skip
            catalog.put(self.store.model_id, [(picture, np.array(sample.vector, np.float32))], "now")
            if sample.words:
                write(catalog, Text(i, "ocr", sample.words, "rapidocr"))
        catalog.marks.put_looks([("hash3", bytes([100]) + bytes(62), 1.0)])
        yield
        self.store.close()

    def test_pictures_of_a_disk_that_is_away_are_not_found(self):
        self.store.catalog.roots.set_online(1, False)
        assert self.store.count() == 0

    @pytest.mark.parametrize(
        ("asked", "kept"),
        [
            ("wine glass", "ab"), ("wine glass>=2", "a"), ("wine glass=1", "b"), ("wine glass<2", "bcde"),
            ("wine glass<=2", "abcde"), ("wine glass=0", "cde"), ("wine glass>0", "ab"), ("dog", "a"), ("cat", ""),
        ],
    )  # fmt: skip
    def test_objects_are_counted_whatever_the_case_of_their_labels(self, asked, kept):
        for picture, labels in ((1, ("Wine Glass", "wine glass", "dog")), (2, ("WINE GLASS",))):
            found = tuple(DetectedObject(label, 0.9, (0, 0, 1, 1)) for label in labels)
            self.store.catalog.texts.annotate(picture, "object", said("detector", objects=found))
        among = self.store.filter(condition("object", asked))
        assert "".join(name[0] for name in self.names(among)) == kept
