"""Words and examples in one query: `beach like:3 -like:9`."""

from __future__ import annotations

import numpy as np
import pytest

from search.cutoff import Calibration
from search.mixing import mixed


def unit(*numbers):
    row = np.array(numbers, np.float32)
    return row / np.linalg.norm(row)


# As models of the CLIP kind have it: all pictures lie near one direction (the first), and their cosines with each other
# scatter more than those of words with them.
MEASURED = Calibration(unit(1, 0, 0, 0) * 0.8, scatter=0.02, middle=0.2, spread=0.02, top=3.0, between=0.1)
BEACH, SUNSET, PARTY = (unit(1, *rest) for rest in np.eye(3))
WORDS = unit(0.2, 1, 0.2, 0.2)


def best(vector):
    pictures = {"beach": BEACH, "sunset": SUNSET, "party": PARTY}
    return sorted(pictures, key=lambda name: -float(pictures[name] @ vector))


def test_examples_choose_among_what_the_words_say_and_do_not_drown_them():
    assert best(mixed([(WORDS, 1.0)], [(SUNSET, 1.0)], MEASURED)) == ["beach", "sunset", "party"]
    assert best(mixed([(WORDS, 1.0)], [(PARTY, 1.0)], MEASURED)) == ["beach", "party", "sunset"]
    assert best(mixed([(WORDS, 1.0)], [(PARTY, -1.0)], MEASURED)) == ["beach", "sunset", "party"]
    many = mixed([(WORDS, 1.0)], [(SUNSET, 1.0)] * 50, MEASURED)
    assert many == pytest.approx(mixed([(WORDS, 1.0)], [(SUNSET, 1.0)], MEASURED), abs=1e-5)


def test_an_example_of_much_weight_is_what_is_looked_for():
    assert best(mixed([(WORDS, 1.0)], [(SUNSET, 40.0)], MEASURED))[0] == "sunset"


def test_without_words_examples_are_what_is_looked_for():
    assert best(mixed([], [(SUNSET, 1.0), (PARTY, -1.0)], MEASURED)) == ["sunset", "beach", "party"]
    assert best(mixed([(WORDS, -1.0)], [(PARTY, 1.0)], MEASURED))[0] == "party"


def test_terms_that_cancel_each_other_leave_the_first():
    assert mixed([(WORDS, 1.0), (WORDS, -1.0), (WORDS, -1.0)], []) == pytest.approx(WORDS)
