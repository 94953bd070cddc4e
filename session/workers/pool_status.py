"""A pool as it is at a moment, for a page, a metric, or a log."""

from typing import NamedTuple

from session.workers.pool_member import MemberStatus
from session.workers.recycling import NearLimits


class PoolStatus(NamedTuple):
    """`size` is how many workers there should be; `workers` are those that are up.

    `starting`: places that wait for one. `requests` are calls that were answered, `crashes`
    workers that ended unasked, `recycled` those that were replaced on purpose.
    """

    name: str
    size: int
    workers: tuple[MemberStatus, ...]
    starting: int
    waiting: int
    requests: int
    crashes: int
    recycled: int
    near: NearLimits
    circuit: str

    @property
    def busy(self) -> int:
        """How many workers have a call."""
        return sum(worker.load > 0 for worker in self.workers)
