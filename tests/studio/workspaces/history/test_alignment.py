"""Aligning two logs: found, complete, in order; what differs from run to run is passed over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.workspaces.history.alignment import Aligned, Kind, align, key_of

_ROWS = st.lists(st.sampled_from("abcdefg"), max_size=40)


def _kinds(aligned: Aligned) -> list[Kind]:
    return [Kind(kind) for kind in aligned.kinds]


def test_a_changed_row_stands_beside_what_it_was() -> None:
    aligned = align(["start", "score 1", "end"], ["start", "score 2", "end"])
    assert _kinds(aligned) == [Kind.SAME, Kind.CHANGED, Kind.SAME]
    assert list(aligned.left) == list(aligned.right) == [0, 1, 2]
    assert aligned.differences == [1]


def test_rows_of_one_side_only() -> None:
    aligned = align(["a", "gone", "b", "c"], ["a", "b", "new", "newer", "c"])
    assert _kinds(aligned) == [
        Kind.SAME, Kind.LEFT_ONLY, Kind.SAME, Kind.RIGHT_ONLY, Kind.RIGHT_ONLY, Kind.SAME,
    ]  # fmt: skip
    assert aligned.differences == [1, 3]


def test_empty_logs() -> None:
    assert len(align([], []).kinds) == 0
    assert _kinds(align([], ["a"])) == [Kind.RIGHT_ONLY]


@given(_ROWS, _ROWS)
def test_every_row_stands_there_once_and_in_order(left: list[str], right: list[str]) -> None:
    aligned = align(left, right)
    assert [at for at in aligned.left if at >= 0] == list(range(len(left)))
    assert [at for at in aligned.right if at >= 0] == list(range(len(right)))
    for a, b, kind in zip(aligned.left, aligned.right, aligned.kinds, strict=True):
        if kind == Kind.SAME:
            assert left[a] == right[b]
        else:
            assert a < 0 or b < 0 or left[a] != right[b]


@given(_ROWS)
def test_a_log_is_equal_to_itself(rows: list[str]) -> None:
    assert not align(rows, rows).differences


def test_long_logs_of_rows_that_all_repeat_are_compared_in_pieces() -> None:
    left = [f"row {number % 50}" for number in range(20_000)]
    right = [*left]
    right[7_000] = right[13_001] = "another"
    assert align(left, right).differences == [7_000, 13_001]


def test_long_logs_that_share_nothing() -> None:
    left = [f"left {number % 7}" for number in range(30_000)]
    right = [f"right {number % 7}" for number in range(30_000)]
    assert set(align(left, right).kinds) == {Kind.CHANGED}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("took 12 ms", "took 1.4 s"),
        ("at 12:01:33.120", "at 09:59:01"),
        ("<object at 0x7f00aa10>", "<object at 0x7fffee20>"),
        ("/runs/20261120-094026-1234kq/view/a.py", "/runs/20261121-101112-9999zz/view/a.py"),
        ("(pid 24241, 25 ms)", "(pid 7, 1.2 s)"),
        ("on 2026-11-20 10:00:01", "on 2026-11-21T11:22:33Z"),
    ],
)
def test_what_passes_is_passed_over(left: str, right: str) -> None:
    assert key_of(left) == key_of(right)


@pytest.mark.parametrize(("left", "right"), [("score 1", "score 2"), ("line 12", "line 13")])
def test_what_matters_is_not(left: str, right: str) -> None:
    assert key_of(left) != key_of(right)
