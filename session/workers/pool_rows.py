"""The workers of a pool, as rows to be shown."""

import time
from collections.abc import Sequence

from session.worker_row import WorkerKind, WorkerRow
from session.workers.heartbeat import Health
from session.workers.pool import WorkerPool
from session.workers.pool_member import MemberStatus

_WORDS = {
    Health.ALIVE: "answers",
    Health.BUSY: "busy",
    Health.SILENT: "silent",
    Health.LATE: "silent",
    Health.DEAD: "dead",
    Health.UNKNOWN: "",
}


class PoolRows:
    """Looks at one pool, whose workers have the profile `isolation`. On the event loop's thread."""

    def __init__(self, pool: WorkerPool, isolation: str = "") -> None:
        self._pool, self._isolation = pool, isolation

    async def rows(self) -> Sequence[WorkerRow]:
        """Look at its workers now."""
        await self._pool.weigh()
        return [self._row(one) for one in self._pool.status().workers]

    def end(self, worker_id: str) -> bool:
        """End one at once; its place is filled again."""
        return self._pool.kill(worker_id)

    def _row(self, worker: MemberStatus) -> WorkerRow:
        beat = worker.heartbeat
        return WorkerRow(
            worker.id,
            WorkerKind.POOL,
            self._pool.name,
            "stopping" if worker.draining else _WORDS[beat.health],
            worker.pid,
            worker.memory,
            time.time() - worker.age_s,
            worker.requests,
            (beat.pongs_received, beat.pings_sent),
            self._isolation,
        )
