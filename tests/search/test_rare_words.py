"""Which words say what a person meant, on real files and SQLite."""

from __future__ import annotations

from tests.conftest import paint
from tests.small import write


def test_a_word_of_one_name_singles_out_more_than_one_of_many_and_what_pictures_show_says_little(shelf):
    for i in range(30):
        name = f"{'rome' if i % 2 else 'oslo'}/{'dog' if i == 3 else 'anna' if i == 5 else f'p{i:03}'}.png"
        paint(shelf.pictures / name, "red", seed=i)
    shelf.index()
    rarity = {word: shelf.catalog.lexical(word, 5)[0].rarity for word in ("anna", "rome", "dog")}
    assert rarity["anna"] > 0.9 > rarity["rome"] > rarity["dog"]
    (both,) = [m for m in shelf.catalog.lexical("rome dog", 50) if m.score >= 1]
    assert both.weight == 1 and both.rarity > rarity["dog"] + rarity["rome"]


def test_a_note_says_what_the_picture_shows_also_with_a_common_word(shelf):
    from indexer.records import Text

    for i in range(30):
        paint(shelf.pictures / f"{'dog' if i == 3 else f'p{i:03}'}.png", "red", seed=i)
    shelf.index()
    named = shelf.catalog.lexical("dog", 5)[0]
    write(shelf.catalog, Text(9 if named.id != 9 else 10, "note", "our dog", "user"))
    noted = next(m for m in shelf.catalog.lexical("dog", 5) if m.id != named.id)
    assert noted.rarity > 5 * next(m for m in shelf.catalog.lexical("dog", 5) if m.id == named.id).rarity


def test_how_rare_a_word_is_does_not_depend_on_the_filter(shelf):
    import numpy as np

    for i in range(30):
        paint(shelf.pictures / f"{'rome' if i % 2 else 'oslo'}/{i}.png", "red", seed=i)
    shelf.index()
    every = shelf.catalog.lexical("rome", 50)
    only = shelf.catalog.lexical("rome", 50, np.array([every[0].id]))
    assert [m.rarity for m in only] == [every[0].rarity]
