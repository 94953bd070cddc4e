"""What can be done with a worker, wherever it is: here, or served by another process."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any, Protocol, TypedDict, Unpack

from session.workers.call_info import CallInfo

#: Called with a call when it is on its way: its number is for `interrupt` and `cancel`.
OnBegun = Callable[[CallInfo], None]


class CallOptions(TypedDict, total=False):
    """What a call may be told. `timeout`: seconds for everything that it takes."""

    timeout: float | None
    session_id: str | None
    correlation_id: str | None
    main_thread: bool
    on_begun: OnBegun | None


class WorkerPort(Protocol):
    """A worker that can be called. `Worker` is one by frames, `RemoteWorker` one by gRPC."""

    @property
    def id(self) -> str:
        """Names it."""
        ...

    @property
    def tools(self) -> Sequence[Mapping[str, Any]]:
        """What it declared."""
        ...

    @property
    def alive(self) -> bool:
        """Whether it can be called."""
        ...

    @property
    def calls(self) -> Sequence[CallInfo]:
        """The calls under way."""
        ...

    async def execute(
        self,
        command: str,
        args: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> Any:  # noqa: ANN401 - whatever the tool returns
        """Call a tool and return its answer; raises a `WorkerError`."""
        ...

    def execute_stream(
        self,
        command: str,
        args: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> AsyncGenerator[Any]:
        """Call a streaming tool and go through what it yields."""
        ...

    def execute_chunks(
        self,
        command: str,
        args: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> AsyncGenerator[list[Any]]:
        """Call a streaming tool and go through it by chunks, as they arrive."""
        ...

    def interrupt(self, call_id: int | None = None) -> None:
        """Interrupt one call, or all, as Ctrl-C would."""
        ...

    def cancel(self, call_id: int) -> None:
        """Cancel one call."""
        ...

    async def ping(self, timeout: float | None = None) -> float:  # noqa: ASYNC109 - a limit
        """Return how long its control thread took to answer, in seconds."""
        ...

    async def get_health(self) -> dict[str, Any]:
        """Return what it does right now."""
        ...

    async def get_info(self) -> dict[str, Any]:
        """Return what it is."""
        ...

    def get_session_id(self) -> str | None:
        """Return the session that its calls belong to where they name none."""
        ...

    async def stop(self, grace: float | None = None) -> object:
        """End it, or the connection to it; every waiter is answered."""
        ...
