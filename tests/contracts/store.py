"""What every Store must do; a test class inherits it and says how to make one that holds SAMPLES."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
import pytest

from indexer.filters import EVERY_PICTURE, All, AnyOf, Not, condition


@dataclass(frozen=True)
class Sample:
    path: str
    vector: tuple[float, float, float, float]
    taken_at: str
    format: str = "jpeg"
    size: int = 1000
    width: int = 40
    height: int = 30
    words: str = ""


SAMPLES = [
    Sample("2023/rome/a.jpg", (1, 0, 0, 0), "2023-05-01T10:00:00", words="Grand Hotel, via del Corso"),
    Sample("2023/rome/b.png", (0.8, 0.6, 0, 0), "2023-05-02T10:00:00", format="png", size=9000),
    Sample("2023/oslo/c.jpg", (0, 1, 0, 0), "2023-12-31T23:59:59", width=30, height=40),
    Sample("2024/oslo/d.heic", (0, 0, 1, 0), "2024-01-01T00:00:00", format="heic", words="東京都庁の夜景"),
    Sample("2024/e.jpg", (0, 0, 0.6, 0.8), "2024-06-01T00:00:00", width=40, height=40, size=200),
]


def unit(*numbers):
    row = np.array(numbers, np.float32)
    return row / np.linalg.norm(row)


class StoreContract:
    """`self.store` holds SAMPLES under the ids 1 to 5, in order, and a sketch of the third; a subclass's fixture makes it."""

    def names(self, ids):
        return [picture.path.rpartition("/")[2] for picture in self.store.get([int(i) for i in ids])]

    def test_it_counts_what_can_be_found(self):
        assert self.store.count() == len(SAMPLES)

    def test_the_nearest_come_first_with_their_cosines(self):
        ids, cosines = self.store.dense(unit(1, 0.1, 0, 0), 3)
        assert self.names(ids) == ["a.jpg", "b.png", "c.jpg"]
        assert cosines[0] == pytest.approx(0.995, abs=2e-3)
        assert (np.diff(cosines) <= 0).all()

    def test_only_what_the_filter_keeps_is_compared(self):
        among = self.store.filter(condition("in", "oslo"))
        assert self.names(among) == ["c.jpg", "d.heic"]
        assert self.names(self.store.dense(unit(1, 0, 0, 0.1), 5, among)[0]) == ["c.jpg", "d.heic"]

    @pytest.mark.parametrize(
        ("filters", "kept"),
        [
            (condition("in", "2023/rome"), "ab"),
            (condition("type", "jpg"), "ace"),
            (AnyOf((condition("type", "png"), condition("type", "heif"))), "bd"),
            (condition("type", "raw"), ""),
            (Not(condition("type", "raw")), "abcde"),
            (condition("after", "2024"), "de"),
            (condition("before", "2024-01-01"), "abc"),
            (All((condition("after", "2023-5-2"), condition("before", "2023-05-03"))), "b"),
            (condition("size", "1000b", ">="), "abcd"),
            (condition("size", "0.999kb", "<="), "e"),
            (condition("orientation", "portrait"), "c"),
            (condition("orientation", "Square"), "e"),
            (All((condition("in", "oslo"), condition("type", "jpg"))), "c"),
            (condition("in", "nowhere"), ""),
            (Not(condition("in", "rome")), "cde"),
            (Not(condition("camera", "canon")), "abcde"),
            (condition("name", "C.j"), "c"),
            (condition("year", "2023"), "abc"),
            (condition("year", "2023", ">"), "de"),
            (condition("year", "2024", "<"), "abc"),
            (condition("year", "2023", "<="), "abc"),
            (condition("ratio", "4:3"), "abd"),
            (condition("ratio", "1.2", "<"), "ce"),
            (condition("size", "0.001mp", ">="), "abcde"),
            (condition("size", "0.0013mp", ">"), "e"),
            (condition("words", "grand hotel"), "a"),
            (condition("words", "hotel grand"), ""),
            (condition("text", "夜景"), "d"),
            (condition("words", "?!"), ""),
            (condition("has", "ocr"), "ad"),
            (condition("has", "gps"), ""),
            (condition("has", "date"), "abcde"),
            (condition("object", "dog"), ""),
            (condition("object", "dog<1"), "abcde"),
            (condition("tag", "dog"), ""),
            (condition("rating", "3", ">="), ""),
            (condition("state", "unreviewed"), "abcde"),
            (AnyOf((condition("in", "rome"), All((condition("type", "heic"), condition("year", "2024"))))), "abd"),
            (AnyOf(()), ""),
        ],
    )
    def test_filters_keep_what_they_say(self, filters, kept):
        assert "".join(name[0] for name in self.names(self.store.filter(filters))) == kept

    def test_no_filter_means_every_picture(self):
        assert self.store.filter(EVERY_PICTURE) is None

    @pytest.mark.parametrize(("typed", "found"), [("hotel", "a"), ("夜景", "d"), ("rome", "ab"), ("nothing here", "")])
    def test_words_find_names_folders_and_texts_in_any_script(self, typed, found):
        assert "".join(sorted(name[0] for name in self.names([m.id for m in self.store.lexical(typed, 5)]))) == found

    def test_words_obey_the_filter_and_the_limit(self):
        among = self.store.filter(condition("type", ".PNG"))
        assert self.names([m.id for m in self.store.lexical("rome", 5, among)]) == ["b.png"]
        assert len(self.store.lexical("rome", 1)) == 1

    @pytest.mark.parametrize("typed", ["hotel", "夜景", "rome", "rome hotel", "hotel no such word", "", "rom"])
    def test_those_that_hold_all_words_are_those_that_score_one(self, typed):
        assert self.store.holding(typed).tolist() == sorted(m.id for m in self.store.lexical(typed, 9) if m.score >= 1)
        among = self.store.filter(condition("type", ".PNG"))
        told = [m.id for m in self.store.lexical(typed, 9, among) if m.score >= 1]
        assert self.store.holding(typed, among).tolist() == sorted(told)

    def test_it_knows_its_folders_and_cameras(self):
        assert [self.store.is_folder(name) for name in ("Rome", "2023", "ro", "rome 2023", "e", "?")] == [
            True, True, False, False, False, False,
        ]  # fmt: skip
        assert self.store.cameras() == []

    def test_places_are_those_of_pictures(self):
        assert self.store.places(None) == self.store.called("rome") == []
        # a folder is no place: words find it without them, too
        assert self.store.holding("rome", places=False).tolist() == self.store.holding("rome").tolist() != []
        assert len(self.store.lexical("rome", 5, places=False)) == 2

    def test_pictures_are_ordered_by_the_time_taken(self):
        assert "".join(name[0] for name in self.names(self.store.ordered(None, True, 9))) == "edcba"
        among = self.store.filter(condition("in", "rome"))
        assert "".join(name[0] for name in self.names(self.store.ordered(among, False, 1))) == "a"

    def test_pictures_and_vectors_come_in_the_order_asked(self):
        assert self.names([3, 1]) == ["c.jpg", "a.jpg"]
        assert self.names([99, 2]) == ["b.png"]
        np.testing.assert_allclose(self.store.vectors([3, 1]), [[0, 1, 0, 0], [1, 0, 0, 0]], atol=1e-3)
        with pytest.raises(KeyError):
            self.store.vectors([1, 99])
        assert self.store.vectors([]).shape == (0, 4)
        np.testing.assert_allclose(self.store.vectors([99, 3], zeros=True), [[0, 0, 0, 0], [0, 1, 0, 0]], atol=1e-3)

    def test_sketches_come_in_the_order_asked_and_are_zero_where_none_is_known(self):
        rows = self.store.sketches([99, 3])
        assert rows.shape == (2, 63)
        assert np.linalg.norm(rows, axis=1).tolist() == pytest.approx([0, 1], abs=1e-5)
        assert self.store.sketches([]).shape == (0, 63)

    def test_texts_are_those_of_the_picture(self):
        assert [text.text for text in self.store.texts(1)] == [SAMPLES[0].words]
        assert self.store.texts(2) == self.store.texts(99) == []

    def test_many_threads_may_ask_at_once(self):
        wrong = []

        def ask():
            for _ in range(20):
                if self.names(self.store.dense(unit(1, 0, 0, 0), 1)[0]) != ["a.jpg"]:
                    wrong.append("dense")
                if [m.id for m in self.store.lexical("hotel", 1)] != [1]:
                    wrong.append("lexical")

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong
