"""Samples of a run's use as curves, and as words. Pure."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from session.usage import Usage
from studio.figures import duration, percent, size

if TYPE_CHECKING:
    from session.budget import Budget


class Series(NamedTuple):
    """One curve: seconds before the newest sample (so at most 0), and a value for each."""

    seconds: list[float]
    values: list[float]


class UsageSeries(NamedTuple):
    """Memory in bytes, processor time in percent of one core, new log rows a second."""

    memory: Series
    cpu: Series
    rate: Series


class UsageWords(NamedTuple):
    """The newest sample in words."""

    memory: str
    cpu: str
    rate: str


def series_of(samples: Sequence[Usage]) -> UsageSeries:
    """Return the curves of samples that are in order of time."""
    if not samples:
        empty = Series([], [])
        return UsageSeries(empty, empty, empty)
    newest = samples[-1].at
    seconds = [sample.at - newest for sample in samples]
    memory = Series(seconds, [float(sample.memory) for sample in samples])
    pairs = list(pairwise(samples))
    cpu = Series(seconds[1:], [_cpu(before, after) for before, after in pairs])
    rate = Series(seconds[1:], [_rate(before, after) for before, after in pairs])
    return UsageSeries(memory, cpu, rate)


def words_of(samples: Sequence[Usage]) -> UsageWords | None:
    """Return the newest sample in words; None without one."""
    if not samples:
        return None
    before, after = samples[-2:] if len(samples) > 1 else (samples[-1], samples[-1])
    rate = _rate(before, after)
    return UsageWords(size(after.memory), percent(_cpu(before, after)), rate_words(rate))


def budget_words(samples: Sequence[Usage], budget: "Budget | None") -> list[str]:
    """Return how much of its time a run has used: `time 12.1 of 60.0 s`, and what it computed."""
    if not samples or budget is None:
        return []
    now = samples[-1]
    spent = (("time", now.wall_s, budget.wall_s), ("processor", now.cpu_s, budget.cpu_s))
    return [
        f"{name} {duration(used)} of {duration(limit)}"
        for name, used, limit in spent
        if limit is not None
    ]


def size_words(amount: float) -> str:
    """Return an amount of memory in words."""
    return size(round(amount))


def rate_words(rate: float) -> str:
    """Return a rate of log rows in words."""
    return f"{rate:,.0f} rows/s"


def _cpu(before: Usage, after: Usage) -> float:
    """A process that ended takes its seconds with it: that is no negative use."""
    return max(after.cpu_s - before.cpu_s, 0.0) / _passed(before, after) * 100


def _rate(before: Usage, after: Usage) -> float:
    return max(after.rows - before.rows, 0) / _passed(before, after)


def _passed(before: Usage, after: Usage) -> float:
    return max(after.at - before.at, 0.001)
