"""Starts one worker, alone: no pool, no project, no studio.

worker = await start_worker(PythonAdapter(script="tools.py"))
print(await worker.execute("echo", {"text": "hello"}))
await worker.stop()
"""

import asyncio
import inspect
import os
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from session.errors import ConnectFailed
from session.log.entry import NewEntry
from session.ports import ProcessIdentity
from session.run_id import RunId, new_run_id
from session.runtime import handshake as reasons
from session.runtime.diagnostics import Places
from session.runtime.host_tools import HostTools
from session.runtime.launcher_process import StartFailure
from session.runtime.platforms.current import current_platform
from session.runtime.platforms.seam import Platform
from session.runtime.program_events import ProgramEvents, Progress
from session.worker.wire import WireError
from session.workers.adapter import Adapter, AdapterPlan, plan_of
from session.workers.control_channel import ControlChannel
from session.workers.greeting import Greeting, lie_of
from session.workers.worker import OnReady, Worker
from session.workers.worker_errors import WorkerStartFailed
from session.workers.worker_process import OnOutput, WorkerProcess
from session.workers.worker_settings import WorkerSettings

_REPORT_S = 1.0


class Registry(Protocol):
    """Remembers workers, so that what a killed host leaves can be ended; see `registry.py`."""

    def reserve(self, worker_id: str) -> None:
        """Note that a worker is about to be started."""
        ...

    def activate(self, worker_id: str, identities: tuple[ProcessIdentity, ...]) -> None:
        """Note the processes of a worker that is up."""
        ...

    def release(self, worker_id: str) -> None:
        """Forget a worker of which nothing is left."""
        ...


async def start_worker(
    adapter: Adapter,
    *,
    registry: Registry | None = None,
    session_id: str | None = None,
    settings: WorkerSettings | None = None,
    host_tools: HostTools | None = None,
    on_ready: OnReady | None = None,
    on_output: OnOutput | None = None,
    on_log: Callable[[NewEntry], None] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    environ: Mapping[str, str] | None = None,
    platform: Platform | None = None,
) -> Worker:
    """Start a worker and return it when it is ready to be called.

    `registry` remembers it, `host_tools` are what its code may call here. `on_ready` gets the
    worker before anybody else and is awaited; what it raises ends the start. `on_output`,
    `on_log` and `on_progress` take what its code prints, says and reports. Raises
    `WorkerStartFailed`; then nothing of it is left. Call it on a loop in the main thread.
    """
    start = _Start(adapter, registry, settings or WorkerSettings(), platform)
    say = on_log or (lambda _entry: None)
    show = on_progress or (lambda _progress: None)
    start.begin(session_id, host_tools, on_output, say, show)
    try:
        worker = await start.come_up(os.environ if environ is None else environ)
        if on_ready is not None:
            await _awaited(on_ready(worker))
    except BaseException:
        await start.give_up()
        raise
    return worker


async def _awaited(answer: object) -> None:
    if inspect.isawaitable(answer):
        await answer


