"""Colours by the names that people give them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from indexer.colours import dominant_colours


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((255, 0, 0), "red"), ((128, 0, 0), "red"), ((220, 20, 60), "red"), ((178, 34, 34), "red"),
        ((0, 0, 255), "blue"), ((0, 0, 128), "blue"), ((0, 0, 205), "blue"), ((135, 206, 235), "blue"),
        ((70, 130, 180), "blue"), ((25, 25, 112), "blue"), ((100, 149, 237), "blue"), ((30, 144, 255), "blue"),
        ((0, 255, 0), "green"), ((0, 128, 0), "green"), ((34, 139, 34), "green"), ((107, 142, 35), "green"),
        ((46, 139, 87), "green"), ((152, 251, 152), "green"), ((255, 255, 0), "yellow"), ((255, 215, 0), "yellow"),
        ((255, 165, 0), "orange"), ((255, 140, 0), "orange"), ((255, 127, 80), "orange"), ((139, 69, 19), "brown"),
        ((160, 82, 45), "brown"), ((92, 64, 51), "brown"), ((245, 245, 220), "beige"), ((222, 184, 135), "beige"),
        ((128, 0, 128), "purple"), ((138, 43, 226), "purple"), ((147, 112, 219), "purple"), ((255, 192, 203), "pink"),
        ((255, 105, 180), "pink"), ((255, 0, 255), "pink"), ((0, 128, 128), "teal"), ((64, 224, 208), "teal"),
        ((0, 0, 0), "black"), ((20, 20, 20), "black"), ((128, 128, 128), "grey"), ((211, 211, 211), "grey"),
        ((105, 105, 105), "grey"), ((255, 255, 255), "white"), ((248, 248, 255), "white"),
        # skin from light to dark, wood, sand, paper
        ((255, 224, 189), "beige"), ((241, 194, 125), "beige"), ((224, 172, 105), "beige"), ((198, 134, 66), "brown"),
        ((141, 85, 36), "brown"), ((87, 56, 35), "brown"), ((165, 115, 75), "brown"), ((205, 133, 63), "brown"),
        ((225, 205, 160), "beige"), ((245, 242, 235), "white"), ((170, 75, 25), "brown"),
        # skies, seas, leaves, and what is nearly black or grey
        ((190, 210, 230), "blue"), ((173, 216, 230), "blue"), ((20, 60, 90), "blue"), ((50, 70, 110), "blue"),
        ((85, 120, 45), "green"), ((45, 60, 25), "green"), ((10, 50, 20), "green"), ((85, 107, 47), "green"),
        ((85, 85, 30), "green"), ((190, 255, 0), "green"), ((10, 50, 55), "teal"), ((175, 238, 238), "teal"),
        ((30, 30, 32), "black"), ((45, 40, 38), "grey"), ((54, 54, 58), "grey"), ((170, 165, 158), "grey"),
        ((200, 210, 220), "grey"), ((110, 120, 130), "grey"),
        # what people call them all the same
        ((90, 20, 40), "red"), ((128, 0, 32), "red"), ((60, 5, 10), "red"), ((205, 165, 40), "yellow"),
        ((190, 170, 220), "purple"), ((40, 10, 50), "purple"), ((120, 0, 255), "purple"), ((200, 0, 120), "pink"),
        ((255, 20, 147), "pink"), ((240, 128, 128), "pink"), ((255, 110, 40), "orange"),
    ],
)  # fmt: skip
def test_a_plain_colour_has_its_everyday_name(rgb, name):
    (colour,) = dominant_colours(Image.new("RGB", (40, 30), rgb))
    assert (colour.name, colour.share) == (name, 1.0)


def test_the_biggest_colour_comes_first_and_specks_are_left_out():
    picture = Image.new("RGB", (100, 100), "blue")
    picture.paste("red", (0, 0, 100, 30))
    picture.paste("yellow", (0, 0, 10, 10))
    assert [colour.name for colour in dominant_colours(picture)] == ["blue", "red"]


@given(
    st.tuples(*[st.integers(0, 255)] * 3)
    | st.integers(0, 249).flatmap(lambda grey: st.tuples(*[st.integers(grey, grey + 6)] * 3))
)
def test_greys_have_no_colour_and_strong_colours_are_no_grey(rgb):
    (colour,) = dominant_colours(Image.new("RGB", (4, 4), rgb))
    assert colour.rgb == rgb
    if max(rgb) - min(rgb) <= 6:
        assert colour.name in ("black", "grey", "white")
    if max(rgb) > 120 and min(rgb) < max(rgb) / 3:
        assert colour.name not in ("black", "grey", "white")


def test_shares_add_up_to_the_picture_and_each_colour_is_the_mean_of_its_part():
    picture = Image.new("RGB", (64, 64), (250, 250, 250))
    picture.paste((10, 60, 200), (0, 0, 64, 16))
    white, blue = dominant_colours(picture)
    assert (white.name, white.share, white.rgb) == ("white", 0.75, (250, 250, 250))
    assert (blue.name, blue.share, blue.rgb) == ("blue", 0.25, (10, 60, 200))
