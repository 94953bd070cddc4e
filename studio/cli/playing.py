"""One run from Play to its last line on the screen: events in, pages out, signals to Stop."""

import asyncio
import contextlib
import signal
import time
from typing import TYPE_CHECKING, Final

from session.errors import IllegalTransition
from session.events import LogGrew, RunEnded, SessionEvent, StateChanged, StopRequested, TailChanged
from session.execution_session import ExecutionSession
from session.log.store import LogStore
from session.play_request import PlayRequest
from session.run_id import RunId
from session.state import SessionState
from studio.cli.console import Outlet, OutputClosed
from studio.cli.exit_code import exit_code
from studio.cli.feed import Feed
from studio.cli.show import Show
from studio.cli.signals import EndingSignals
from studio.cli.stdin import InputForwarder
from studio.cli.terminal import is_tty

if TYPE_CHECKING:
    from session.log.entry import Stream

#: How long the last words of a run that is over may take, once someone has pressed Ctrl-C.
_TERMINAL_PATIENCE_S: Final = 1.0
_READER_PATIENCE_S: Final = 10.0
FRAME_S: Final = 1 / 30
_TICK_S: Final = 0.1
#: After Ctrl-C nobody wants to watch the rest of a flood: this much of its end is shown.
_LAST_ROWS: Final = 200
#: How many bytes of input are read ahead of a program that takes its time.
_INPUT_AHEAD: Final = 1 << 20


class Playing:
    """Plays a session's project once and shows it."""

    def __init__(self, session: ExecutionSession, show: Show, outlet: Outlet | None = None) -> None:
        self._session = session
        self._show = show
        self._outlet = outlet or Outlet()
        self._wake = asyncio.Event()
        self._over = asyncio.Event()
        self._tail: Stream | None = None  # the one that changed last
        self._since = time.time()
        self._received: int | None = None
        self._interrupted = False
        self._given_up = False
        self._input: InputForwarder | None = None
        self._showing: asyncio.Task[None] | None = None

    async def play(self, request: PlayRequest) -> int:
        """Play to the end and return the exit code."""
        with EndingSignals(self._signalled):
            self._session.subscribe(self._heard)
            run_id = self._session.play(request)
            log = self._session.log
            assert log is not None, "a run has a log from its first moment"
            self._showing = asyncio.ensure_future(self._follow(run_id, log))
            ended = await self._session.wait()
            self._over.set()
            self._wake.set()
            with contextlib.suppress(asyncio.CancelledError):
                await self._showing
            self._stop_input()
            return exit_code(ended.state, ended.exit, self._received)

    async def _follow(self, run_id: RunId, log: LogStore) -> None:
        """Write the log as it grows, to its last row, then how the run ended."""
        view = self._show.begin(run_id, log.started)
        feed = Feed(log, view, self._outlet, self._show.encoding)
        try:
            while not self._over.is_set():
                await self._woken()
                await self._catch_up(feed, run_id)
                await feed.write(self._bottom_line(log))
                await self._rest()
            await self._catch_up(feed, run_id)
            await feed.write(self._show.end(await self._session.wait(), self._session.record))
        except OutputClosed:
            self._nobody_reads()
        except Exception:
            self._stop()  # what cannot be shown must not go on unseen
            raise

    async def _catch_up(self, feed: Feed, run_id: RunId) -> None:
        await self._tidy_up(feed)
        while feed.behind and not self._given_up:
            if self._hurried and feed.behind > 2 * _LAST_ROWS:
                if not self._over.is_set():
                    return  # the flood goes on; its end is shown when there is one
                await feed.write(self._show.skipped(feed.behind - _LAST_ROWS, run_id))
                feed.cursor += feed.behind - _LAST_ROWS
            await self._tidy_up(feed)  # a signal may have come during the last write
            await feed.write_new()

    async def _tidy_up(self, feed: Feed) -> None:
        if self._interrupted:
            self._interrupted = False
            await feed.write(self._show.interrupted())

    @property
    def _hurried(self) -> bool:
        return self._received is not None and self._show.live

    def _bottom_line(self, log: LogStore) -> str:
        if self._waits_for_us():
            word = "stopping; Ctrl-C again ends it at once" if self._session.stop_requested else ""
            return self._show.waiting(self._session.state, self._since, word)
        return self._show.tail(log, self._tail) if self._tail else ""

    def _waits_for_us(self) -> bool:
        """Whether something other than the program itself keeps a person waiting."""
        if self._session.stop_requested:
            return True
        return self._session.state in {SessionState.PREPARING, SessionState.CONNECTING}

    async def _woken(self) -> None:
        """Wait for news; where a waiting person watches, not for ever."""
        timeout = _TICK_S if self._show.live and self._waits_for_us() else None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), timeout)
        self._wake.clear()

    async def _rest(self) -> None:
        """Let news gather for the length of a frame, unless the run is over."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), FRAME_S)

    def _heard(self, event: SessionEvent) -> None:
        if isinstance(event, TailChanged):
            self._tail = event.stream
        elif isinstance(event, StateChanged):
            self._since = event.at
            if event.after is SessionState.RUNNING:
                self._start_input()
        elif isinstance(event, StopRequested):
            self._since = time.time()
        if isinstance(event, LogGrew | TailChanged | StateChanged | StopRequested | RunEnded):
            self._wake.set()

    def _start_input(self) -> None:
        self._input = InputForwarder(
            self._pass_on, lambda: self._session.input_backlog > _INPUT_AHEAD
        )
        self._input.start()

    def _stop_input(self) -> None:
        if self._input is not None:
            self._input.stop()

    def _pass_on(self, data: bytes | None) -> None:
        if data is None:
            self._session.close_input()
            return
        if b"\n" in data and is_tty(0):
            self._show.typed()
        self._session.send_input(data)

    def _signalled(self, number: signal.Signals) -> None:
        """Stop softly, then at once; after the end of the run, give up the rest of its log.

        A run that had ended by itself keeps its own exit code.
        """
        if not self._over.is_set():
            self._received = self._received or number
            self._interrupted = number is signal.SIGINT
            self._stop()
        elif self._showing is not None and not self._given_up:
            self._given_up = True
            patience_s = _TERMINAL_PATIENCE_S if self._show.live else _READER_PATIENCE_S
            asyncio.get_running_loop().call_later(patience_s, self._showing.cancel)
        elif self._showing is not None:
            self._showing.cancel()

    def _nobody_reads(self) -> None:
        """Standard output was closed (`| head`): stop, as if SIGPIPE had come."""
        if not self._over.is_set():
            self._received = self._received or signal.SIGPIPE
            self._stop()

    def _stop(self) -> None:
        with contextlib.suppress(IllegalTransition):  # it ended by itself at this very moment
            self._session.stop()
