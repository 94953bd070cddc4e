"""The stream of telemetry: what the bus announces, bounded for each reader, drops counted."""

import asyncio
from collections import deque
from typing import Final

from session.api.grpc.json_values import write_table
from session.api.grpc.methods import Context
from session.api.grpc.playhead_pb2 import TelemetryEvent, TelemetryRequest
from session.workers.telemetry import Event, Telemetry

#: The most events that wait for one reader.
_WAITING: Final = 1024


class TelemetryDesk:
    """Serves one bus."""

    def __init__(self, bus: Telemetry) -> None:
        self._bus = bus

    async def stream(self, request: TelemetryRequest, context: Context) -> None:
        """Write what the reader wants to know, until it leaves."""
        reader = _Reader()
        allow = tuple(request.allow) or ("*",)
        end = self._bus.subscribe(reader.take, allow=allow, deny=tuple(request.deny))
        try:
            while True:
                event = await reader.next()
                written = TelemetryEvent(
                    name=event.name,
                    time=event.at,
                    fields=write_table(dict(event.fields)),
                    dropped=reader.dropped,
                )
                await context.write(written)
        finally:
            end()


class _Reader:
    """What one reader has not read yet; new events are dropped where it is full."""

    def __init__(self) -> None:
        self.dropped = 0
        self._events: deque[Event] = deque()
        self._some = asyncio.Event()

    def take(self, event: Event) -> None:
        if len(self._events) >= _WAITING:
            self.dropped += 1
            return
        self._events.append(event)
        self._some.set()

    async def next(self) -> Event:
        while not self._events:
            self._some.clear()
            await self._some.wait()
        return self._events.popleft()
