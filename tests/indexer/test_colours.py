"""Colours by the names that people give them."""

from __future__ import annotations

import pytest
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
