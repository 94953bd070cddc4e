"""One preparation with the tools it starts: ended in the right order, whatever interrupts it."""

import asyncio
from pathlib import Path

from session.play_request import PlayRequest
from session.ports import LogSink, Prepared, Preparer, PrepareRequest, Runtime
from session.run_id import RunId


async def prepare_project(
    preparer: Preparer,
    runtime: Runtime,
    run_id: RunId,
    project: Path,
    play: PlayRequest,
    log: LogSink,
) -> Prepared:
    """Prepare the project; raise `PrepareFailed`, or `Stopped`, where that does not succeed.

    Cancelling ends the tools first, so that no thread is left waiting for one, and then the
    preparation; when this returns or raises, nothing of it is left.
    """
    tools = runtime.tool_spawner(run_id, log)
    work = asyncio.ensure_future(
        preparer.prepare(PrepareRequest(run_id, project, play, log, tools.spawn))
    )
    try:
        await asyncio.wait({work})  # cancelling ends this wait only
        return work.result()
    finally:
        await tools.stop()
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
