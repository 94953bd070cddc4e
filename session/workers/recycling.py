"""When a worker is replaced by a fresh one: by age, by requests, by the memory of its process.
Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

#: The share of a limit from which on a worker counts as near it.
NEAR: Final = 0.9


class RecycleReason(StrEnum):
    """Why a worker is replaced."""

    TTL = "ttl"
    REQUESTS = "requests"
    MEMORY = "memory"
    MANUAL = "manual"
    WORKER_DIED = "worker_died"


@dataclass(frozen=True, slots=True)
class RecyclingPolicy:
    """The limits of one worker; None is no limit. `ttl_s` is seconds, `memory` bytes.

    `check_s`: how often it is looked at.
    """

    ttl_s: float | None = None
    max_requests: int | None = None
    memory: int | None = None
    check_s: float = 60.0


class WorkerUse(NamedTuple):
    """What a worker has used. `memory` is bytes of the child and of what it started.

    None where it could not be read, which is no reason to end a worker.
    """

    age_s: float
    requests: int
    memory: int | None = None


class Recycling(NamedTuple):
    """What is to be done: nothing without a `reason`. `warning` is a sentence for the log."""

    reason: RecycleReason | None = None
    warning: str | None = None


def decide(policy: RecyclingPolicy, use: WorkerUse) -> Recycling:
    """Decide about one worker; age comes before requests, and requests before memory."""
    if policy.ttl_s is not None and use.age_s >= policy.ttl_s:
        return Recycling(RecycleReason.TTL)
    if policy.max_requests is not None and use.requests >= policy.max_requests:
        return Recycling(RecycleReason.REQUESTS)
    if policy.memory is None:
        return Recycling()
    if use.memory is None:
        return Recycling(warning="The worker's memory could not be read, so it is kept as it is.")
    return Recycling(RecycleReason.MEMORY if use.memory >= policy.memory else None)


class NearLimits(NamedTuple):
    """How many workers there are, what they did, and how many of them are near a limit."""

    workers: int
    requests: int
    near_ttl: int
    near_requests: int
    near_memory: int


def near_limits(policy: RecyclingPolicy, uses: Iterable[WorkerUse]) -> NearLimits:
    """Count, for a page."""
    found = tuple(uses)
    return NearLimits(
        len(found),
        sum(use.requests for use in found),
        sum(_is_near(use.age_s, policy.ttl_s) for use in found),
        sum(_is_near(use.requests, policy.max_requests) for use in found),
        sum(_is_near(use.memory, policy.memory) for use in found),
    )


def _is_near(used: float | None, limit: float | None) -> bool:
    return used is not None and limit is not None and used >= NEAR * limit
