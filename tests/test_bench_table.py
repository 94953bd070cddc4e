"""The bench table: one row a figure, put between two markers of the README."""

import pytest

from tests.bench.__main__ import BEGIN, END, README, describe_machine, place_table, render_table
from tests.bench.figure import Figure

STOP = Figure("Stop", "≤ 150 ms", "38 ms", met=True, how="p95 of 200\ncycles")
SLOW = Figure("Start | cold", "≤ 5 ×", "6 ×", met=False, how="one run")


def test_a_missed_figure_is_shown_as_missed() -> None:
    rows = render_table([STOP, SLOW]).splitlines()[2:]
    assert rows == [
        "| Stop | ≤ 150 ms | 38 ms | yes | p95 of 200 cycles |",
        "| Start \\| cold | ≤ 5 × | 6 × | **no** | one run |",
    ]


def test_placing_a_table_twice_leaves_the_second() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    once = place_table(page, "first")
    assert place_table(once, "second") == f"before\n{BEGIN}\nsecond\n{END}\nafter\n"


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="two markers"):
        place_table("no markers here", "table")


def test_the_readme_has_a_place_for_the_figures() -> None:
    text = README.read_text(encoding="utf-8")
    assert text.count(BEGIN) == 1
    assert text.count(END) == 1


def test_the_machine_is_described_in_one_line() -> None:
    line = describe_machine()
    assert line.startswith("Measured on ")
    assert " cores, " in line
    assert "\n" not in line
