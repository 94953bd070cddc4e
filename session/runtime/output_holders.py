"""Who still holds a program's output open when the program itself has ended."""

import asyncio
from collections.abc import Mapping

from session.log.entry import Stream
from session.run_id import RunId
from session.runtime.platforms.seam import EndedProcess, Platform


async def holders_of(
    streams: Mapping[Stream, int], platform: Platform, run_id: RunId, launcher: int
) -> list[EndedProcess]:
    """Return the processes, each once; it looks at the machine in a thread."""
    look = platform.holders
    found = [await asyncio.to_thread(look, fd, run_id, launcher) for fd in streams.values()]
    return list(dict.fromkeys(one for held in found for one in held))
