"""A part of a picture: what is looked at of it, and that a search by it finds where it is from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from search.errors import QueryError
from search.query import Example
from search.regions import Region, region_of

LENGTHS = st.integers(1, 300)


@given(
    size=st.tuples(LENGTHS, LENGTHS), at=st.tuples(LENGTHS, LENGTHS), part=st.tuples(LENGTHS, LENGTHS), small=LENGTHS
)
def test_any_part_is_seen_with_its_surroundings_at_any_size(size, at, part, small):
    example = Example(id=1, box_xywh=(at[0] - 1, at[1] - 1, *part))
    if at[0] > size[0] or at[1] > size[1]:
        with pytest.raises(QueryError, match="lies outside"):
            region_of(example, *size)
        return
    region = region_of(example, *size)
    left, top, right, bottom = region.drawn
    assert region.seen[0] <= left < right <= region.seen[2] <= size[0]
    assert region.seen[1] <= top < bottom <= region.seen[3] <= size[1]
    seen = Image.new("RGB", (min(small, size[0]), min(small, size[1])))
    drawn, wider = region.views(seen)
    assert wider.size == seen.size
    assert 1 <= drawn.width <= wider.width
    assert 1 <= drawn.height <= wider.height


def test_both_views_show_what_was_drawn():
    region = Region((20, 40, 40, 60), (15, 35, 45, 65))
    whole = Image.new("RGB", (100, 100), "white")
    whole.paste("red", (20, 40, 40, 60))
    seen = whole.crop(region.seen)
    for each in (seen, seen.resize((90, 90), Image.Resampling.NEAREST)):
        drawn, wider = region.views(each)
        assert drawn.getcolors() == [(drawn.width * drawn.height, (255, 0, 0))]
        assert wider is each
    assert region.least(20) == 30


def test_a_search_by_a_part_says_that_something_has_it(shown):
    """However little a part is like any whole picture: it is in one."""
    for picture in shown.library.store.catalog.get(
        [shown.id("red.png"), shown.id("green.png"), shown.id("sea 05.png")]
    ):
        for box in ((0, 0, 3, 3), (picture.width // 2, 0, picture.width // 2, picture.height)):
            part = ",".join(map(str, box))
            hits = shown.library.search(f"like:{picture.id}@{part}", limit=50).hits
            assert not hits[0].weak
