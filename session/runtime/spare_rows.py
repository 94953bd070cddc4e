"""The workers in waiting, as rows to be shown."""

import asyncio
import time
from collections.abc import Sequence

from session.runtime.platforms.seam import Platform
from session.runtime.process_runtime import ProcessRuntime
from session.runtime.spare import Spare
from session.worker_row import WorkerKind, WorkerRow


class SpareRows:
    """Looks at the spares of a runtime. All calls on the event loop's thread."""

    def __init__(self, runtime: ProcessRuntime) -> None:
        self._runtime = runtime

    async def rows(self) -> Sequence[WorkerRow]:
        """Look at them now."""
        spares = self._runtime.spares
        waiting = spares.waiting if spares is not None else ()
        platform = self._runtime.platform
        return await asyncio.gather(*(_row(spare, platform) for spare in waiting))

    def end(self, worker_id: str) -> bool:
        """End one; another is made when somebody plays again."""
        spares = self._runtime.spares
        if spares is None or worker_id not in {spare.mark for spare in spares.waiting}:
            return False
        spares.give_up(worker_id)
        return True


async def _row(spare: Spare, platform: Platform) -> WorkerRow:
    launcher = spare.seat.launcher if spare.seat is not None else None
    started = launcher.started if launcher is not None else None
    pid = started.result() if started is not None and started.done() else None
    memory = None
    if launcher is not None and isinstance(pid, int):
        use = await asyncio.to_thread(platform.use, launcher.pid, None, launcher.first)
        memory = use.memory if use is not None else None
    isolation = launcher.isolation if launcher is not None else None
    return WorkerRow(
        spare.mark,
        WorkerKind.SPARE,
        spare.launch.prepared.title,
        "waiting" if spare.lives else "dead",
        pid if isinstance(pid, int) else None,
        memory,
        time.time() - (time.monotonic() - spare.began),
        isolation=str(isolation["profile"]) if isolation is not None else "",
    )
