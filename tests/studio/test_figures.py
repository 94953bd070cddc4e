"""Numbers as people read them."""

import time

import pytest

from studio.figures import clock, duration, moment, percent, short_id, since_play, size


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "00:00.000"),
        (-0.5, "00:00.000"),
        (1.12, "00:01.120"),
        (59.9996, "01:00.000"),
        (754.5, "12:34.500"),
        (3600, "1:00:00.000"),
    ],
)
def test_since_play(seconds: float, text: str) -> None:
    assert since_play(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.34, "340 ms"),
        (0.9999, "1.0 s"),
        (4.84, "4.8 s"),
        (59.99, "1 min 00 s"),
        (11400, "3 h 10 min"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (84_000_000, "84 MB"), (2 * 10**12, "2.0 TB")],
)
def test_size(count: int, text: str) -> None:
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
