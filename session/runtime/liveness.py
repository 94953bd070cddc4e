"""Whether the program's Python still answers: asks it, and hands on what a watch makes of that.

Who judges is given from above (`WatchRun`). A program that has closed its connection, or has made
itself another program, cannot be asked and is not watched any more.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from session.log.entry import NewEntry
from session.ports import Launch, RuntimeSink
from session.runtime.channel import Channel
from session.worker.wire import Frame, encode

ANSWERS: Final = ""
SILENT: Final = "silent"
BUSY: Final = "busy"


class Watched(Protocol):
    """A run as whoever watches over it sees it."""

    @property
    def launch(self) -> Launch:
        """What is played."""
        ...

    @property
    def pid(self) -> int | None:
        """The program's process number."""
        ...

    def ping(self) -> Awaitable[None]:
        """Wait until the program's answering thread has answered, however long that takes."""
        ...

    def tell(self, health: str, entry: NewEntry | None = None) -> None:
        """Say how it stands: `ANSWERS`, `SILENT` or `BUSY`; the entry goes to the log."""
        ...

    def give_up(self) -> None:
        """End the run: it does not answer, and nobody is there to decide."""
        ...


class RunWatch(Protocol):
    """Watches over one run."""

    def stop(self) -> None:
        """Watch no more; harmless when it has stopped already."""
        ...


#: Begins to watch over a run that is up.
WatchRun = Callable[[Watched], RunWatch]


class Liveness:
    """Asks one program. All calls on the event loop's thread; `others` gets what is no answer."""

    def __init__(
        self,
        launch: Launch,
        sink: RuntimeSink,
        control: Channel,
        others: Callable[[Frame], None],
        end: Callable[[], None],
    ) -> None:
        self.launch = launch
        self.pid: int | None = None
        #: Whether it was given up for not answering.
        self.lost = False
        self._sink, self._control, self._others, self._end = sink, control, others, end
        self._last = 0
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._watch: RunWatch | None = None

    def begin(self, watch: WatchRun | None, pid: int | None) -> None:
        """Have it watched from now on; None: it is not."""
        self.pid = pid
        if watch is not None and self._watch is None:
            self._watch = watch(self)

    def stop(self) -> None:
        """Have it watched no more."""
        if self._watch is not None:
            self._watch.stop()
        for waiting in self._waiting.values():
            waiting.cancel()

    def take(self, frame: Frame) -> None:
        """Take a frame of the program's."""
        if frame.header.get("type") != "pong":
            self._others(frame)
            return
        number: Any = frame.header.get("id")
        waiting = self._waiting.get(number) if isinstance(number, int) else None
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    async def ping(self) -> None:
        """Wait until it has answered."""
        self._last += 1
        number = self._last
        waiting = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._control.send(encode({"type": "ping", "id": number}))
        try:
            await waiting
        finally:
            del self._waiting[number]

    def tell(self, health: str, entry: NewEntry | None = None) -> None:
        """Say how it stands."""
        if entry is not None:
            self._sink.log(entry)
        self._sink.answering(health)

    def give_up(self) -> None:
        """End the run."""
        self.lost = True
        self._end()
