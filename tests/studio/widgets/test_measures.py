"""Numbers as people read them."""

import time

import pytest

from studio.widgets.measures import clock, duration, moment, percent, short_id, size


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 ms"), (0.34, "340 ms"), (4.84, "4.8 s"), (125, "2 min 05 s"), (11_400, "3 h 10 min")],
)
def test_lengths_of_time(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (84_000_000, "84 MB"), (2.5e12, "2.5 TB")],
)
def test_sizes(count: float, text: str) -> None:
    assert size(count) == text


def test_running_times() -> None:
    assert [clock(seconds) for seconds in (-1, 12.9, 3723)] == ["00:00", "00:12", "1:02:03"]


def test_moments_tell_the_day_when_it_is_another() -> None:
    noon = time.mktime((2026, 11, 20, 12, 0, 5, 0, 0, -1))
    assert moment(noon, noon + 60) == "12:00:05"
    assert moment(noon, noon + 2 * 86_400) == "20 Nov 12:00"
    assert moment(noon, noon + 400 * 86_400) == "20 Nov 2026"


def test_shares_and_ids() -> None:
    assert percent(186.6) == "187 %"
    assert short_id("sha256:0123456789abcdef") == "0123456789ab"
    assert short_id(None) == ""
