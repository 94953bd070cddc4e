"""Samples of a run's use as curves and as words."""

import pytest

from session.usage import Usage
from studio.widgets.plots.series import series_of, words_of


def _sample(at: float, memory: int = 0, cpu_s: float = 0.0, rows: int = 0) -> Usage:
    return Usage(at, 1, memory, cpu_s, rows, awaits_input=False)


def test_no_samples_are_no_curve_and_no_words() -> None:
    assert series_of([]).memory.values == []
    assert words_of([]) is None


def test_rates_are_between_samples() -> None:
    samples = [_sample(10.0, 5_000_000, 1.0, 100), _sample(10.5, 6_000_000, 1.25, 600)]
    series = series_of(samples)
    assert series.memory.seconds == [-0.5, 0.0]
    assert series.cpu.values == pytest.approx([50.0])
    assert series.rate.values == pytest.approx([1000.0])
    assert words_of(samples) == ("6.0 MB", "50 %", "1,000 rows/s")


def test_a_process_that_ended_is_no_negative_use() -> None:
    samples = [_sample(1.0, cpu_s=5.0), _sample(1.5, cpu_s=0.1)]
    assert series_of(samples).cpu.values == [0.0]


def test_samples_at_one_moment_do_not_divide_by_zero() -> None:
    samples = [_sample(1.0, rows=1), _sample(1.0, rows=2)]
    assert series_of(samples).rate.values[0] > 0


def test_one_sample_has_words_already() -> None:
    words = words_of([_sample(1.0, 84_000_000)])
    assert words is not None
    assert words == ("84 MB", "0 %", "0 rows/s")
