"""What every Embedder must do; a test class inherits it and says how to make one."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PIL import Image

ODD_TEXTS = ["", " ", "?!", "a dog", "A DOG", "狗 📷", "\ud800", "a\0b", "word " * 400, "x" * 5000, "two\nlines"]


def picture(width, height, seed=0, mode="RGB"):
    noise = np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)
    return Image.fromarray(noise).convert(mode)


class EmbedderContract:
    # how far two ways of computing the same vector may lie apart
    close = 1e-4

    @pytest.fixture
    def embedder(self):
        raise TypeError("a contract is run by a class that inherits it")

    def test_it_says_what_it_is(self, embedder):
        assert embedder.spec
        assert embedder.revision
        assert embedder.dim > 0
        assert embedder.picture_side > 0

    @pytest.mark.parametrize("size", [(1, 1), (1, 300), (3000, 7), (64, 64), (640, 480)])
    def test_any_picture_has_a_unit_vector(self, embedder, size):
        made = embedder.embed_pictures([picture(*size)])
        assert (made.shape, made.dtype) == ((1, embedder.dim), np.float32)
        assert np.linalg.norm(made[0]) == pytest.approx(1, abs=1e-3)

    def test_any_text_has_a_unit_vector(self, embedder):
        made = embedder.embed_texts(ODD_TEXTS)
        assert (made.shape, made.dtype) == ((len(ODD_TEXTS), embedder.dim), np.float32)
        np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, atol=1e-3)

    @pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "1", "CMYK"])
    def test_a_picture_that_is_not_rgb_is_seen_as_rgb(self, embedder, mode):
        odd = picture(70, 50, mode=mode)
        seen = embedder.embed_pictures([odd, odd.convert("RGB")])
        np.testing.assert_allclose(seen[0], seen[1], atol=self.close)

    def test_nothing_has_no_vectors(self, embedder):
        assert embedder.embed_pictures([]).shape == embedder.embed_texts([]).shape == (0, embedder.dim)

    def test_many_at_once_are_as_one_by_one_and_in_their_order(self, embedder):
        many = [picture(40 + i, 70 - i, i) for i in range(35)]
        alone = np.concatenate([embedder.embed_pictures([p]) for p in many])
        np.testing.assert_allclose(embedder.embed_pictures(many), alone, atol=self.close)
        texts = ["a red wall", "a cat on a blue sofa in the evening", "yellow"]
        said = np.concatenate([embedder.embed_texts([text]) for text in texts])
        np.testing.assert_allclose(embedder.embed_texts(texts), said, atol=self.close)

    def test_asked_again_it_says_the_same_of_each_and_another_of_others(self, embedder):
        mine = [Image.new("RGB", (30, 20), colour) for colour in ("red", "blue")]
        first = embedder.embed_pictures(mine)
        np.testing.assert_array_equal(embedder.embed_pictures(mine), first)
        assert np.abs(first[0] - first[1]).max() > 1e-4
        said = embedder.embed_texts(["red", "blue"])
        np.testing.assert_array_equal(embedder.embed_texts(["red", "blue"]), said)
        assert np.abs(said[0] - said[1]).max() > 1e-4

    def test_it_leaves_the_pictures_as_they_were(self, embedder):
        mine = picture(50, 40)
        before = mine.tobytes()
        embedder.embed_pictures([mine])
        assert (mine.size, mine.tobytes()) == ((50, 40), before)

    def test_it_knows_words_and_owns_up_to_knowing_nothing_of_blanks(self, embedder):
        assert embedder.knows("red")
        assert not any(embedder.knows(text) for text in ("", "  ", "?!"))

    def test_several_threads_get_what_one_gets(self, embedder):
        mine, wanted = picture(60, 50), embedder.embed_pictures([picture(60, 50)])
        said, wrong = embedder.embed_texts(["red"]), []

        def ask():
            for _ in range(3):
                if not np.allclose(embedder.embed_pictures([mine]), wanted, atol=self.close):
                    wrong.append("picture")
                if not np.allclose(embedder.embed_texts(["red"]), said, atol=self.close):
                    wrong.append("text")

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong
