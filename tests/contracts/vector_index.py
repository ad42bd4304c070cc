"""What every VectorIndex must do; a test class inherits it and says how to make one."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from indexer.errors import LibraryDamaged

DIM = 32


def unit(count, seed=0, dim=DIM):
    rows = np.random.default_rng(seed).normal(size=(count, dim)).astype(np.float32)
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def keys(*values):
    return np.array(values, np.int64)


class VectorIndexContract:
    def make(self):
        raise TypeError("a contract is run by a class that inherits it")

    def filled(self, count=200):
        index = self.make()
        index.add(np.arange(1, count + 1), unit(count))
        return index

    def test_an_empty_index_finds_nothing(self):
        ids, scores = self.make().search(unit(1)[0], 5)
        assert len(ids) == len(scores) == 0

    def test_a_vector_is_nearest_to_itself_with_cosine_one(self):
        ids, scores = self.filled().search(unit(200)[41], 3)
        assert ids[0] == 42
        assert scores[0] == pytest.approx(1, abs=2e-3)
        assert (np.diff(scores) <= 0).all()

    def test_asking_for_more_than_there_is_gives_all(self):
        assert sorted(self.filled(7).search(unit(1)[0], 50)[0]) == list(range(1, 8))

    def test_a_key_added_again_is_replaced(self):
        index = self.filled()
        index.add(keys(5), unit(1, seed=9))
        assert index.count == 200
        assert index.search(unit(1, seed=9)[0], 1)[0].tolist() == [5]

    def test_removed_keys_are_gone_and_unknown_ones_no_error(self):
        index = self.filled()
        assert index.remove(keys(42, 999)) == 1
        assert 42 not in index.search(unit(200)[41], 200)[0]
        assert index.search(unit(200)[42], 1)[0].tolist() == [43]

    def test_a_filter_gives_the_true_top_of_what_it_keeps(self):
        index, rows, query = self.filled(), unit(200), unit(1, seed=3)[0]
        kept = keys(*range(10, 200, 19), 5000)
        best = sorted((int(i) for i in kept if i <= 200), key=lambda i: -float(rows[i - 1] @ query))
        assert index.search(query, 4, kept)[0].tolist() == best[:4]
        assert len(index.search(query, 4, keys())[0]) == 0

    def test_bad_input_is_refused_and_changes_nothing(self):
        index = self.filled(3)
        with pytest.raises(ValueError, match="vectors"):
            index.add(keys(9), unit(1, dim=DIM + 1))
        with pytest.raises(ValueError, match="finite"):
            index.add(keys(9), np.full((1, DIM), np.nan, np.float32))
        with pytest.raises(ValueError, match="distinct"):
            index.add(keys(9, 9), unit(2))
        assert index.count == 3

    def test_saved_and_loaded_it_answers_the_same(self, tmp_path):
        index = self.filled()
        index.save(tmp_path / "v", "m@1")
        index.save(tmp_path / "v", "m@1")
        again = type(index).load(tmp_path / "v", "m@1")
        query = unit(1, seed=4)[0]
        assert again.search(query, 9)[0].tolist() == index.search(query, 9)[0].tolist()
        again.add(keys(1000), unit(1, seed=8))
        assert again.count == 201

    @pytest.mark.parametrize("damage", ["other model", "flipped", "short", "no meta", "nothing"])
    def test_what_does_not_verify_is_not_trusted(self, tmp_path, damage):
        folder = tmp_path / "v"
        self.filled().save(folder, "m@1")
        data = (folder / "index").read_bytes()
        if damage == "flipped":
            (folder / "index").write_bytes(data[:500] + bytes([data[500] ^ 1]) + data[501:])
        elif damage == "short":
            (folder / "index").write_bytes(data[:-40])
        elif damage == "no meta":
            (folder / "meta.json").unlink()
        elif damage == "nothing":
            (folder / "index").unlink()
        with pytest.raises(LibraryDamaged):
            type(self.make()).load(folder, "m@2" if damage == "other model" else "m@1")

    def test_searching_while_another_thread_adds_sees_whole_batches(self):
        index = self.make()
        rows, stop, seen = unit(4000, seed=5), threading.Event(), []

        def look():
            while not stop.is_set():
                seen.append(len(index.search(rows[0], 10_000)[0]))

        looking = threading.Thread(target=look)
        looking.start()
        for at in range(0, 4000, 100):
            index.add(np.arange(at, at + 100), rows[at : at + 100])
        stop.set()
        looking.join()
        assert index.count == 4000
        assert all(count % 100 == 0 for count in seen)
