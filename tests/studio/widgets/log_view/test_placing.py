"""Rows of different heights in a viewport."""

from hypothesis import given
from hypothesis import strategies as st

from studio.widgets.log_view.placing import (
    Anchor,
    bottom_anchor,
    moved,
    place_rows,
    shown_whole,
)

heights = st.lists(st.integers(5, 60), min_size=1, max_size=40)


@given(heights, st.integers(20, 200), st.lists(st.integers(-300, 300), max_size=8))
def test_scrolling_stays_between_the_ends(sizes: list[int], viewport: int, ways: list[int]) -> None:
    anchor, count, height = Anchor(), len(sizes), sizes.__getitem__
    bottom = bottom_anchor(count, height, viewport)
    for way in ways:
        anchor = moved(anchor, way, count, height, viewport)
        assert Anchor() <= anchor <= bottom
        placed = place_rows(anchor, count, height, viewport)
        assert placed[0].y <= 0 < placed[0].y + placed[0].height
        if sum(sizes) >= viewport:
            assert placed[-1].y + placed[-1].height >= viewport


@given(heights, st.integers(20, 200), st.data())
def test_scrolling_there_and_back(sizes: list[int], viewport: int, data: st.DataObject) -> None:
    count, height = len(sizes), sizes.__getitem__
    total = max(sum(sizes) - viewport, 0)
    way = data.draw(st.integers(0, total))
    there = moved(Anchor(), way, count, height, viewport)
    assert sum(sizes[: there.row]) + there.offset == way
    assert moved(there, -way, count, height, viewport) == Anchor()


@given(heights, st.integers(70, 200), st.data())
def test_a_revealed_row_is_in_sight(sizes: list[int], viewport: int, data: st.DataObject) -> None:
    count, height = len(sizes), sizes.__getitem__
    row = data.draw(st.integers(0, count - 1))
    start = moved(Anchor(), data.draw(st.integers(0, 500)), count, height, viewport)
    anchor = shown_whole(start, row, count, height, viewport)
    found = next(p for p in place_rows(anchor, count, height, viewport) if p.row == row)
    assert found.y >= 0
    assert found.y + found.height <= viewport


def test_no_rows() -> None:
    assert place_rows(Anchor(), 0, lambda _: 22, 100) == []
    assert bottom_anchor(0, lambda _: 22, 100) == Anchor()
    assert moved(Anchor(), 50, 0, lambda _: 22, 100) == Anchor()
