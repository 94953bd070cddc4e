"""Ends the workers that a killed host has left, beside whatever else is going on."""

import asyncio
import time
from collections.abc import Sequence
from typing import Protocol

from session.workers.telemetry import Emit, emit_nothing


class Sweeper(Protocol):
    """Finds and ends what dead hosts have left; `ProcessRegistry` is one."""

    def sweep(self) -> Sequence[object]:
        """End it and return what was ended. Blocks; raises OSError."""
        ...


async def end_leftovers(registry: Sweeper, emit: Emit = emit_nothing) -> int:
    """End what is left of workers whose host is dead, and return how many processes that were.

    It runs in a thread, so a start need not wait for it. What cannot be read or written counts
    as nothing found: it is tried again at the next start.
    """
    began = time.monotonic()
    try:
        ended = len(await asyncio.to_thread(registry.sweep))
    except OSError:
        ended = 0
    if ended:
        spent = time.monotonic() - began
        emit("cleanup.finished", processes=ended, duration_s=spent)
    return ended
