"""A worker that is up: calls, streams, control requests, and its end.

It needs no pool and knows of none. Every call has one deadline, every waiter is answered, and
control requests never wait for a call that runs.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any, Protocol, Self

from session.runtime.host_tools import HostDesk, HostTools
from session.runtime.launcher_process import ProgramExit
from session.worker.values import Unserializable, pack
from session.worker.wire import Frame, WireError, encode
from session.workers.adapter import Adapter, TimedAdapter
from session.workers.calls import CallInfo, CallTable, StreamCall, ValueCall
from session.workers.control_channel import ControlChannel
from session.workers.worker_errors import CallTimedOut, InvalidParameters, WorkerGone
from session.workers.worker_process import Ending
from session.workers.worker_settings import WorkerSettings

#: How long after its socket a worker's end may take to be known.
_REPORT_S = 1.0
#: What a call takes on its way, kept from the time that the worker gets for it.
_ON_THE_WAY_S = 0.02


class WorkerHandle(Protocol):
    """What a worker needs to know of its process; a fake can stand for it."""

    @property
    def pid(self) -> int | None:
        """The process number."""
        ...

    @property
    def isolation(self) -> Mapping[str, Any] | None:
        """What keeps it apart."""
        ...

    @property
    def exited(self) -> "asyncio.Future[ProgramExit | None]":
        """How the worker's own process ended."""
        ...

    @property
    def ended(self) -> "asyncio.Future[Ending]":
        """Set when nothing of it is left."""
        ...

    def last_words(self) -> str:
        """Return the end of its standard error."""
        ...

    def kill(self) -> None:
        """End everything of it now."""
        ...


