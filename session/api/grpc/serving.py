"""Serves the tools of one script: a worker of ours behind a front door, and the end of both."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from session.api.grpc.endpoint import Endpoint
from session.api.grpc.event_ring import EventRing
from session.api.grpc.front_door import FrontDoor, OnFault
from session.api.grpc.server import GrpcServer, open_door
from session.log.entry import Stream
from session.runtime.host_tools import HostTools
from session.workers.adapter import Adapter
from session.workers.start import start_worker
from session.workers.telemetry import Telemetry
from session.workers.worker import Worker
from session.workers.worker_process import Ending
from session.workers.worker_settings import WorkerSettings


class Service(NamedTuple):
    """What is served: `endpoint` with the port that it got, the worker, and what it says."""

    server: GrpcServer
    worker: Worker
    events: EventRing

    @property
    def endpoint(self) -> Endpoint:
        """Where it is."""
        return self.server.endpoint

    async def close(self, grace: float | None = None) -> Ending:
        """End the worker, which answers everybody who waits, then close the door."""
        try:
            self.events.append_state("running", "stopped", "stop")
            return await self.worker.stop(grace)
        finally:
            self.events.finish()
            await self.server.close()


async def serve_worker(
    adapter: Adapter,
    endpoint: Endpoint,
    *,
    token: str | None = None,
    settings: WorkerSettings | None = None,
    version: str = "",
    on_output: Callable[[Stream, bytes], None] = lambda _stream, _data: None,
    on_fault: OnFault = lambda _error_id, _error: None,
) -> Service:
    """Start a worker and open its front door. Raises `WorkerStartFailed` or `ServeFailed`; then
    nothing is left. Call it on a plain asyncio loop in the main thread.
    """
    events, host_tools = EventRing(), HostTools()

    def show(stream: Stream, data: bytes) -> None:
        events.feed(stream, data)
        on_output(stream, data)

    events.append_state("idle", "connecting", "serve")
    worker = await start_worker(
        adapter, settings=settings, host_tools=host_tools, on_output=show, on_log=events.append
    )
    try:
        telemetry = Telemetry(asyncio.get_running_loop())
        door = FrontDoor(
            worker, events, host_tools, telemetry=telemetry, version=version, on_fault=on_fault
        )
        server = open_door(door, endpoint, token)
        await server.open()
    except BaseException:
        await worker.stop(0)
        raise
    events.append_state("connecting", "running", "connected")
    return Service(server, worker, events)
