"""Rows by place: filter, repetitions and growth in any order give what a fresh look gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.widgets.log_view.lens import Lens
from studio.widgets.log_view.passed_rows import PassedRows

numbers = st.sets(st.integers(1, 300), max_size=60).map(sorted)


def whole(passed: PassedRows) -> list[int]:
    """Every number that passes."""
    return [passed.seq_at(place) for place in range(len(passed))]


@given(numbers, st.integers(0, 60), st.lists(st.integers(1, 9), max_size=20), st.data())
def test_searched_backwards_and_grown_is_as_given(
    seqs: list[int], older: int, cuts: list[int], data: st.DataObject
) -> None:
    passed, before, after = PassedRows(), seqs[:older], seqs[older:]
    for cut in [*cuts, 300]:
        if data.draw(st.booleans()):
            passed.prepend(reversed(before[-cut:]))
            before = before[: -cut or None] if cut < len(before) else []
        else:
            passed.append(after[:cut])
            after = after[cut:]
    passed.prepend(reversed(before))
    passed.append(after)
    for _ in ("as it was searched", "settled"):
        assert whole(passed) == seqs
        assert list(passed.page(0, 300)) == seqs
        assert list(passed.page(3, 7)) == seqs[3:7]
        for seq in range(1, 302):
            assert passed.place_of(seq) == sum(other < seq for other in seqs)
            assert passed.holds(seq) == (seq in seqs)
        passed.settle()


def test_without_a_filter_nothing_is_kept() -> None:
    passed = PassedRows(5)
    assert passed.everything
    assert whole(passed) == [1, 2, 3, 4, 5]
    passed.grow_to(1_000_000_000)
    assert passed.seq_at(999_999_999) == 1_000_000_000
    assert passed.place_of(77) == 76
    assert list(passed.page(3, 6)) == [4, 5, 6]


def test_no_such_place() -> None:
    for passed in (PassedRows(2), PassedRows()):
        with pytest.raises(IndexError):
            passed.seq_at(2)


@given(st.lists(st.integers(0, 2), max_size=40), st.data())
def test_a_collapsed_lens_stands_for_every_row(keys: list[int], data: st.DataObject) -> None:
    lens = Lens()
    lens.passed.grow_to(len(keys))
    lens.set_collapsed(True)
    assert lens.repeats is not None
    lens.repeats.feed(keys[: data.draw(st.integers(0, len(keys)))])
    lens.repeats.feed(keys[lens.repeats.done :])
    if keys:
        assert list(lens.between(1, len(keys))) == list(range(1, len(keys) + 1))
    row = 0
    found: list[int] = []
    while row < len(lens):
        repeat = lens.repeat_at(row)
        last = row + (repeat.period if repeat else 1) - 1
        found += lens.between_rows(row, last)
        row = last + 1
    assert found == list(range(1, len(keys) + 1))
    lens.set_collapsed(False)
    assert len(lens) == len(keys)