class Worker:
    """One worker, for whoever calls it. All calls on the event loop's thread.

    `id` is unique on this machine; `tools` are what the worker declared, `hello` what it said of
    its interpreter, `threads` how many calls may run in it at once.
    """

    def __init__(
        self,
        worker_id: str,
        adapter: Adapter,
        control: ControlChannel,
        process: WorkerHandle,
        *,
        session_id: str | None = None,
        settings: WorkerSettings | None = None,
        host_tools: HostTools | None = None,
    ) -> None:
        self.id = worker_id
        self.hello: Mapping[str, Any] = {}
        self.tools: tuple[Mapping[str, Any], ...] = ()
        self.threads = 1
        self.stopping = False
        self._adapter = adapter
        self._control = control
        self._process = process
        self._session_id = session_id
        self._settings = settings or WorkerSettings()
        self._loop = asyncio.get_running_loop()
        self._calls = CallTable(control)
        self._desk = HostDesk(host_tools or HostTools(), control.send_encoded)
        self._gone: WorkerGone | None = None
        self._watches: set[asyncio.Task[None]] = set()

    def begin(self) -> None:
        """Take over the control channel: the worker has said that it is ready."""
        self._control.on_frame = self.take
        self._control.on_lost = self._on_lost
        self._process.exited.add_done_callback(self._on_exited)
        if not self._control.open:
            self._on_lost("closed its control connection")

    def take(self, frame: Frame) -> None:
        """Take a frame that answers no control request."""
        if frame.header.get("type") == "host_call":
            self._desk.take(frame)
        else:
            self._calls.take(frame)

    # Calls

    async def execute(
        self,
        command: str,
        args: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - one deadline for all that a call takes
        session_id: str | None = None,
        correlation_id: str | None = None,
        main_thread: bool = False,
    ) -> Any:  # noqa: ANN401 - whatever the tool returns
        """Call a tool and return its answer.

        `timeout` in seconds covers everything from here on, waiting included. Raises a
        `WorkerError`: `ToolFailed` for what the tool raised, `CallTimedOut`, `WorkerGone`.
        Cancelling the task cancels the call.
        """
        args = args or {}
        limit = self._limit(timeout, command, args, self._settings.call_timeout_s)
        info = self._calls.new_info(command, session_id or self._session_id, correlation_id)
        call = ValueCall(info, self._loop)
        self._open(call, args, limit, main_thread=main_thread)
        try:
            return await asyncio.wait_for(asyncio.shield(call.answer), limit)
        except TimeoutError:
            raise CallTimedOut.after(command, limit or 0.0) from None
        finally:
            self._calls.leave(call)

    async def execute_stream(
        self,
        command: str,
        args: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - as above
        session_id: str | None = None,
        correlation_id: str | None = None,
        main_thread: bool = False,
    ) -> AsyncGenerator[Any]:
        """Call a streaming tool and go through what it yields.

        The call begins with the first item asked for. A reader that does not keep up slows the
        tool down, one that leaves ends it. Raises as `execute` does, after what came before.
        """
        args = args or {}
        limit = self._limit(timeout, command, args, self._settings.stream_timeout_s)
        info = self._calls.new_info(command, session_id or self._session_id, correlation_id)
        call = StreamCall(info, self._control, self._settings.stream_window)
        self._open(call, args, limit, main_thread=main_thread)
        timer = limit and self._loop.call_later(limit, self._time_out, call, limit)
        try:
            while (items := await call.next_chunk()) is not None:
                for item in items:
                    yield item
        finally:
            if timer:
                timer.cancel()
            self._calls.leave(call)

    def _time_out(self, call: StreamCall, limit: float) -> None:
        self._calls.cancel(call)
        call.fail(CallTimedOut.after(call.info.command, limit))

    def _limit(
        self,
        timeout: float | None,
        command: str,
        args: Mapping[str, Any],
        usual: float | None,
    ) -> float | None:
        if timeout is not None:
            return timeout
        if isinstance(self._adapter, TimedAdapter):
            own = self._adapter.command_timeout(command, args)
            if own is not None:
                return own / 1000
        return usual

    def _open(
        self,
        call: ValueCall | StreamCall,
        args: Mapping[str, Any],
        limit: float | None,
        *,
        main_thread: bool,
    ) -> None:
        if self._gone is not None:
            raise self._gone
        if self.stopping:
            raise WorkerGone(None, reason="is being stopped")
        info = call.info
        header: dict[str, Any] = {"type": "call", "id": info.id, "tool": info.command}
        if isinstance(call, StreamCall):
            header |= {"stream": True, "credit": self._settings.stream_window}
        if limit is not None:
            header["timeout_ms"] = max(1, round((limit - _ON_THE_WAY_S) * 1000))
        extra = {"session": info.session_id, "correlation_id": info.correlation_id}
        header |= {name: value for name, value in extra.items() if value is not None}
        if main_thread:
            header["main_thread"] = True
        try:
            header["parameters"], payload = pack(dict(args))
            data = encode(header, payload)
        except (Unserializable, WireError) as error:
            message = f"`{info.command}` cannot be called: {error}."
            raise InvalidParameters(message) from None
        self._calls.add(call)
        self._control.send_encoded(data)

    def interrupt(self, call_id: int | None = None) -> None:
        """Interrupt one call, or all that run, as Ctrl-C would; the worker lives on."""
        if self._control.open:
            header: dict[str, Any] = {"type": "interrupt"}
            self._control.send(header | ({} if call_id is None else {"id": call_id}))

    @property
    def calls(self) -> tuple[CallInfo, ...]:
        """The calls under way, the oldest first."""
        return self._calls.infos

    # What it says of itself

    async def ping(self, timeout: float | None = None) -> float:  # noqa: ASYNC109 - as above
        """Return how long its control thread took to answer, in seconds."""
        return await self._control.ping(timeout or self._settings.request_timeout_s)

    async def get_health(self) -> dict[str, Any]:
        """Return what it does right now: calls that run and wait, memory in bytes, counts."""
        return _bare(await self._control.request("health", self._settings.request_timeout_s))

    async def get_info(self) -> dict[str, Any]:
        """Return what it is: interpreter, threads, tools, and what keeps it apart."""
        said = _bare(await self._control.request("info", self._settings.request_timeout_s))
        about = {"id": self.id, "session_id": self._session_id, "pid": self.pid}
        return {**said, **about, "isolation": self._process.isolation}

    def get_session_id(self) -> str | None:
        """Return the session that its calls belong to where they name none."""
        return self._session_id

    def get_channel(self) -> ControlChannel:
        """Return the control channel, for direct use: ping, health, info, frames of one's own."""
        return self._control

    @property
    def pid(self) -> int | None:
        """Its process number, as this machine has it."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can be called."""
        return self._gone is None and not self.stopping

    @property
    def ended(self) -> "asyncio.Future[Ending]":
        """Set when it has ended and nothing of it is left."""
        return self._process.ended

    # Its end

    async def stop(self, grace: float | None = None) -> Ending:
        """Ask it to end, wait for `grace` seconds, then end it; done when nothing is left.

        What runs is interrupted, so that `finally` runs; every waiter is answered.
        """
        self.stopping = True
        grace = self._settings.grace_s if grace is None else grace
        if self._control.open and grace > 0:
            self._control.send({"type": "stop"})
            waiting: set[asyncio.Future[Any]] = {self._process.exited, self._process.ended}
            await asyncio.wait(waiting, timeout=grace, return_when=asyncio.FIRST_COMPLETED)
        self._process.kill()
        ending = await asyncio.shield(self._process.ended)
        self._lose(ending.exit)
        self._control.close()
        return ending

    def kill(self) -> None:
        """End it now; `ended` tells when nothing of it is left."""
        self.stopping = True
        self._process.kill()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.stop()

    def _on_exited(self, exited: "asyncio.Future[ProgramExit | None]") -> None:
        self._control.drain()  # what it said before it went
        self._lose(exited.result())

    def _on_lost(self, reason: str) -> None:
        task = self._loop.create_task(self._explain(reason), name=f"worker {self.id} is lost")
        self._watches.add(task)
        task.add_done_callback(self._watches.discard)

    async def _explain(self, reason: str) -> None:
        """Wait a moment for how it ended; a worker that only hung up is ended."""
        await asyncio.wait({self._process.exited}, timeout=_REPORT_S)
        exited = self._process.exited
        if exited.done():
            self._lose(exited.result())
        else:
            self._lose(None, reason)
        self._process.kill()

    def _lose(self, exited: ProgramExit | None, reason: str | None = None) -> None:
        if self._gone is not None:
            return
        if exited is None and self.stopping:
            reason = reason or "was stopped"
        self._gone = WorkerGone(exited, self._process.last_words(), reason=reason)
        self._desk.close()
        self._calls.fail_all(self._gone)
        self._control.fail(self._gone)


def _bare(header: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in header.items() if name not in ("type", "id")}


#: Called with a worker that is ready, before anybody else gets it; awaited where it can be.
OnReady = Callable[[Worker], Any]
