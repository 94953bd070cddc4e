"""Everything that goes between a run and its program: output, input, frames both ways.

Made once its launcher is there, and closed when nothing of the program is left.
"""

import asyncio
from collections.abc import Callable

from session.log.entry import Stream
from session.ports import Launch, RuntimeSink
from session.runtime.cell_line import CellLine
from session.runtime.channel import Channel
from session.runtime.handshake import Handshake
from session.runtime.host_tools import HostDesk, HostTools
from session.runtime.kept_values import KeptValues
from session.runtime.liveness import Liveness, WatchRun
from session.runtime.output import OutputPump
from session.runtime.pipes import RunPipes
from session.runtime.program_events import ProgramEvents
from session.runtime.program_input import InputWriter
from session.runtime.run_budget import RunBudget
from session.worker.wire import Frame


class ProgramLines:
    """The lines of one program. All calls on the event loop's thread.

    `share_s` is the part of the loop's time that output may take, `view` where the program sees
    its files. `silent` is called when the program is given up for not answering.
    """

    def __init__(
        self,
        launch: Launch,
        sink: RuntimeSink,
        pipes: RunPipes,
        events: ProgramEvents,
        handshake: Handshake,
        budget: RunBudget,
        *,
        share_s: float,
        view: str,
        silent: Callable[[], None],
    ) -> None:
        loop = asyncio.get_running_loop()
        self.input = InputWriter(loop, pipes.stdin)
        self.control = Channel(loop, pipes.control)
        self.events = Channel(loop, pipes.events)
        #: The line to a notebook's kernel, where one was asked for.
        self.cells: CellLine | None = None
        if launch.cells:
            self.cells = CellLine(sink, self.control.send, events.note, view)
        streams = {Stream.STDOUT: pipes.stdout, Stream.STDERR: pipes.stderr}
        reader, over = self.cells or sink, budget.note_output
        self.pump = OutputPump(loop, reader, streams, share_s, budget.output, over)
        self._program_events = events
        # User code asks here for what `playhead.store` keeps; `playhead.ask` reads its input.
        self._desk = HostDesk(HostTools(KeptValues(launch.data).tools()), self.control.send)
        self.liveness = Liveness(launch, sink, self.control, self._take_other, silent)
        handshake.others = self.liveness.take
        self.control.listen(handshake.feed, self.liveness.stop)

    def flow(self, watch: WatchRun | None, pid: int | None) -> None:
        """Let output and events come from here on, and have the program `pid` watched over."""
        self.pump.start()
        self.events.listen(self._hear, lambda: None)
        self.liveness.begin(watch, pid)

    def _hear(self, data: bytes) -> None:
        """Take events, after what the program printed before it sent them."""
        self.pump.catch_up()
        for frame in self._program_events.frames(data):
            if self.cells is None or not self.cells.heard(frame):
                self._program_events.note(frame.header)

    def _take_other(self, frame: Frame) -> None:
        """Take a frame of the program's that is about no life and no death."""
        if self.cells is None or not self.cells.answered(frame):
            self._desk.take(frame)

    def interrupt(self) -> None:
        """Tell a kernel that it is over; a program is interrupted by its launcher alone."""
        if self.cells is not None:
            self.cells.send({"type": "finish", "code": 0})

    def close(self) -> None:
        """Let go of all of them; what is left in the pipes is taken."""
        self.liveness.stop()
        self.pump.close()
        self.input.close()
        self._desk.close()
        self.control.close()
        self.events.close()
        if self.cells is not None:
            self.cells.lose()
