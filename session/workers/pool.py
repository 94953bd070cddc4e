"""A pool of workers: so many are kept, calls go to one that is free, and each call is answered.

    async with WorkerPool(partial(start_worker, adapter), PoolSettings(size=4)) as pool:
        print(await pool.execute("area", {"width": 2.0}))

Whatever has the public face of a worker can be pooled. A worker that ends is replaced, one that
is old or large is replaced when its calls are done, and a call whose worker crashed is tried
again elsewhere where it says that it may be.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any, NotRequired, Self, TypedDict, Unpack

from session.workers.affinity import Affinity
from session.workers.crash_barrier import TaintRegistry, after_crash
from session.workers.deadline import Deadline
from session.workers.leftovers import Sweeper, end_leftovers
from session.workers.pool_call import PoolCall
from session.workers.pool_crew import Crew
from session.workers.pool_errors import PoolStopped
from session.workers.pool_member import Member
from session.workers.pool_port import Hire
from session.workers.pool_settings import PoolSettings
from session.workers.pool_status import PoolStatus
from session.workers.pool_upkeep import Upkeep
from session.workers.process_memory import memory_of
from session.workers.recycling import RecycleReason, WorkerUse, decide, near_limits
from session.workers.seating import Seating
from session.workers.sessions import SessionStore
from session.workers.telemetry import Emit, emit_nothing
from session.workers.tool_errors import ToolNotFound
from session.workers.tools import EVERYWHERE, ToolRegistry
from session.workers.worker_errors import WorkerGone


class CallOptions(TypedDict):
    """How a call is made.

    `timeout`, in seconds, covers everything, waiting and retries included. `affinity`: how much
    the session clings to the worker that it had. `idempotent`: the call may be made twice, so it
    is tried again when its worker crashes.
    """

    timeout: NotRequired[float | None]
    session_id: NotRequired[str | None]
    affinity: NotRequired[Affinity]
    idempotent: NotRequired[bool]
    correlation_id: NotRequired[str | None]
    main_thread: NotRequired[bool]


class WorkerPool:
    """Keeps `settings.size` workers and shares calls among them. All on the event loop's thread.

    `hire` starts one worker. `sessions` and `tools` are joined with what the workers declare;
    several pools may share them. `registry` is asked at the start to end what a killed host has
    left.
    """

    def __init__(
        self,
        hire: Hire,
        settings: PoolSettings | None = None,
        *,
        name: str = "pool",
        sessions: SessionStore | None = None,
        tools: ToolRegistry | None = None,
        registry: Sweeper | None = None,
        memory: Callable[[int], int | None] = memory_of,
        clock: Callable[[], float] = time.monotonic,
        emit: Emit = emit_nothing,
    ) -> None:
        """`memory` returns the bytes that a process and what it started hold; it may block."""
        self.name = name
        self.settings = settings = settings or PoolSettings()
        self.sessions = sessions or SessionStore(clock=clock, emit=emit)
        self.tools = tools or ToolRegistry(emit=emit)
        self.taints = TaintRegistry(clock=clock, emit=emit)
        self._hire, self._registry, self._emit = hire, registry, emit
        self._seating = Seating(
            self.sessions, self.taints, settings.queue_limit, clock=clock, emit=emit
        )
        self._crew = Crew(
            name, settings, self._seating, self.taints, self._note_up, clock=clock, emit=emit
        )
        self._upkeep = Upkeep(settings.recycling, self._seating.members, memory, emit=emit)
        self._answered = 0
        self._declares = False
        self._seating.close(PoolStopped)

    async def start(self) -> Self:
        """Start the workers; done when the first start of each is decided.

        Raises what kept the first of them from coming up when none did; then nothing is left.
        Those that failed are tried again.
        """
        if self._registry is not None:
            left = end_leftovers(self._registry, self._emit)
            self._crew.begin(left, f"{self.name}: what is left of others")
        self._crew.begin(self._upkeep.keep_looking(), f"{self.name}: upkeep")
        self._crew.begin(self.sessions.keep_clean(), f"{self.name}: sessions")
        try:
            await self._crew.come_up(self._hire)
        except BaseException:
            await self.stop()
            raise
        return self

    def _note_up(self, member: Member) -> None:
        declared = list(member.worker.tools)
        self.tools.register_worker_tools(EVERYWHERE, self.name, declared)
        self._declares = self._declares or bool(declared)

    async def stop(self) -> None:
        """Answer every waiter and end every worker; done when nothing of them is left."""
        self._seating.close(PoolStopped)
        await self._crew.stop()
        self.tools.remove_worker(self.name)

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_exception: object) -> None:
        await self.stop()

    # Calls

    async def execute(
        self, command: str, args: Mapping[str, Any] | None = None, **options: Unpack[CallOptions]
    ) -> Any:  # noqa: ANN401 - whatever the tool returns
        """Call a tool in a worker that is free, and return its answer.

        A tool of the host's is run here. Raises what `Worker.execute` raises, a `PoolError`, and
        the errors of sessions, tools and affinity.
        """
        given = dict(args or {})
        call = self._call(command, self.settings.call_timeout_s, options)
        if self._is_of_host(call, given):
            session = call.session_id or EVERYWHERE
            work = self.tools.call_host_tool(session, command, given)
            return await call.deadline.wait_for(work, f"`{command}`")
        while True:
            try:
                return await self._attempt(call, given)
            except WorkerGone as error:
                await self._before_retry(call, error)

    async def _attempt(self, call: PoolCall, args: Mapping[str, Any]) -> Any:  # noqa: ANN401
        member = await self._seat(call)
        error: BaseException | None = None
        call.tell("call.started", member.id)
        try:
            return await member.worker.execute(call.command, args, **call.options())
        except BaseException as raised:
            error = raised
            raise
        finally:
            self._leave(member, error)
            call.tell_end(member.id, error)

    async def execute_stream(
        self, command: str, args: Mapping[str, Any] | None = None, **options: Unpack[CallOptions]
    ) -> AsyncGenerator[Any]:
        """Call a streaming tool in a worker that is free, and go through what it yields.

        It is tried again after a crash only as long as nothing of it has come. Raises as
        `execute` does.
        """
        given = dict(args or {})
        call = self._call(command, self.settings.stream_timeout_s, options)
        self._is_of_host(call, given)
        began = False
        while True:
            try:
                async with contextlib.aclosing(self._flow(call, given)) as items:
                    async for item in items:
                        began = True
                        yield item
            except WorkerGone as error:
                if began:
                    raise
                await self._before_retry(call, error)
            else:
                return

    async def _flow(self, call: PoolCall, args: Mapping[str, Any]) -> AsyncGenerator[Any]:
        member = await self._seat(call)
        count, error = 0, None
        call.tell("stream.opened", member.id)
        try:
            stream = member.worker.execute_stream(call.command, args, **call.options())
            async with contextlib.aclosing(stream) as items:
                async for item in items:
                    count += 1
                    yield item
        except BaseException as raised:
            error = raised
            raise
        finally:
            self._leave(member, error)
            call.tell_stream_end(member.id, count, error)

    def _call(self, command: str, usual_s: float | None, options: CallOptions) -> PoolCall:
        limit = options.get("timeout")
        return PoolCall(
            command,
            Deadline.after(usual_s if limit is None else limit),
            options.get("affinity", self.settings.affinity),
            self._emit,
            options.get("session_id"),
            options.get("correlation_id"),
            options.get("main_thread", False),
            options.get("idempotent", False),
        )

    def _is_of_host(self, call: PoolCall, args: Mapping[str, Any]) -> bool:
        """Check a call before it waits for anything; whether its tool runs here."""
        try:
            tool = self.tools.check_call(call.session_id or EVERYWHERE, call.command, args)
        except ToolNotFound:
            if self._declares:
                raise
            return False  # workers that declare nothing know best themselves
        return tool.kind == "host"

    async def _seat(self, call: PoolCall) -> Member:
        """Return a worker that lives; one that has died meanwhile is passed over."""
        while True:
            limit = min(self.settings.queue_timeout_s, call.deadline.remaining())
            member = await self._seating.take(call.session_id, call.affinity, limit)
            if member.worker.alive:
                call.member = member
                return member
            self._seating.leave(member)
            await asyncio.sleep(0)

    def _leave(self, member: Member, error: BaseException | None) -> None:
        if not isinstance(error, WorkerGone):
            member.requests += 1
            self._answered += 1
            found = decide(self.settings.recycling, WorkerUse(member.age_s, member.requests))
            if found.reason is RecycleReason.REQUESTS:
                member.replace(found.reason)
        self._seating.leave(member)

    async def _before_retry(self, call: PoolCall, error: WorkerGone) -> None:
        """Wait before another attempt, or raise the error where there is none."""
        assert call.member is not None
        facts, again = call.member.crash_facts(error), call.idempotent
        found = after_crash(self.settings.crash, facts, attempt=call.attempt, idempotent=again)
        late = call.deadline.remaining() <= found.delay_s
        if not found.retry or late or self._crew.stopping:
            raise error
        call.attempt += 1
        call.tell(
            "call.retried",
            call.member.id,
            attempt=call.attempt,
            delay_s=found.delay_s,
            kind=found.kind.value,
        )
        await asyncio.sleep(found.delay_s)

    # What its owner asks

    def end_session(self, session_id: str) -> bool:
        """Forget a session and its tools; whether there was one."""
        self.tools.remove_session(session_id)
        return self.sessions.delete(session_id)

    def recycle(self, worker_id: str) -> bool:
        """Replace a worker when its calls are done; whether it is one of this pool. Does not wait.

        The new one has another id and the same configuration.
        """
        member = self._seating.members.get(worker_id)
        if member is not None:
            member.replace(RecycleReason.MANUAL)
        return member is not None

    def kill(self, worker_id: str) -> bool:
        """End a worker at once, which its calls are told; whether it is one of this pool."""
        member = self._seating.members.get(worker_id)
        if member is not None:
            member.ending = "killed"
            member.worker.kill()
        return member is not None

    async def check_limits(self) -> None:
        """Look at age, requests and memory of every worker now, and replace those that are due."""
        await self._upkeep.look()

    async def weigh(self) -> None:
        """Read the memory of every worker, for `status`."""
        await self._upkeep.weigh()

    def status(self) -> PoolStatus:
        """Say how it is."""
        members = [one for one in self._seating.members.values() if one.worker.alive]
        uses = [WorkerUse(one.age_s, one.requests, one.memory) for one in members]
        return PoolStatus(
            self.name,
            self.settings.size,
            tuple(member.status() for member in members),
            max(self.settings.size - len(members), 0),
            self._seating.waiting,
            self._answered,
            self._crew.crashes,
            self._crew.recycled,
            near_limits(self.settings.recycling, uses),
            self._crew.circuit.state.value,
        )
