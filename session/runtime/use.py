"""What the processes of a run use: one look at the whole tree, off the loop's thread."""

import asyncio
import time
from collections.abc import Sequence

from session.ports import ProcessIdentity
from session.runtime.platforms.seam import Platform
from session.usage import Usage


async def look_at(
    platform: Platform,
    identities: Sequence[ProcessIdentity],
    stdin: int | None,
    rows: int,
    since: float | None = None,
    first: int | None = None,
) -> Usage | None:
    """Return what the processes below the first of `identities` use; None where none is left.

    `stdin` is the inode of the pipe that is the program's standard input; `since` is when the
    program was started, by the monotonic clock; `first` is a process among them that is ours and
    does not count.
    """
    if not identities:
        return None
    root = identities[0].pid
    use = await asyncio.to_thread(platform.use, root, stdin, first)
    if use is None:
        return None
    wall_s = 0.0 if since is None else time.monotonic() - since
    return Usage(time.time(), use.processes, use.memory, use.cpu_s, rows, use.awaits_input, wall_s)
