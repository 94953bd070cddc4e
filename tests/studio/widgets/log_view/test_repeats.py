"""Repeated rows shown once."""

from hypothesis import given
from hypothesis import strategies as st

from studio.widgets.log_view.repeats import MAX_PERIOD, Repeat, Repeats

Keys = list[int]


def looked_at(keys: Keys, steps: list[int] | None = None) -> Repeats:
    """Repeats that have seen `keys`, at once or in steps."""
    repeats, end = Repeats(), 0
    for step in steps or []:
        end = min(end + step, len(keys))
        repeats.feed(keys[repeats.done : end])
    repeats.feed(keys[repeats.done :])
    return repeats


def shown(repeats: Repeats, places: int) -> list[tuple[int, Repeat | None]]:
    """What is displayed: the place of each row, and what begins there."""
    rows = range(repeats.rows(places))
    return [(repeats.place_of(row), repeats.repeat_at(row)) for row in rows]


def unfolded(repeats: Repeats, keys: Keys) -> Keys:
    """What was fed, from what is displayed."""
    found: Keys = []
    row = 0
    while row < repeats.rows(len(keys)):
        repeat = repeats.repeat_at(row) or Repeat(1, 1)
        block = [keys[repeats.place_of(row + offset)] for offset in range(repeat.period)]
        found += block * repeat.times
        row += repeat.period
    return found


def test_alike_rows_are_one_row() -> None:
    assert shown(looked_at([1, 7, 7, 7, 2]), 5) == [(0, None), (1, Repeat(3, 1)), (4, None)]


def test_a_block_is_shown_once() -> None:
    keys = [5, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 9]
    assert shown(looked_at(keys), len(keys)) == [
        (0, None),
        (1, Repeat(3, 3)),
        (2, None),
        (3, None),
        (10, None),
        (11, None),
    ]


def test_a_million_alike_rows_are_one() -> None:
    repeats = Repeats()
    for _ in range(1000):
        repeats.feed([4] * 1000)
    assert repeats.rows(1_000_000) == 1
    assert repeats.repeat_at(0) == Repeat(1_000_000, 1)
    assert repeats.row_of(999_999) == 0


few_keys = st.lists(st.integers(0, 3), max_size=80)
blocks = st.tuples(st.lists(st.integers(0, 4), min_size=1, max_size=MAX_PERIOD), st.integers(1, 5))
repeated = st.lists(blocks, max_size=6).map(
    lambda found: [key for block, times in found for key in block * times]
)


@given(few_keys | repeated, st.lists(st.integers(1, 13), max_size=30))
def test_the_steps_make_no_difference(keys: Keys, steps: list[int]) -> None:
    assert shown(looked_at(keys, steps), len(keys)) == shown(looked_at(keys), len(keys))


@given(few_keys | repeated)
def test_nothing_is_lost(keys: Keys) -> None:
    assert unfolded(looked_at(keys), keys) == keys


@given(few_keys | repeated)
def test_every_place_belongs_to_the_row_that_shows_it(keys: Keys) -> None:
    repeats = looked_at(keys)
    rows = [repeats.row_of(place) for place in range(len(keys))]
    assert rows == sorted(rows)
    assert [repeats.row_of(repeats.place_of(row)) for row in rows] == rows
