"""Looks at the workers of a pool at intervals, and has those replaced that are old or large.

Memory is that of the worker's own process and of what it started, read from outside. Where it
cannot be read the worker is kept.
"""

import asyncio
from collections.abc import Callable, Mapping

from session.workers.pool_member import Member
from session.workers.process_memory import memory_of
from session.workers.recycling import RecyclingPolicy, WorkerUse, decide
from session.workers.telemetry import Emit, emit_nothing

#: How long reading the memory of one worker may take, in seconds, and how many are read at once.
_LIMIT_S = 2.0
_AT_ONCE = 8


class Upkeep:
    """Looks at `members`. On the event loop's thread; memory is read in others."""

    def __init__(
        self,
        policy: RecyclingPolicy,
        members: Mapping[str, Member],
        memory: Callable[[int], int | None] = memory_of,
        *,
        emit: Emit = emit_nothing,
    ) -> None:
        """`memory` returns the bytes that a process and what it started hold; it may block."""
        self._policy, self._members, self._memory, self._emit = policy, members, memory, emit
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def keep_looking(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(self._policy.check_s)
            await self.look()

    async def look(self) -> None:
        """Look at every worker once."""
        await asyncio.gather(*(self._look_at(one) for one in list(self._members.values())))

    async def _look_at(self, member: Member) -> None:
        if self._policy.memory is not None:
            await self._weigh(member)
        found = decide(self._policy, WorkerUse(member.age_s, member.requests, member.memory))
        if found.warning is not None:
            self._emit("worker.health_check_failed", worker_id=member.id, reason=found.warning)
        if found.reason is not None:
            member.replace(found.reason)

    async def weigh(self) -> None:
        """Read the memory of every worker, and decide nothing."""
        await asyncio.gather(*(self._weigh(one) for one in list(self._members.values())))

    async def _weigh(self, member: Member) -> None:
        pid = member.worker.pid
        if pid is None:
            return
        try:
            async with self._turns, asyncio.timeout(_LIMIT_S):
                member.memory = await asyncio.to_thread(self._memory, pid)
        except (TimeoutError, OSError):
            member.memory = None