class _Start:
    """One start, from the reservation to `ready`."""

    def __init__(
        self,
        adapter: Adapter,
        registry: Registry | None,
        settings: WorkerSettings,
        platform: Platform | None,
    ) -> None:
        self._adapter = adapter
        self._plan: AdapterPlan = plan_of(adapter)
        self._registry = registry
        self._settings = settings
        self._platform = platform or current_platform()
        self._id: RunId = new_run_id()

    def begin(
        self,
        session_id: str | None,
        host_tools: HostTools | None,
        on_output: OnOutput | None,
        on_log: Callable[[NewEntry], None],
        on_progress: Callable[[Progress], None],
    ) -> None:
        """Reserve, start the launcher, and listen."""
        self._platform.settle()
        self._reserve()
        profile = None if self._settings.isolation == "none" else self._settings.isolation
        try:
            self._process = WorkerProcess(self._plan, self._id, self._platform, profile, on_output)
        except OSError as error:
            self._release()
            message = f"The launcher could not be started: {error.strerror or error}."
            hint = "Close other programs, or raise the limit of processes and open files."
            failed = ConnectFailed(message, code="launch-failed", hint=hint)
            raise WorkerStartFailed(failed) from error
        self._process.ended.add_done_callback(lambda _ended: self._release())
        self._listen(session_id, host_tools, on_log, on_progress)

    def _reserve(self) -> None:
        """Note the start before there is a process, so that not even a crash hides one."""
        if self._registry is None:
            return
        try:
            self._registry.reserve(self._id)
        except OSError as error:
            message = f"The registry of workers cannot be written: {error.strerror or error}."
            hint = "Free some space, or start the worker without a registry."
            failed = ConnectFailed(message, code="registry-unwritable", hint=hint)
            raise WorkerStartFailed(failed) from error

    def _release(self) -> None:
        if self._registry is not None:
            self._registry.release(self._id)

    def _listen(
        self,
        session_id: str | None,
        host_tools: HostTools | None,
        on_log: Callable[[NewEntry], None],
        on_progress: Callable[[Progress], None],
    ) -> None:
        process, control = self._process, ControlChannel(self._process.control)
        self._worker = Worker(
            self._id,
            self._adapter,
            control,
            process,
            session_id=session_id,
            settings=self._settings,
            host_tools=host_tools,
        )
        self._greeting = Greeting(self._plan.python, self._worker.take)
        control.on_frame, control.on_lost = self._greeting.take, self._greeting.lose
        self._control = control
        events = ProgramEvents(on_log, self._places, lambda: self._worker.stopping, on_progress)
        control.listen()
        process.events.listen(events.feed, self._on_events_end)

    def _places(self) -> Places:
        folder = self._plan.cwd or self._plan.python.parent
        return Places(folder, folder)

    def _on_events_end(self) -> None:
        self._greeting.lose("closed its events connection")

    async def come_up(self, environ: Mapping[str, str]) -> Worker:
        """Wait for the handshake; raises `WorkerStartFailed`."""
        greeting, process = self._greeting, self._process
        loop, timeout_s = asyncio.get_running_loop(), self._settings.connect_timeout_s
        timer = loop.call_later(timeout_s, lambda: greeting.fail(reasons.timed_out(timeout_s)))
        try:
            await self._launch(environ)
            failure = await self._outcome()
        finally:
            timer.cancel()
        failure = failure or self._lie()
        if failure is not None:
            raise WorkerStartFailed(failure, process.last_words())
        worker = self._worker
        worker.hello, worker.tools = greeting.hello, greeting.tools
        threads = greeting.ready.get("threads")
        worker.threads = threads if isinstance(threads, int) else 1
        worker.begin()
        if self._registry is not None:
            self._registry.activate(self._id, process.identities)
        return worker

    async def _launch(self, environ: Mapping[str, str]) -> None:
        told = {"unserializable": self._settings.unserializable, **self._plan.config}
        try:
            await self._process.launch(environ, told)
        except OSError as error:
            self._greeting.fail(reasons.unlaid(error))
        except WireError as error:
            self._greeting.fail(reasons.too_much(error))

    async def _outcome(self) -> ConnectFailed | None:
        """Wait for `ready`, or for whatever keeps it from coming."""
        greeting, process = self._greeting, self._process
        process.started.add_done_callback(self._on_started)
        lost = asyncio.ensure_future(greeting.lost.wait())
        try:
            ends: set[asyncio.Future[Any]] = {greeting.done, process.exited, lost}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if not greeting.done.done():  # a worker that has ended explains itself better
                either: set[asyncio.Future[Any]] = {greeting.done, process.exited}
                await asyncio.wait(either, timeout=_REPORT_S, return_when="FIRST_COMPLETED")
            self._control.drain()
        finally:
            lost.cancel()
        if greeting.done.done():
            return greeting.done.result()
        return self._early_end()

    def _early_end(self) -> ConnectFailed:
        exited = self._process.exited
        if not exited.done():
            return self._greeting.closed()
        ended = exited.result()
        if ended is None:
            return reasons.launcher_lost()
        words = self._process.last_words()
        return reasons.ended_early(self._plan.python, ended, words)

    def _on_started(self, started: "asyncio.Future[int | StartFailure | None]") -> None:
        result = started.result()
        if isinstance(result, StartFailure):
            self._greeting.fail(reasons.not_started(self._plan.python, result))
        elif result is None:
            self._greeting.fail(reasons.launcher_lost())

    def _lie(self) -> ConnectFailed | None:
        pid = self._process.pid
        return None if pid is None else lie_of(self._greeting.hello, pid, self._platform)

    async def give_up(self) -> None:
        """End what was started; done when nothing of it is left."""
        self._worker.kill()
        await asyncio.shield(self._process.ended)
        self._control.close()
