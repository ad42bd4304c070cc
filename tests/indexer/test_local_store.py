"""The store on this disk keeps the contract of every store."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.catalog import Catalog
from indexer.local import LocalStore
from indexer.manifest import Manifest
from indexer.records import Exif, NewPicture, Text
from tests.contracts.store import SAMPLES, StoreContract


class TestLocalStore(StoreContract):
    @pytest.fixture(autouse=True)
    def fill(self, tmp_path):
        catalog = Catalog.open(tmp_path / "catalog.sqlite")
        root = catalog.add_root("/pictures")
        self.store = LocalStore(tmp_path, catalog, Manifest("colour", "1", 4))
        for i, sample in enumerate(SAMPLES, 1):
            picture = NewPicture(
                root, sample.path, f"hash{i}", sample.size, 10**18, sample.width, sample.height, sample.format,
                Exif(taken_at=sample.taken_at), (),
            )  # fmt: skip
            catalog.put(self.store.model_id, [(picture, np.array(sample.vector, np.float32))], "now")
            if sample.words:
                catalog.add_text(Text(i, "ocr", sample.words, "rapidocr"))
        catalog.marks().put_looks([("hash3", bytes([100]) + bytes(62), 1.0)])
        yield
        self.store.close()

    def test_pictures_of_a_disk_that_is_away_are_not_found(self):
        self.store.catalog.set_online(1, False)
        assert self.store.count() == 0
