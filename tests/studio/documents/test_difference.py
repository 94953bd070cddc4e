"""The difference of two texts: complete, side by side, and in bounded time."""

import time

from hypothesis import given
from hypothesis import strategies as st

from studio.documents.difference import difference_rows, line_changes

texts = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=12).map("\n".join)


@given(left=texts, right=texts)
def test_both_texts_can_be_read_off_the_rows(left: str, right: str) -> None:
    rows = difference_rows(left, right)
    assert "\n".join(row.left for row in rows if row.left_number is not None) == left
    assert "\n".join(row.right for row in rows if row.right_number is not None) == right
    for row in rows:
        if row.kind == "same":
            assert row.left == row.right


def test_a_change_is_shown_beside_what_it_was() -> None:
    rows = difference_rows("a\nb\nc", "a\nB\nc\nd")
    assert [(row.kind, row.left, row.right) for row in rows] == [
        ("same", "a", "a"),
        ("changed", "b", "B"),
        ("same", "c", "c"),
        ("right", "", "d"),
    ]
    assert [row.right_number for row in rows] == [1, 2, 3, 4]


def test_huge_texts_take_no_time() -> None:
    left = [f"line {number % 7}" for number in range(60_000)]
    right = [f"line {number % 5}" for number in range(60_000)]
    began = time.monotonic()
    changes = line_changes(left, right)
    assert time.monotonic() - began < 5
    assert changes[-1][2] == len(left)
